import type { Config } from '../config/config.ts';
import { recordAudit } from '../ledger/operators/audit-log.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { pause, type PauseScope, resume } from '../ledger/accounts/pauses.ts';
import { auditEntryOf } from './audit-entry.ts';

/** All scopes that can be paused in this configuration. */
export function pauseScopes({ publishers }: Config): PauseScope[] {
  const platforms = [...new Set(publishers.map(({ platform }) => platform))];
  return [
    'all',
    ...platforms.map((id) => `platform:${id}` as const),
    ...publishers.map(({ name }) => `account:${name}` as const),
  ];
}

/** Pauses sending, and records who did. `who` defaults to the user of this process. */
export async function pauseSending(
  ledger: Ledger,
  { scope, reason, who }: { scope: PauseScope; reason: string; who?: string },
): Promise<void> {
  const since = await ledger.now();
  await ledger.transact(async (tx) => {
    await pause(tx, { scope, reason, since });
    await recordAudit(tx, auditEntryOf('pause', scope, since, reason, who));
  });
}

/** Resumes sending. False: it was not paused. */
export async function resumeSending(
  ledger: Ledger,
  { scope, who }: { scope: PauseScope; who?: string },
): Promise<boolean> {
  const now = await ledger.now();
  return await ledger.transact(async (tx) => {
    if (!(await resume(tx, scope, now))) return false;
    await recordAudit(tx, auditEntryOf('resume', scope, now, '', who));
    return true;
  });
}
