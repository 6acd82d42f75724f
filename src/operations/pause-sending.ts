import type { LedgerConfig } from '../config/ledger-config.ts';
import { pause, type PauseScope, resume } from '../ledger/accounts/accounts.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { audited } from './audit-entry.ts';

/** All scopes that can be paused in this configuration. */
export function pauseScopes({ publishers }: LedgerConfig): PauseScope[] {
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
  await audited(ledger, { action: 'pause', target: scope, note: reason, who }, async (tx, since) => {
    await pause(tx, { scope, reason, since });
    return true;
  });
}

/** Resumes sending. False: it was not paused. */
export async function resumeSending(
  ledger: Ledger,
  { scope, who }: { scope: PauseScope; who?: string },
): Promise<boolean> {
  return await audited(ledger, { action: 'resume', target: scope, who }, (tx, now) => resume(tx, scope, now));
}
