import { userInfo } from 'node:os';
import type { Act } from '../ledger/acts.ts';

/** An act of whoever types the command, for the audit log. */
export function actOf(act: string, subject: string, at: number, detail = ''): Act {
  return { at, who: name(), act, subject, detail };
}

/** Without an entry for the user there is only a number. */
function name(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
