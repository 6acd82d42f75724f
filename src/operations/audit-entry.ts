import { userInfo } from 'node:os';
import type { AuditEntry } from '../ledger/operators/audit-log.ts';

/** An entry of the audit log. `actor` defaults to the user of this process. */
export function auditEntryOf(action: string, target: string, at: number, note = '', actor = accountName()): AuditEntry {
  return { at, actor, action, target, note };
}

/** The user of this process, by name, or by number if the name is unknown. */
export function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
