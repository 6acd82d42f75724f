import { PermanentError, RetryLater, messageOf } from '../../core/errors.ts';
import { type Budgets, openBudgets } from '../../net/rate-limits.ts';
import type { DriverContext } from '../platform.ts';
import { openSemaphore } from '../../core/async.ts';
import { jsonIn } from '../shared/parse-json.ts';
import type { WordpressPublisher } from './config.ts';
import { neverSent } from '../../net/never-sent.ts';

/** The site's answer; `json` is undefined if the body is not JSON. */
export interface Answer {
  readonly status: number;
  readonly json: unknown;
}

interface Call {
  readonly method?: 'POST' | 'DELETE';
  /** Within `wp/v2`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** The site's REST API, for one account. */
export interface Api {
  /**
   * Returns any status below 500, and 501. Errors: RetryLater if surely nothing was done (unreachable, 429); PermanentError for a redirect; an
   * Error for other 5xx, time-outs and unreadable answers, which leave the outcome unknown.
   */
  call(call: Call, signal: AbortSignal): Promise<Answer>;
}

/** Small sites have few workers. */
const maxConcurrentCalls = 4;
const unreachableRetryMs = 60_000;
const maxBytes = 2_000_000;
const budget = 'WordPress';

export function openApi(
  { site, username, password }: WordpressPublisher,
  { clock }: Pick<DriverContext, 'clock'>,
): Api {
  const budgets = openBudgets(clock);
  const withPermit = openSemaphore(maxConcurrentCalls);
  const authorization = `Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`;
  let root: Promise<URL> | undefined;

  async function call({ method, path, query = {}, body }: Call, signal: AbortSignal): Promise<Answer> {
    budgets.check(budget);
    root ??= findRoot(site, signal).catch((error: unknown) => {
      root = undefined;
      throw error;
    });
    const url = addressOf(await root, path, query);
    const response = await send(url, {
      method: method ?? 'GET',
      headers: {
        authorization,
        accept: 'application/json',
        'user-agent': 'Pilcrow',
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal,
    });
    return await answerOf(response, url, budgets);
  }

  return { call: (one, signal) => withPermit(() => call(one, signal)) };
}

/** Reads the API's path from the Link header (rel="https://api.w.org/"). The password goes to the configured origin, whatever the header says. */
async function findRoot(site: string, signal: AbortSignal): Promise<URL> {
  const response = await send(new URL(site), { method: 'HEAD', headers: { 'user-agent': 'Pilcrow' }, signal });
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

async function send(url: URL, init: RequestInit & { readonly signal: AbortSignal }): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: 'manual' });
  } catch (error) {
    init.signal.throwIfAborted();
    const cause = error instanceof Error ? error.cause : undefined;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const message = `${url.host} cannot be reached: ${code || messageOf(cause ?? error)}`;
    throw neverSent(code)
      ? new RetryLater(message, unreachableRetryMs, { cause: error })
      : new Error(message, { cause: error });
  }
}

async function answerOf(response: Response, url: URL, budgets: Budgets): Promise<Answer> {
  const { status, headers } = response;
  budgets.note(budget, headers);
  const json = await bodyOf(response);
  if (status === 429) throw budgets.refusal(budget, headers);
  checkRedirect(response, url.href);
  // 501 is final and has a reason.
  if (status >= 500 && status !== 501) throw new Error(`${url.host} answered ${status}${wordsOf(json)}`);
  if (status < 300 && json === undefined) throw new Error(`${url.host} answered ${status} without JSON`);
  return { status, json };
}

function checkRedirect({ status, headers }: Response, from: string): void {
  if (status < 300 || status >= 400) return;
  const to = URL.parse(headers.get('location') ?? '', from);
  const where = to ? `${to.origin}${to.pathname}` : 'somewhere else';
  throw new PermanentError(
    `${new URL(from).host} redirects to ${where}: put the real address of the site into \`site\``,
  );
}

async function bodyOf(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`${new URL(response.url).host} sent more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return jsonIn(Buffer.concat(chunks).toString('utf8'));
}

/** WordPress's error body: `{code, message}`. */
export function refusalIn(json: unknown): { readonly code: string; readonly message: string } | undefined {
  if (typeof json !== 'object' || json === null || !('code' in json) || !('message' in json)) return undefined;
  return {
    code: String(json.code).slice(0, 100),
    message: String(json.message)
      .replaceAll(/<[^>]*>/g, '')
      .slice(0, 200),
  };
}

/** The error body as the end of a message. */
export function wordsOf(json: unknown): string {
  const refusal = refusalIn(json);
  return refusal ? `: ${refusal.message} (${refusal.code})` : '';
}
