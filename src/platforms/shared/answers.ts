import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import { throwIfStopping } from '../../net/never-sent.ts';

/**
 * What a platform's answer means for a reply. refused: this reply, for good. account: the account's login. passing: nothing was done, and the
 * reason passes. unknown: it may have been done.
 */
export type Meaning = 'refused' | 'account' | 'passing' | 'unknown';

/** An answer that is no success. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: number;
  /** The API's own error, in its words; undefined: none, as on the error page of a proxy. */
  readonly error: string | undefined;

  constructor(message: string, status: number, error: string | undefined) {
    super(message);
    this.status = status;
    this.error = error;
  }
}

/** A login of ours that is missing, wrong or expired, whatever the status. */
const namesToken =
  /\b(?:expired|invalid|revoked|missing)[ _]?(?:access[ _]?)?tokens?\b|requires an authenticated user/i;
/** Of 403: the login, the token or the account. Not the account of somebody else, such as one that is protected. */
const namesAccount =
  /\b(?:log[- ]?in|tokens?|credentials?|passwords?|scopes?|oauth\w*|authenticat\w*)\b|\byour\b.{0,40}\baccount\b|\baccount (?:is|was|has been)? ?(?:temporarily |permanently )?(?:suspended|locked|disabled|deactivated|taken ?down)|\baccount(?:suspended|deactivated|takedown)\b/i;
const aboutReply: ReadonlySet<number> = new Set([400, 403, 404, 409, 410, 422]);

/** The one table of answers by HTTP. test/platforms/answers.ts has what becomes of a reply on each platform. */
function meaningOf({ status, error }: Pick<StatusError, 'status' | 'error'>): Meaning {
  // 408 reports a time-out of what may have been done.
  if (status < 300 || status >= 500 || status === 408) return 'unknown';
  if (status === 401) return 'account';
  if (error === undefined || !aboutReply.has(status)) return 'passing';
  return (status === 403 && namesAccount.test(error)) || namesToken.test(error) ? 'account' : 'refused';
}

/** The answer behind an error, if there is one. */
export function answerIn(error: unknown): StatusError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause instanceof StatusError) return cause;
  return undefined;
}

/** The first wait; the ledger makes it longer each time in a row. */
const firstCooldownMs = 60_000;
const renewal =
  'the login of the account is refused: renew its token or password, then start the bot again; what waits is sent then';

/**
 * What an error means for the reply: PermanentError if it is refused, RetryLater if it waits, else the error itself. `answered`: the answer is
 * to the request that sends the reply.
 */
export function judged(error: unknown, answered: boolean): unknown {
  if (error instanceof RetryLater) {
    const { message, delayMs, account, trouble } = error;
    return answered || !error.answered ? error : new RetryLater(message, delayMs, { cause: error, account, trouble });
  }
  const answer = answerIn(error);
  if (answer === undefined) return error;
  const options = { cause: error, answered };
  const meaning = meaningOf(answer);
  if (meaning === 'refused') return new PermanentError(messageOf(error), options);
  if (meaning === 'account')
    return new RetryLater(`${messageOf(error)}; ${renewal}`, firstCooldownMs, { ...options, trouble: 'login' });
  if (meaning === 'passing')
    return new RetryLater(messageOf(error), firstCooldownMs, { ...options, trouble: 'passing' });
  return error;
}

/** Runs what comes before a reply is sent: if it fails, the reply is not out. Errors: PermanentError or RetryLater, never an unknown outcome. */
export async function beforeSending<T>(signal: AbortSignal, check: () => Promise<T>): Promise<T> {
  throwIfStopping(signal);
  try {
    return await check();
  } catch (error) {
    const known = judged(error, false);
    if (known instanceof PermanentError || known instanceof RetryLater) throw known;
    throwIfStopping(signal);
    throw new RetryLater(`not sent: ${messageOf(error)}`, firstCooldownMs, { cause: error });
  }
}

/** Sends a reply. Errors: PermanentError or RetryLater if the platform says that it did nothing; any other leaves the outcome unknown. */
export async function sending<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw judged(error, true);
  }
}
