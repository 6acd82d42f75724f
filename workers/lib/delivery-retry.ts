import type { App } from '../../src/app.ts';
import { backoffMs } from '../../src/core/durations.ts';
import { PermanentError, RetryLater } from '../../src/core/errors.ts';

const backoff = { firstMs: 30_000, maxMs: 60 * 60_000 };
/** About three days of attempts. */
const maxAttempts = 80;

/** When a delivery that failed is due again; null: never. `attempts` includes the failed one. */
export async function nextDeliveryAt(
  app: Pick<App, 'ledger'>,
  error: unknown,
  attempts: number,
): Promise<number | null> {
  if (error instanceof PermanentError || attempts >= maxAttempts) return null;
  const waitMs = error instanceof RetryLater ? error.delayMs : backoffMs(attempts - 1, backoff);
  return (await app.ledger.now()) + waitMs;
}

/** For messages: the end of "the delivery is …". */
export function retryText(dueAt: number | null): string {
  return dueAt === null ? 'given up' : `retried at ${new Date(dueAt).toISOString()}`;
}
