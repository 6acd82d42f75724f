import { z } from 'zod';
import { StatusError } from '../shared/answers.ts';
import { jsonIn } from '../shared/parse-json.ts';
import { type Answered, fetchConfigured } from '../../net/configured-fetch.ts';
import { type Budgets, openBudgets } from '../../net/rate-limits.ts';
import type { DriverContext } from '../platform.ts';
import { openSemaphore } from '../../core/async.ts';
import type { WordpressPublisher } from './config.ts';

/** The site's answer; `json` is undefined if the body is not JSON. */
export interface Answer {
  readonly status: number;
  readonly json: unknown;
}

interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Within `wp/v2`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** The site's REST API, for one account. */
export interface Api {
  /**
   * Returns a success, and any other status with WordPress's own error. Errors: RetryLater if surely nothing was done (unreachable, 429);
   * StatusError for redirects and error pages; an Error for other 5xx, time-outs and unreadable answers, which leave the outcome unknown.
   */
  call(call: Call, signal: AbortSignal): Promise<Answer>;
}

/** Small sites have few workers. */
const maxConcurrentCalls = 4;
const bounds = { maxBytes: 2_000_000, timeoutMs: 60_000 };
const budget = 'WordPress';

export function openApi({ site, username, password }: WordpressPublisher, { clock }: DriverContext): Api {
  const budgets = openBudgets(clock);
  const withPermit = openSemaphore(maxConcurrentCalls);
  const authorization = `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`;
  let root: Promise<URL> | undefined;

  async function call({ method = 'GET', path, query = {}, body }: Call, signal: AbortSignal): Promise<Answer> {
    budgets.check(budget);
    root ??= findRoot(site, signal).catch((error: unknown) => {
      root = undefined;
      throw error;
    });
    const url = addressOf(await root, path, query);
    const headers = {
      authorization,
      accept: 'application/json',
      'user-agent': 'Pilcrow',
      ...(body && { 'content-type': 'application/json' }),
    };
    const request = { method, headers, signal, ...(body && { body: JSON.stringify(body) }) };
    return answerOf(await fetchConfigured(url, request, bounds), url, budgets);
  }

  return { call: (one, signal) => withPermit(() => call(one, signal)) };
}

/** Reads the API's path from the Link header (rel="https://api.w.org/"). The password goes to the configured origin, whatever the header says. */
async function findRoot(site: string, signal: AbortSignal): Promise<URL> {
  const request = { method: 'HEAD', headers: { 'user-agent': 'Pilcrow' }, signal };
  const response = await fetchConfigured(new URL(site), request, bounds);
  checkRedirect(response, site);
  const link = /<([^<>]{1,500})>;\s*rel="https:\/\/api\.w\.org\/"/.exec(response.headers.get('link') ?? '')?.[1];
  const found = URL.parse(link ?? `${site.replace(/\/$/, '')}/wp-json/`, site);
  return new URL((found?.pathname ?? '') + (found?.search ?? ''), site);
}

/** Without pretty permalinks the route is a query parameter. */
function addressOf(root: URL, path: string, query: Readonly<Record<string, string>>): URL {
  const url = new URL(root);
  if (url.searchParams.has('rest_route')) url.searchParams.set('rest_route', `/wp/v2/${path}`);
  else url.pathname = `${url.pathname.replace(/\/$/, '')}/wp/v2/${path}`;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

function answerOf(answered: Answered, url: URL, budgets: Budgets): Answer {
  const { status, headers, text } = answered;
  budgets.note(budget, headers);
  const json = jsonIn(text);
  if (status === 429) throw budgets.refusal(budget, headers);
  checkRedirect(answered, url.href);
  // 501 is final and has a reason.
  if (status >= 500 && status !== 501) throw new Error(`${url.host} answered ${status}${wordsOf(json)}`);
  if (status >= 400 && refusalIn(json) === undefined)
    throw faultOf(
      { status, json },
      `${url.host} answered ${status} without an error of WordPress: a proxy, or no such site`,
    );
  if (status < 300 && json === undefined) throw new Error(`${url.host} answered ${status} without JSON`);
  return { status, json };
}

function checkRedirect({ status, headers }: Answered, from: string): void {
  if (status < 300 || status >= 400) return;
  const to = URL.parse(headers.get('location') ?? '', from);
  const where = to ? `${to.origin}${to.pathname}` : 'somewhere else';
  const message = `${new URL(from).host} redirects to ${where}: put the real address of the site into \`site\``;
  throw new StatusError(message, status, undefined);
}

/** WordPress's error body: `{code, message}`. */
export function refusalIn(json: unknown): { readonly code: string; readonly message: string } | undefined {
  if (typeof json !== 'object' || json === null || !('code' in json) || !('message' in json)) return undefined;
  const message = String(json.message).replaceAll(/<[^<>]*>/g, '');
  return { code: String(json.code).slice(0, 100), message: message.slice(0, 200) };
}

/** The error for an answer that is no success. */
export function faultOf({ status, json }: Answer, message: string): StatusError {
  const words = wordsOf(json);
  return new StatusError(`${message}${words}`, status, words === '' ? undefined : words);
}

/** The error body as the end of a message. */
function wordsOf(json: unknown): string {
  const refusal = refusalIn(json);
  return refusal ? `: ${refusal.message} (${refusal.code})` : '';
}

/** The bot's account on the site. */
const Account = z
  .object({ id: z.int(), name: z.string(), capabilities: z.record(z.string(), z.unknown()).catch({}) })
  .transform(({ id, name, capabilities }) => ({
    id,
    /** Display name. */
    name,
    /** May see pending comments, delete comments, and write without a rate limit. */
    moderates: capabilities['moderate_comments'] === true,
  }));
export type Account = z.infer<typeof Account>;

/** Errors: StatusError if the site rejects the account; those of the API. */
export async function readAccount(api: Api, signal: AbortSignal): Promise<Account> {
  const query = { context: 'edit', _fields: 'id,name,capabilities' };
  const { status, json } = await api.call({ path: 'users/me', query }, signal);
  if (status !== 200) throw faultOf({ status, json }, `the site rejects the account: it answered ${status}`);
  const account = Account.safeParse(json).data;
  if (account === undefined) throw new Error('the site’s answer has no account');
  return account;
}
