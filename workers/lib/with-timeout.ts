import type { App } from '../../src/app.ts';

/**
 * Runs a request to a platform for at most `patience.requestMs`, and not beyond the end of the process. A driver that ignores its signal holds
 * nobody up: the promise rejects all the same.
 */
export async function withTimeout<T>(app: App, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { hurry, timeouts } = app;
  const ended = new AbortController();
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const end = (reason: unknown) => {
    ended.abort(reason);
    reject(reason instanceof Error ? reason : new Error('aborted'));
  };
  const timer = setTimeout(() => end(new Error(`no answer within ${timeouts.requestMs / 1000} s`)), timeouts.requestMs);
  // Not AbortSignal.any, which costs more than the rest of a reply's last step.
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
 * Whether the time to begin a request has passed since the reply was taken: a process that was stopped for longer than its lease leaves it to
 * others, who may have it by now, and a repeat to a platform that may have forgotten the first attempt is not sent.
 */
export async function isTooLate(
  app: App,
  { leaseUntil, repeatUntil = null }: { readonly leaseUntil: number; readonly repeatUntil?: number | null },
): Promise<boolean> {
  const now = await app.ledger.now();
  return now >= leaseUntil - app.timeouts.requestMs || (repeatUntil !== null && now >= repeatUntil);
}
