import { ApiPartialResponseError, ApiRequestError, ApiResponseError } from 'twitter-api-v2';
import { z } from 'zod';
import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import type { Budgets } from '../../net/rate-limits.ts';
import { neverSent } from '../../net/never-sent.ts';

const Refusal = z.object({
  title: z.string().default(''),
  detail: z.string().default(''),
  type: z.string().default(''),
  connection_issue: z.string().optional(),
  errors: z.array(z.object({ message: z.string().optional(), detail: z.string().optional() })).default([]),
});

const unreachedMs = 30_000;
/** Without credits nothing works until somebody buys some. */
const withoutCreditsMs = 3_600_000;

/** X answered, and not with what was asked for. */
export interface Answered {
  readonly status: number;
  readonly words: string;
  readonly issue: string | undefined;
}

/** What X said in an error of the library; undefined: it said nothing. */
export function answerIn(error: unknown): Answered | undefined {
  if (!(error instanceof ApiResponseError)) return undefined;
  const refusal = Refusal.safeParse(jsonOf(error.data)).data;
  const [first] = refusal?.errors ?? [];
  const words = refusal?.detail || first?.message || first?.detail || refusal?.title || '';
  return { status: error.code, words: words.slice(0, 200), issue: refusal?.connection_issue };
}

/** Whether the network failed before anything of a request can have been understood. */
function isUnreached(error: unknown): boolean {
  const code = error instanceof ApiRequestError ? causeOf(error).code : undefined;
  return code !== undefined && neverSent(code);
}

/**
 * What an error of the library means. RetryLater and PermanentError are X's word that nothing was done, or that nobody was there to do
 * it; any other error leaves that open.
 */
export function faultOf(error: unknown, what: string, budgets: Budgets): Error {
  const answered = answerIn(error);
  if (answered !== undefined && error instanceof ApiResponseError) {
    budgets.note(what, error.headers);
    return refusalOf(answered, what, () => budgets.refusal(what, error.headers));
  }
  if (isUnreached(error)) return new RetryLater(`X cannot be reached: ${reasonOf(error)}`, unreachedMs);
  return new Error(`${what}: no answer that can be read: ${reasonOf(error)}`);
}

function refusalOf({ status, words }: Answered, what: string, tooMany: () => RetryLater): Error {
  const said = `X answered ${what} with ${status}${words === '' ? '' : `: ${words}`}`;
  if (status === 429) return tooMany();
  if (status === 402) return new RetryLater(`${said} (the credits are used up?)`, withoutCreditsMs, { account: true });
  // 408 is a time-out that came as an answer.
  if (status >= 500 || status === 408) return new Error(said);
  return new PermanentError(`${said}${hintFor(status, words)}`);
}

/** What an operator can do about it. */
function hintFor(status: number, words: string): string {
  if (/have not been mentioned|Reply to this conversation is not allowed/i.test(words))
    return ' (X lets only those be answered who mention or quote the bot)';
  if (/duplicate content/i.test(words)) return ' (the account has said the same before)';
  if (status === 401) return ' (are the keys and tokens right, and the clock?)';
  if (/oauth1 app permissions/i.test(words)) return ' (give the app the right to write, and make its tokens anew)';
  return '';
}

/** The library keeps the cause beside its own message, which says nothing. Never a body: it may hold posts. */
function reasonOf(error: unknown): string {
  if (error instanceof ApiRequestError) return causeOf(error).message ?? 'the connection broke';
  if (error instanceof ApiPartialResponseError) return messageOf(error.responseError);
  return messageOf(error);
}

/** `requestError` of the library looks for it at the wrong place, and is always undefined (1.29.1). */
function causeOf(error: ApiRequestError): z.infer<typeof Cause> {
  return Inside.safeParse(error).data?._options.error ?? {};
}

const Cause = z.object({ code: z.string().optional(), message: z.string().optional() });
const Inside = z.object({ _options: z.object({ error: Cause }) });

/** Answers are taken as text: the library stumbles over JSON that is not as it expects. */
function jsonOf(data: unknown): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
