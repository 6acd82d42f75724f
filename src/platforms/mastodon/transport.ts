import { STATUS_CODES } from 'node:http';
import type { Encoding } from 'masto/interfaces/index.js';
import { BaseHttp } from 'masto/adapters/http/base-http.js';
import { SerializerNativeImpl } from 'masto/adapters/serializers/index.js';
import { RetryLater } from '../../core/errors.ts';
import { storable } from '../../core/storable.ts';
import type { Fetched } from '../../net/guarded-fetch.ts';
import { type Budgets, openBudgets, retryAfterMs } from '../../net/rate-limits.ts';
import type { DriverContext } from '../platform.ts';
import { neverSent } from '../../net/never-sent.ts';

/** The server refused or failed. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

export interface Access {
  /** Origin, such as `https://social.example`. */
  readonly url: string;
  readonly token: string | undefined;
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly search?: string | Record<string, unknown>;
  readonly body?: Record<string, unknown>;
  readonly encoding?: Encoding;
  readonly requestInit?: { readonly headers?: RequestInit['headers']; readonly signal?: AbortSignal | null };
}

/** Calls to leave for other users of the account, such as its publisher. */
const sharedCalls = 10;
const serializer = new SerializerNativeImpl();

/**
 * HTTP transport for masto. Masto's own reads the body before the status, so that a proxy's error page becomes a bare TypeError, and hides
 * rate limits. Errors: RetryLater for 429 and used-up rate limits; StatusError; an Error for an unreachable server or unreadable response.
 */
export class Transport extends BaseHttp {
  readonly #access: Access;
  readonly #context: DriverContext;
  readonly #budgets: Budgets;
  #skewMs = 0;

  constructor(access: Access, context: DriverContext, { keep = sharedCalls }: { keep?: number } = {}) {
    super();
    this.#access = access;
    this.#context = context;
    this.#budgets = openBudgets(context.clock, { keep, emit: context.limits });
  }

  /** How far the server's clock is ahead of ours by its last response, in milliseconds. */
  get skewMs(): number {
    return this.#skewMs;
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- masto's signature
  override async request<T>(call: Call): Promise<{ headers: Headers; data: T }> {
    const { clock } = this.#context;
    const budget = `${this.#access.url} ${limitNames[call.method] ?? 'read'}`;
    this.#budgets.check(budget);
    const answer = await this.#send(call);
    this.#budgets.note(budget, answer.headers);
    const date = Date.parse(answer.headers.get('date') ?? '');
    if (Number.isFinite(date)) this.#skewMs = date - clock.now();
    if (answer.status === 429) throw this.#budgets.refusal(budget, answer.headers);
    const waitMs =
      answer.status === 503 && call.method === 'GET' ? retryAfterMs(answer.headers, clock.now()) : undefined;
    const what = `${this.#access.url}${call.path}`;
    if (waitMs !== undefined) throw new RetryLater(`${what} answered 503`, waitMs);
    if (answer.status < 200 || answer.status > 299) throw refusal(what, answer);
    return { headers: answer.headers, data: readBody(what, answer) as T };
  }

  async #send({ method, path, search, body, requestInit }: Call): Promise<Fetched> {
    const url = new URL(path, this.#access.url);
    if (search !== undefined)
      url.search = typeof search === 'string' ? search : serializer.serialize('querystring', search);
    // No keep-alive: the server may close an idle connection just as it is used again, and the outcome of a post would be unknown.
    const headers: Record<string, string> = { accept: 'application/json', connection: 'close' };
    if (this.#access.token !== undefined) headers['authorization'] = `Bearer ${this.#access.token}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    for (const [name, value] of new Headers(requestInit?.headers)) headers[name] = value;
    return await this.#context.fetch(url.href, {
      method: method as 'GET',
      headers,
      signal: requestInit?.signal ?? new AbortController().signal,
      timeoutMs,
      maxBytes,
      ...(body !== undefined && { body: serializer.serialize('json', body) }),
    });
  }
}

const timeoutMs = 30_000;
const maxBytes = 10_000_000;

/** Mastodon has separate rate limits for these. */
const limitNames: Readonly<Record<string, string>> = { POST: 'post', PUT: 'post', DELETE: 'delete' };

function refusal(what: string, { status, headers, body }: Fetched): StatusError {
  const location = status < 400 ? URL.parse(headers.get('location') ?? '')?.origin : undefined;
  const reason = location === undefined ? reasonIn(body) : `it has moved to ${location}`;
  const title = `${what} answered ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
  return new StatusError(reason === '' ? title : `${title}: ${reason}`, status);
}

/** The server's error message; empty for a proxy's error page. */
function reasonIn(body: Uint8Array): string {
  try {
    const { error } = JSON.parse(new TextDecoder().decode(body)) as { error?: unknown };
    return typeof error === 'string' ? storable(error.slice(0, 200)) : '';
  } catch {
    return '';
  }
}

function readBody(what: string, { status, headers, body }: Fetched): unknown {
  const text = new TextDecoder().decode(body);
  try {
    return serializer.deserialize('json', text);
  } catch {
    const type = headers.get('content-type')?.slice(0, 60) ?? 'no type';
    throw new Error(`${what} answered ${status} with something other than JSON (${type}, ${body.length} bytes)`);
  }
}

/** True if no connection was made or allowed, so that nothing was sent. */
export function isUnsent(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const code = 'code' in cause ? String(cause.code) : '';
    if (neverSent(code)) return true;
    if (cause instanceof AggregateError && cause.errors.length > 0) return cause.errors.every(isUnsent);
  }
  return false;
}
