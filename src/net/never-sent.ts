import { RetryLater } from '../core/errors.ts';

/** No such name, no connection, no valid certificate. Errors that can also happen on an open connection are not among them. */
const unsent =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** True if an error with this code means that no part of the request was sent: the reply is surely not out. */
export function neverSent(code: string): boolean {
  return unsent.test(code);
}

/** Call it before anything is sent. Errors: RetryLater once the signal is aborted. */
export function throwIfStopping(signal: AbortSignal): void {
  if (signal.aborted) throw new RetryLater('stopped before it was sent', 0, { cause: signal.reason });
}
