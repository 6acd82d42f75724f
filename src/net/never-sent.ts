import { messageOf, PermanentError, RetryLater } from '../core/errors.ts';

/** No name, no connection, no certificate that holds. What can also happen on a connection that stands is not among them. */
const unsent =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** Whether an error with this code means that nothing of a request was sent: a reply is then surely not out. */
export function neverSent(code: string): boolean {
  return unsent.test(code);
}

const retryMs = 60_000;

/** Looks at something before a reply is sent: whatever fails here, the reply is not out. Errors: PermanentError, RetryLater; nothing is unknown. */
export async function beforeSending<T>(signal: AbortSignal, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof PermanentError || error instanceof RetryLater) throw error;
    const message = signal.aborted ? 'stopped before it was sent' : `not sent: ${messageOf(error)}`;
    throw new RetryLater(message, signal.aborted ? 0 : retryMs, { cause: error });
  }
}
