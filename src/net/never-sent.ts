import { messageOf, PermanentError, RetryLater } from '../core/errors.ts';

/** No such name, no connection, no valid certificate. Errors that can also happen on an open connection are not among them. */
const unsent =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** True if an error with this code means that no part of the request was sent: the reply is surely not out. */
export function neverSent(code: string): boolean {
  return unsent.test(code);
}

const retryMs = 60_000;

/** Runs a check before a reply is sent: if it fails, the reply is not out. Errors: PermanentError or RetryLater, never an unknown outcome. */
export async function beforeSending<T>(signal: AbortSignal, check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof PermanentError || error instanceof RetryLater) throw error;
    const message = signal.aborted ? 'stopped before it was sent' : `not sent: ${messageOf(error)}`;
    throw new RetryLater(message, signal.aborted ? 0 : retryMs, { cause: error });
  }
}
