import type { App } from '../../src/app.ts';
import { RetryLater } from '../../src/core/errors.ts';
import { blockAccount } from '../../src/ledger/accounts/accounts.ts';

/** The wait that a platform asks for, in milliseconds; 0: none. If it applies to the whole account, this blocks the account until then. */
export async function applyRetryAfter(app: Pick<App, 'ledger'>, publisher: string, error: unknown): Promise<number> {
  if (!(error instanceof RetryLater)) return 0;
  const { delayMs, account, message: reason } = error;
  const until = (await app.ledger.now()) + delayMs;
  if (account) await app.ledger.transact((tx) => blockAccount(tx, publisher, { until, reason }));
  return delayMs;
}
