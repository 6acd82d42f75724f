import { messageOf, networkFault, RetryLater } from '../core/errors.ts';
import { collect, TooLarge } from './body.ts';
import { neverSent } from './never-sent.ts';

export interface ConfiguredRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const retryMs = 60_000;

/**
 * A request to a server that the configuration names, with the account's credentials: it follows no redirect, which could take them elsewhere.
 * Errors: RetryLater if surely nothing was sent; the signal's reason when aborted; any other error if the outcome is unknown.
 */
export async function fetchConfigured(
  url: URL,
  { signal, ...request }: ConfiguredRequest,
  { maxBytes, timeoutMs }: { maxBytes: number; timeoutMs: number },
): Promise<Answered> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const stop = AbortSignal.any([timeout, ...(signal ? [signal] : [])]);
  try {
    const { status, headers, body } = await fetch(url, { ...request, signal: stop, redirect: 'manual' });
    return { status, headers, text: body === null ? '' : (await collect(body, maxBytes)).toString() };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof TooLarge) throw new Error(`${url.host} sent more than ${maxBytes} bytes`, { cause: error });
    const cause = error instanceof Error ? error.cause : undefined;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const why = networkFault(error) ?? (code || messageOf(cause ?? error));
    const reason = timeout.aborted ? `it took longer than ${timeoutMs / 1000} s` : why;
    if (neverSent(code)) throw new RetryLater(`${url.host} cannot be reached: ${reason}`, retryMs, { cause: error });
    throw new Error(`${url.host} gave no answer: ${reason}`, { cause: error });
  }
}
