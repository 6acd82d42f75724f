import { z } from 'zod';
import { PermanentError, RetryLater } from '../../core/errors.ts';
import type { Answered, ConfiguredRequest } from '../../net/configured-fetch.ts';
import { openBudgets } from '../../net/rate-limits.ts';
import type { DriverContext } from '../platform.ts';
import { StatusError } from '../shared/answers.ts';
import { openPageSize } from '../shared/page-size.ts';
import { BoundedMap, openSemaphore } from '../../core/async.ts';
import { isTokenError, type Login, Session, sessionFile } from './session.ts';
import { AuthorView, PostView, refusalIn } from './wire.ts';

/** The server refused the request for good. */
export class Refusal extends PermanentError {
  /** Name of the error, such as `InvalidSwap`; empty if the response has none. */
  readonly code: string;

  constructor(answer: StatusError, code: string) {
    super(answer.message, { cause: answer });
    this.code = code;
  }
}

type Params = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/**
 * The bot's account on its server. Errors of calls: RetryLater if the call surely did nothing and may be tried later; Refusal; the signal's
 * reason when aborted; any other error if the outcome is unknown.
 */
export interface Account extends AsyncDisposable {
  /** DID of the account. */
  did(signal?: AbortSignal): Promise<string>;
  /** The access token, a JWT whose claims include its scope. */
  accessJwt(): Promise<string>;
  get<T extends z.ZodType>(method: string, params: Params, answer: T, signal: AbortSignal): Promise<z.output<T>>;
  post<T extends z.ZodType>(method: string, body: unknown, answer: T, signal: AbortSignal): Promise<z.output<T>>;
  /** How far the server's clock is ahead, in milliseconds, by its last response. */
  clockAhead(): number;
}

/** Feeds and publishers of one account share its session, because each refresh token can be used only once. */
const open = new Map<string, { readonly account: Account; users: number }>();

export function openAccount(login: Login, context: DriverContext): Account {
  const file = sessionFile(context.dataDir, login);
  const shared = open.get(file) ?? { account: newAccount(login, context), users: 0 };
  shared.users += 1;
  open.set(file, shared);
  let used = true;
  return {
    ...shared.account,
    async [Symbol.asyncDispose]() {
      if (!used) return;
      used = false;
      shared.users -= 1;
      if (shared.users > 0) return;
      open.delete(file);
      await shared.account[Symbol.asyncDispose]();
    },
  };
}

const retryMs = 60_000;
/** Servers answer a hundred concurrent requests with errors (measured). */
const maxConcurrent = 8;

function newAccount(login: Login, context: DriverContext): Account {
  const { clock, limits } = context;
  const budgets = openBudgets(clock, { emit: limits });
  const session = new Session(login, context, budgets);
  const where = new URL(login.service).host;
  const withPermit = openSemaphore(maxConcurrent);
  let aheadMs = 0;

  async function call<T extends z.ZodType>(method: string, path: string, request: ConfiguredRequest, answer: T) {
    const response = await withPermit(async () => {
      request.signal?.throwIfAborted();
      budgets.check(method);
      return await session.request(path, request);
    });
    const { status, headers, text } = response;
    const date = Date.parse(headers.get('date') ?? '');
    if (Number.isFinite(date)) aheadMs = date - clock.now();
    budgets.note(method, headers);
    if (status === 429) throw budgets.refusal(method, headers);
    if (status < 200 || status > 299) throw failure(response, `${where} answered ${status} to ${method}`);
    try {
      return answer.parse(text === '' ? {} : JSON.parse(text));
    } catch (error) {
      throw new Error(`${where} gave an unreadable answer to ${method}`, { cause: error });
    }
  }

  return {
    did: async (signal) => (await session.ensure(signal)).did,
    accessJwt: async () => (await session.ensure()).accessJwt,
    get: (method, params, answer, signal) => call(method, `/xrpc/${method}?${query(params)}`, { signal }, answer),
    post: (method, body, answer, signal) => {
      const headers = { 'content-type': 'application/json' };
      return call(method, `/xrpc/${method}`, { method: 'POST', headers, body: JSON.stringify(body), signal }, answer);
    },
    clockAhead: () => aheadMs,
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

function failure({ status, text }: Answered, what: string): Error {
  const refusal = refusalIn(text);
  const reason = [refusal.error, refusal.message].filter(Boolean).join(': ').slice(0, 300) || 'no reason given';
  const own = refusal.error === '' ? undefined : reason;
  const answer = new StatusError(`${what}: ${reason}`, status, own);
  // Even a new session did not help.
  if (status === 401 || isTokenError(refusal.error))
    return new RetryLater(answer.message, retryMs, { cause: answer, trouble: 'login', answered: true });
  if (status < 400 || status >= 500 || status === 408 || status === 425) return answer;
  return new Refusal(answer, refusal.error);
}

function query(params: Params): string {
  const pairs = Object.entries(params).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, String(one)]),
  );
  return String(new URLSearchParams(pairs));
}

/** The most that both calls allow in one request. */
const batchSize = 25;
const Profiles = z.object({ profiles: z.array(z.unknown()) });
const Posts = z.object({ posts: z.array(z.unknown()) });

/** Looks up posts by URI; those that the network does not show to the bot are missing. */
export async function lookUpPosts(
  account: Account,
  uris: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, PostView>> {
  const found = new Map<string, PostView>();
  const withPageSize = openPageSize(batchSize);
  for (let at = 0, step = 1; at < uris.length; at += step) {
    const page = await withPageSize((limit) =>
      account.get('app.bsky.feed.getPosts', { uris: uris.slice(at, at + limit) }, Posts, signal),
    );
    step = page?.limit ?? 1;
    for (const one of page?.answer.posts ?? []) {
      const { data } = PostView.safeParse(one);
      if (data !== undefined) found.set(data.uri, data);
    }
  }
  return found;
}

/** Names seldom change, and blocks are checked again before anything is sent. */
const cacheMs = 10 * 60_000;
const maxCached = 2000;

/** Cached profiles by DID. Without an account all are unknown. */
export function openProfiles(account: Account | undefined, now: () => number) {
  const known = new BoundedMap<string, { readonly view: AuthorView | undefined; readonly until: number }>(maxCached);
  return async (dids: readonly string[], signal: AbortSignal): Promise<(did: string) => AuthorView | undefined> => {
    if (account === undefined) return () => undefined;
    const profiles = new Map(dids.map((did) => [did, known.get(did)]));
    const missing = [...profiles].filter(([, profile]) => (profile?.until ?? 0) <= now()).map(([did]) => did);
    for (let at = 0; at < missing.length; at += batchSize) {
      const actors = missing.slice(at, at + batchSize);
      const answer = await account.get('app.bsky.actor.getProfiles', { actors }, Profiles, signal);
      const views = answer.profiles.map((one) => AuthorView.safeParse(one).data);
      for (const did of actors) {
        const profile = { view: views.find((view) => view?.did === did), until: now() + cacheMs };
        known.set(did, profile);
        profiles.set(did, profile);
      }
    }
    return (did) => profiles.get(did)?.view;
  };
}
