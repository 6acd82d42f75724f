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

const unreachableRetryMs = 30_000;
/** Without credits every call fails until the operator buys some. */
const noCreditsRetryMs = 3_600_000;

/** An error that X answered with. */
export interface ErrorAnswer {
  readonly status: number;
  readonly words: string;
  readonly issue: string | undefined;
}

/** X's answer in an error of the library; undefined: X did not answer. */
export function answerIn(error: unknown): ErrorAnswer | undefined {
  if (!(error instanceof ApiResponseError)) return undefined;
  const refusal = Refusal.safeParse(jsonOf(error.data)).data;
  const [first] = refusal?.errors ?? [];
  const words = refusal?.detail || first?.message || first?.detail || refusal?.title || '';
  return { status: error.code, words: words.slice(0, 200), issue: refusal?.connection_issue };
}

/** True if the network failed before X can have received the request. */
function isUnreachable(error: unknown): boolean {
  const code = error instanceof ApiRequestError ? causeOf(error).code : undefined;
  return code !== undefined && neverSent(code);
}

/**
 * Translates an error of the library. RetryLater and PermanentError mean that X did nothing; any other error leaves the outcome unknown.
 */
export function faultOf(error: unknown, what: string, budgets: Budgets): Error {
  const answered = answerIn(error);
  if (answered !== undefined && error instanceof ApiResponseError) {
    budgets.note(what, error.headers);
    return refusalOf(answered, what, () => budgets.refusal(what, error.headers));
  }
  if (isUnreachable(error)) return new RetryLater(`X cannot be reached: ${reasonOf(error)}`, unreachableRetryMs);
  return new Error(`${what}: no readable answer: ${reasonOf(error)}`);
}

function refusalOf({ status, words }: ErrorAnswer, what: string, tooMany: () => RetryLater): Error {
  const message = `X answered ${what} with ${status}${words === '' ? '' : `: ${words}`}`;
  if (status === 429) return tooMany();
  if (status === 402) return new RetryLater(`${message} (out of credits?)`, noCreditsRetryMs, { account: true });
  // 408 reports a time-out: the outcome is unknown.
  if (status >= 500 || status === 408) return new Error(message);
  return new PermanentError(`${message}${hintFor(status, words)}`);
}

/** What the operator can do about it. */
function hintFor(status: number, words: string): string {
  if (/have not been mentioned|Reply to this conversation is not allowed/i.test(words))
    return ' (X allows replies only to posts that mention or quote the bot)';
  if (/duplicate content/i.test(words)) return ' (the account has posted the same text before)';
  if (status === 401) return ' (check the keys, the tokens and the clock)';
  if (/oauth1 app permissions/i.test(words)) return ' (give the app write permission and create new tokens)';
  return '';
}

/** The cause: the library's own message says nothing. Never a body, which may hold posts. */
function reasonOf(error: unknown): string {
  if (error instanceof ApiRequestError) return causeOf(error).message ?? 'the connection broke';
  if (error instanceof ApiPartialResponseError) return messageOf(error.responseError);
  return messageOf(error);
}

/** The library's `requestError` reads the wrong field and is always undefined (1.29.1). */
function causeOf(error: ApiRequestError): z.infer<typeof Cause> {
  return Internals.safeParse(error).data?._options.error ?? {};
}

const Cause = z.object({ code: z.string().optional(), message: z.string().optional() });
const Internals = z.object({ _options: z.object({ error: Cause }) });

/** Answers arrive as text, because the library fails on JSON that it does not expect. */
function jsonOf(data: unknown): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
