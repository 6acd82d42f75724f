import { userInfo } from 'node:os';
import type { Act } from '../ledger/acts.ts';

/** An act by hand; without `who`, of whoever types the command. */
export function actOf(act: string, subject: string, at: number, detail = '', who = accountName()): Act {
  return { at, who, act, subject, detail };
}

/** The account on this machine. Without an entry for it there is only a number. */
export function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
