import type { IncomingHttpHeaders } from 'node:http';
import { ApiPartialResponseError, ApiRequestError, ApiResponseError } from 'twitter-api-v2';
import { z } from 'zod';
import { messageOf, networkFault, PermanentError, RetryLater } from '../../core/errors.ts';
import { neverSent } from '../../net/never-sent.ts';
import type { Budgets } from '../../net/rate-limits.ts';
import { StatusError } from '../shared/answers.ts';
import { jsonIn } from '../shared/parse-json.ts';

const Refusal = z.object({
  type: z.string().default(''),
  title: z.string().default(''),
  detail: z.string().default(''),
  errors: z.array(z.object({ message: z.string().optional(), detail: z.string().optional() })).default([]),
});

const unreachableRetryMs = 30_000;
/** Without credits every call fails until the operator buys some. */
const noCreditsRetryMs = 3_600_000;
/** A cap lasts for days, and no header says how long. */
const usageCappedRetryMs = 3_600_000;

/** X's answer to a call that it refuses. */
export interface Refused {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body, not parsed yet. */
  readonly text: string;
}

/**
 * Translates an error of the library. RetryLater and PermanentError mean that X did nothing (`sending` says which of them it is for a reply); any
 * other error leaves the outcome unknown.
 * `cause`: the error of the network, where there was one.
 */
export function faultOf(error: unknown, what: string, budgets: Budgets, cause: Error | undefined): Error {
  if (error instanceof ApiResponseError) {
    const { code: status, headers, data } = error;
    // Text as requested, although the library's types say JSON.
    const text: unknown = data;
    return refusalOf({ status, headers, text: typeof text === 'string' ? text : '' }, what, budgets);
  }
  const reason = reasonOf(error, cause);
  if (error instanceof ApiRequestError && neverSent(codeOf(cause)))
    return new RetryLater(`X cannot be reached: ${reason}`, unreachableRetryMs);
  return new Error(`${what}: no readable answer: ${reason}`);
}

/** The error for a refusal, as above. */
export function refusalOf({ status, headers, text }: Refused, what: string, budgets: Budgets): Error {
  budgets.note(what, headers);
  const words = wordsIn(text);
  if (Refusal.safeParse(jsonIn(text)).data?.type.endsWith('/usage-capped')) {
    const message = `X’s cap on what the app may use is reached, and ${what} is refused: ${words} (raise it in the console of X, or wait for the next period)`;
    return new RetryLater(message, usageCappedRetryMs, { account: true, answered: true });
  }
  if (status === 429) return budgets.refusal(what, headers);
  const message = `X answered ${what} with ${status}${words === '' ? '' : `: ${words}`}`;
  if (status === 402)
    return new RetryLater(`${message} (out of credits?)`, noCreditsRetryMs, { account: true, answered: true });
  const cause = new StatusError(message, status, words === '' ? undefined : words);
  // 408 reports a time-out: the outcome is unknown.
  if (status >= 500 || status === 408) return cause;
  return new PermanentError(`${message}${hintFor(status, words)}`, { cause });
}

function wordsIn(text: string): string {
  const refusal = Refusal.safeParse(jsonIn(text)).data;
  const [first] = refusal?.errors ?? [];
  // The detail of an invalid request says only that it is one.
  return (first?.message || refusal?.detail || first?.detail || refusal?.title || '').slice(0, 200);
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
function reasonOf(error: unknown, cause: Error | undefined): string {
  if (error instanceof ApiRequestError) return networkFault(cause) ?? cause?.message ?? 'the connection broke';
  return messageOf(error instanceof ApiPartialResponseError ? error.responseError : error);
}

function codeOf(cause: Error | undefined): string {
  return cause !== undefined && 'code' in cause ? String(cause.code) : '';
}
