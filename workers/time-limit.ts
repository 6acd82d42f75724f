import type { App } from '../src/app.ts';

/**
 * Runs a request to a platform for at most `patience.requestMs`, and not beyond the end of the process. A driver that ignores its signal holds
 * nobody up: the promise rejects all the same.
 */
export async function withinLimit<T>(app: App, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { requestMs } = app.patience;
  const ended = new AbortController();
  const timer = setTimeout(() => ended.abort(new Error(`no answer within ${requestMs / 1000} s`)), requestMs);
  const signal = AbortSignal.any([ended.signal, app.hurry]);
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) onAbort();
    return await Promise.race([request(signal), tooLate]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
