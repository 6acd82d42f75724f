import { userInfo } from 'node:os';
import type { AuditEntry } from '../ledger/operators/audit-log.ts';

/** An act by hand; without `actor`, of whoever types the command. */
export function auditEntryOf(action: string, target: string, at: number, note = '', actor = accountName()): AuditEntry {
  return { at, actor, action, target, note };
}

/** The account on this machine. Without an entry for it there is only a number. */
export function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
