import type { App } from '../../src/app.ts';
import { unlessAborted } from '../../src/core/async.ts';

/**
 * Runs a request to a platform for at most `timeouts.requestMs`, and aborts it when the process must end. The promise rejects even if a
 * driver ignores its signal.
 */
export async function withTimeout<T>(
  app: Pick<App, 'hurry' | 'timeouts'>,
  request: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const { requestMs } = app.timeouts;
  const timer = setTimeout(() => late.abort(new Error(`no answer within ${requestMs / 1000} s`)), requestMs);
  const signal = AbortSignal.any([app.hurry, late.signal]);
  try {
    return await unlessAborted(request(signal), signal);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * True if it is too late to begin a request. A process that slept through its lease leaves the reply to others, and no repeat goes to a
 * platform that may have forgotten the first attempt.
 */
export async function isTooLate(
  app: Pick<App, 'ledger' | 'timeouts'>,
  { leaseUntil, repeatUntil = null }: { readonly leaseUntil: number; readonly repeatUntil?: number | null },
): Promise<boolean> {
  const now = await app.ledger.now();
  return now >= leaseUntil - app.timeouts.requestMs || (repeatUntil !== null && now >= repeatUntil);
}
