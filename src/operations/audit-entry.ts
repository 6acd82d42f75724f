import { userInfo } from 'node:os';
import type { Executor } from '../ledger/db/schema.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type AuditEntry, recordAudit } from '../ledger/operators/audit-log.ts';

/**
 * Changes the ledger and records who did it, in one transaction. `who` defaults to the user of this process. `false` or undefined from
 * `change`: nothing was done or is recorded.
 */
export async function audited<T>(
  ledger: Ledger,
  { action, target, note, who }: { action: string; target: string; note?: string; who?: string | undefined },
  change: (tx: Executor, now: number) => Promise<T>,
): Promise<T> {
  const now = await ledger.now();
  return await ledger.transact(async (tx) => {
    const done = await change(tx, now);
    if (done !== false && done !== undefined) await recordAudit(tx, auditEntryOf(action, target, now, note, who));
    return done;
  });
}

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
