import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { dayMs } from '../../core/durations.ts';
import { RetryLater } from '../../core/errors.ts';
import { StatusError } from '../shared/answers.ts';
import { faultIn, jsonIn } from '../shared/parse-json.ts';
import { storable } from '../../core/storable.ts';
import type { Fetched } from '../../net/guarded-fetch.ts';
import { neverSent } from '../../net/never-sent.ts';
import { type Budgets, openBudgets, retryAfterMs } from '../../net/rate-limits.ts';
import type { DriverContext } from '../platform.ts';
import { Instance, OwnAccount } from './wire.ts';

interface Access {
  /** Origin, such as `https://social.example`. */
  readonly url: string;
  readonly token: string | undefined;
}

/** A call of the API (https://docs.joinmastodon.org/methods). */
interface Call {
  /** Default GET. */
  readonly method?: keyof typeof limitNames;
  /** Below `/api/`, such as `v1/statuses`. */
  readonly path: string;
  /** An array becomes `name[]=…`, once for each value. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Mastodon has separate rate limits for these. */
const limitNames = { GET: 'read', POST: 'post', PUT: 'edit', DELETE: 'delete' } as const;
/** Calls to leave for other users of the account, such as its publisher. */
const sharedCalls = 10;
const infoCacheMs = dayMs;
const timeoutMs = 30_000;
const maxBytes = 10_000_000;

/** One server, with or without an account on it. */
export class Server {
  readonly url: string;
  readonly token: string | undefined;
  readonly #context: Pick<DriverContext, 'clock' | 'fetch'>;
  readonly #budgets: Budgets;
  /** How far the server's clock is ahead of ours by its last response, in milliseconds. */
  skewMs = 0;
  #info: { readonly is: Instance; readonly until: number } | undefined;
  #self: OwnAccount | undefined;

  constructor({ url, token }: Access, context: DriverContext, { keep = sharedCalls }: { keep?: number } = {}) {
    this.url = url;
    this.token = token;
    this.#context = context;
    this.#budgets = openBudgets(context.clock, { keep, emit: context.limits });
  }

  /** The server's description of itself, requested once a day. */
  async info(signal: AbortSignal): Promise<Instance> {
    const { clock } = this.#context;
    if (this.#info === undefined || this.#info.until < clock.now())
      this.#info = { is: await this.describe(signal), until: clock.now() + infoCacheMs };
    return this.#info.is;
  }

  /** The token's account, requested once; undefined without a token. */
  async self(signal: AbortSignal): Promise<OwnAccount | undefined> {
    if (this.token === undefined) return undefined;
    this.#self ??= await this.call(OwnAccount, { path: 'v1/accounts/verify_credentials' }, signal);
    return this.#self;
  }

  /**
   * Makes a call and reads its response. Errors: RetryLater for 429 and used-up rate limits; StatusError; an Error for an unreachable server
   * or an unreadable response; the signal's reason when aborted.
   */
  async call<T>(schema: z.ZodType<T>, call: Call, signal: AbortSignal): Promise<T> {
    const { clock } = this.#context;
    const { method = 'GET', path } = call;
    const budget = `${this.url} ${limitNames[method]}`;
    this.#budgets.check(budget);
    const answer = await this.#send(call, signal);
    const { status, headers } = answer;
    this.#budgets.note(budget, headers);
    const date = Date.parse(headers.get('date') ?? '');
    if (Number.isFinite(date)) this.skewMs = date - clock.now();
    if (status === 429) throw this.#budgets.refusal(budget, headers);
    const what = `${this.url}/api/${path}`;
    const waitMs = status === 503 && method === 'GET' ? retryAfterMs(headers, clock.now()) : undefined;
    if (waitMs !== undefined) throw new RetryLater(`${what} answered 503`, waitMs);
    const json = jsonIn(new TextDecoder().decode(answer.body));
    if (status < 200 || status > 299) throw refusal(what, answer, json);
    if (json === undefined) throw notJson(what, answer);
    const { data, error } = schema.safeParse(json);
    if (error) throw new Error(`${what} answered something unexpected: ${faultIn(error)}`);
    return data;
  }

  async #send({ method = 'GET', path, query = {}, body, headers }: Call, signal: AbortSignal): Promise<Fetched> {
    return await this.#context.fetch(`${this.url}/api/${path}?${searchOf(query)}`, {
      method,
      headers: {
        accept: 'application/json',
        // No keep-alive: the server may close an idle connection just as it is used again, and the outcome of a post would be unknown.
        connection: 'close',
        ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      signal,
      timeoutMs,
      maxBytes,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  /** The server's description, requested now. Old and small servers support only version 1. Errors: those of the call. */
  async describe(signal: AbortSignal): Promise<Instance> {
    try {
      return await this.call(Instance, { path: 'v2/instance' }, signal);
    } catch (error) {
      if (!(error instanceof StatusError) || error.status >= 500) throw error;
      return await this.call(Instance, { path: 'v1/instance' }, signal);
    }
  }
}

/** Keeps the brackets as they are: small servers do not decode names. */
function searchOf(query: NonNullable<Call['query']>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    typeof value === 'object'
      ? value.map((one) => `${name}[]=${encodeURIComponent(one)}`)
      : [`${name}=${encodeURIComponent(value)}`],
  );
  return pairs.join('&');
}

/** Mastodon's own error, or that of Pleroma's framework. */
const Refusal = z.union([
  z.object({ error: z.string() }).transform(({ error }) => error),
  z.object({ errors: z.object({ detail: z.string() }) }).transform(({ errors }) => errors.detail),
]);

/** With the server's error message; a proxy's error page has none. */
function refusal(what: string, { status, headers }: Fetched, json: unknown): StatusError {
  const location = status < 400 ? URL.parse(headers.get('location') ?? '')?.origin : undefined;
  const own = Refusal.safeParse(json).data?.slice(0, 200);
  const error = own === undefined ? undefined : storable(own);
  const reason = location === undefined ? (error ?? '') : `it has moved to ${location}`;
  const title = `${what} answered ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
  return new StatusError(reason === '' ? title : `${title}: ${reason}`, status, error);
}

function notJson(what: string, { status, headers, body }: Fetched): Error {
  const type = headers.get('content-type')?.slice(0, 60) ?? 'no type';
  return new Error(`${what} answered ${status} with something other than JSON (${type}, ${body.length} bytes)`);
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
