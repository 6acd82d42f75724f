import type { App } from '../../src/app.ts';

/**
 * Runs a request to a platform for at most `timeouts.requestMs`, and aborts it when the process must end. The promise rejects even if a
 * driver ignores its signal.
 */
export async function withTimeout<T>(
  app: Pick<App, 'hurry' | 'timeouts'>,
  request: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { hurry, timeouts } = app;
  const ended = new AbortController();
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const end = (reason: unknown) => {
    ended.abort(reason);
    reject(reason instanceof Error ? reason : new Error('aborted'));
  };
  const timer = setTimeout(() => end(new Error(`no answer within ${timeouts.requestMs / 1000} s`)), timeouts.requestMs);
  // AbortSignal.any would cost more than the rest of the last step of a reply.
  const onHurry = () => end(hurry.reason);
  hurry.addEventListener('abort', onHurry, { once: true });
  try {
    if (hurry.aborted) onHurry();
    return await Promise.race([request(ended.signal), tooLate]);
  } finally {
    clearTimeout(timer);
    hurry.removeEventListener('abort', onHurry);
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
