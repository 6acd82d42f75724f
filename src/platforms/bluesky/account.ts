import { z } from 'zod';
import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import { neverSent } from '../../net/never-sent.ts';
import { openBudgets } from '../../net/rate-limits.ts';
import type { DriverContext } from '../platform.ts';
import { openPageSize } from '../shared/page-size.ts';
import { openSemaphore } from '../../core/async.ts';
import { sessionFile } from './session-file.ts';
import { type Login, openSession, type Session } from './session.ts';
import { AuthorView, PostView } from './wire.ts';

/** The server refused the request for good. */
export class Refusal extends PermanentError {
  readonly status: number;
  /** Name of the error, such as `InvalidSwap`; empty if the response has none. */
  readonly code: string;

  constructor(message: string, status: number, code: string) {
    super(message);
    this.status = status;
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
  const file = sessionFile(context.dataDir, login.service, login.identifier);
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
const ErrorBody = z.object({ error: z.string().max(200).catch(''), message: z.string().catch('') });

function newAccount(login: Login, context: DriverContext): Account {
  const { clock, limits } = context;
  const budgets = openBudgets(clock, { emit: limits });
  const session = openSession(login, context, budgets);
  const where = new URL(login.service).host;
  const withPermit = openSemaphore(maxConcurrent);
  let aheadMs = 0;

  async function call<T extends z.ZodType>(method: string, path: string, init: RequestInit, answer: T) {
    await session.ensure(init.signal);
    const response = await withPermit(async () => {
      init.signal?.throwIfAborted();
      budgets.check(method);
      return await send(session, where, path, init);
    });
    const date = Date.parse(response.headers.get('date') ?? '');
    if (Number.isFinite(date)) aheadMs = date - clock.now();
    budgets.note(method, response.headers);
    if (response.status === 429) throw budgets.refusal(method, response.headers);
    if (!response.ok) throw await failure(response, `${where} answered ${response.status} to ${method}`);
    return readAnswer(await response.text(), answer, `${where} gave an unreadable answer to ${method}`);
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

async function send(session: Session, where: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await session.fetch(path, init);
  } catch (error) {
    init.signal?.throwIfAborted();
    const cause = error instanceof Error ? error.cause : undefined;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (neverSent(code)) throw new RetryLater(`${where} cannot be reached: ${code}`, retryMs, { cause: error });
    throw new Error(`${where}: ${code || messageOf(error)}`, { cause: error });
  }
}

async function failure(response: Response, what: string): Promise<Error> {
  const { status } = response;
  const body = ErrorBody.safeParse(await response.json().catch(() => undefined)).data ?? { error: '', message: '' };
  const message = `${what}: ${[body.error, body.message].filter(Boolean).join(': ').slice(0, 300) || 'no reason given'}`;
  // The library could not refresh the session: the next call gets a new one, or the reason why there is none.
  if (status === 401 || body.error === 'ExpiredToken' || body.error === 'InvalidToken')
    return new RetryLater(message, retryMs);
  if (status < 400 || status >= 500 || status === 408 || status === 425) return new Error(message);
  return new Refusal(message, status, body.error);
}

function readAnswer<T extends z.ZodType>(text: string, answer: T, what: string): z.output<T> {
  try {
    return answer.parse(text === '' ? {} : JSON.parse(text));
  } catch (error) {
    throw new Error(what, { cause: error });
  }
}

function query(params: Params): string {
  const pairs = Object.entries(params).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, String(one)]),
  );
  return new URLSearchParams(pairs).toString();
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
  const known = new Map<string, { readonly view: AuthorView | undefined; readonly until: number }>();

  async function fetchProfiles(from: Account, dids: readonly string[], signal: AbortSignal): Promise<void> {
    if (known.size + dids.length > maxCached) known.clear();
    const until = now() + cacheMs;
    for (let at = 0; at < dids.length; at += batchSize) {
      const actors = dids.slice(at, at + batchSize);
      const { profiles } = await from.get('app.bsky.actor.getProfiles', { actors }, Profiles, signal);
      const views = profiles.map((one) => AuthorView.safeParse(one).data).filter((view) => view !== undefined);
      for (const did of actors) known.set(did, { view: views.find((view) => view.did === did), until });
    }
  }

  return async (dids: readonly string[], signal: AbortSignal): Promise<(did: string) => AuthorView | undefined> => {
    const missing = [...new Set(dids)].filter((did) => (known.get(did)?.until ?? 0) <= now());
    if (account !== undefined && missing.length > 0) await fetchProfiles(account, missing, signal);
    const views = new Map(dids.map((did) => [did, known.get(did)?.view]));
    return (did) => views.get(did);
  };
}
