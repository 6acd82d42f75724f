import type { App } from '../../src/app.ts';
import { RetryLater } from '../../src/core/errors.ts';
import { blockAccount } from '../../src/ledger/accounts/accounts.ts';

/** How long a platform asks to be left alone, in milliseconds; 0: it does not. Where it means the whole account, nothing is sent before either. */
export async function applyRetryAfter(app: App, publisher: string, error: unknown): Promise<number> {
  if (!(error instanceof RetryLater)) return 0;
  const { delayMs, account, message: reason } = error;
  const until = (await app.ledger.now()) + delayMs;
  if (account) await app.ledger.transact((tx) => blockAccount(tx, publisher, { until, reason }));
  return delayMs;
}
