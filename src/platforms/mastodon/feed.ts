import { backoffMs } from '../../core/durations.ts';
import { messageOf, RetryLater } from '../../core/errors.ts';
import type { Cursor, Page } from '../../core/post.ts';
import type { DriverContext, Feed } from '../platform.ts';
import type { MastodonFeed } from './config.ts';
import { type ListState, readOwnAccounts, readState, writeState } from './cursor.ts';
import { nameOf, planLists } from './lists.ts';
import { readList, type ReadContext } from './read-list.ts';
import { cacheFor } from './feed-cache.ts';
import { isUnsent, Server } from './server.ts';

const retry = { firstMs: 30_000, maxMs: 30 * 60_000 };

/** Reads the lists of every server in turn. A server or list that fails gets a cooldown and does not hold up the others. */
export function openFeed(config: MastodonFeed, context: DriverContext): Feed {
  const servers = serversOf(config, context);
  const cooldowns = openCooldowns('server', context);
  const ofLists = openCooldowns('list', context);
  const cache = cacheFor(config);

  async function openReading(after: Cursor | undefined, signal: AbortSignal): Promise<ReadContext> {
    for (const [url, self] of readOwnAccounts(after)) if (!cache.known.has(url)) cache.known.set(url, self);
    const reachable = servers.filter((server) => !cooldowns.isBlocked(server.url));
    const ownAccounts = await cache.ownAccounts(reachable, signal);
    const unknown = cache.unknown(servers);
    const before = readState(after);
    // Drops servers that are no longer configured.
    const state = new Map(servers.map(({ url }) => [url, before.get(url) ?? new Map<string, ListState>()]));
    const { clock, notices } = context;
    return { config, state, ownAccounts, unknown, cache, clock, notices, signal };
  }

  return {
    async *pages(after, signal) {
      const reading = await openReading(after, signal);
      let cursor = after;
      for (const server of servers) {
        if (servers.length > 1 && cooldowns.isBlocked(server.url)) continue;
        try {
          for await (const page of readServer(server, { ...reading, config, cooldowns: ofLists }, cursor)) {
            cursor = page.cursor;
            yield page;
          }
          cooldowns.noteSuccess(server.url);
        } catch (error) {
          signal.throwIfAborted();
          if (servers.length === 1) throw error;
          cooldowns.noteFailure(server.url, error);
        }
      }
      cooldowns.throwIfAllBlocked(servers.map(({ url }) => url));
    },
  };
}

export function serversOf({ servers }: Pick<MastodonFeed, 'servers'>, context: DriverContext): Server[] {
  return servers.map(({ url, token }) => new Server({ url, token: token?.reveal() }, context));
}

interface ServerReading extends ReadContext {
  readonly config: MastodonFeed;
  /** Of the lists. */
  readonly cooldowns: Cooldowns;
}

async function* readServer(server: Server, context: ServerReading, after: Cursor | undefined): AsyncGenerator<Page> {
  const { config, cooldowns, state, signal } = context;
  // The account is needed to recognize mentions of the bot.
  await server.self(signal);
  const { tagsPerRequest } = await server.info(signal);
  const mentions = config.mentions && server.token !== undefined;
  const planned = planLists(state.get(server.url) ?? new Map(), { tags: config.hashtags, mentions }, tagsPerRequest);
  state.set(server.url, new Map([...planned].flatMap(([key, list]) => (list === undefined ? [] : [[key, list]]))));
  const names = new Map([...planned.keys()].map((key) => [key, `${server.url}, ${nameOf(key)}`]));
  let cursor = after;
  for (const [key, name] of names) {
    if (cooldowns.isBlocked(name)) continue;
    try {
      for await (const { list, ...page } of readList(server, key, planned.get(key), context)) {
        state.get(server.url)?.set(key, list);
        const next = writeState(state, context.cache.known);
        if (next === cursor && page.posts.length + page.changes.length + page.rejects.length === 0) continue;
        cursor = next;
        yield { ...page, cursor };
      }
      cooldowns.noteSuccess(name);
    } catch (error) {
      signal.throwIfAborted();
      if (planned.size === 1 || isOfServer(error)) throw error;
      cooldowns.noteFailure(name, error);
    }
  }
  cooldowns.throwIfAllBlocked([...names.values()]);
}

/** The server asks to wait, or cannot be reached: its other lists would fail too. */
function isOfServer(error: unknown): boolean {
  return error instanceof RetryLater || isUnsent(error);
}

interface Cooldown {
  readonly failures: number;
  readonly until: number;
  readonly error: unknown;
}

type Cooldowns = ReturnType<typeof openCooldowns>;

/** Cooldowns of failing servers or lists, by name; warns once when one begins and once when it ends. */
function openCooldowns(what: 'server' | 'list', { clock, notices }: DriverContext) {
  const cooldowns = new Map<string, Cooldown>();
  return {
    isBlocked: (name: string) => (cooldowns.get(name)?.until ?? 0) > clock.now(),
    noteSuccess(name: string): void {
      if (cooldowns.delete(name)) notices.warn(`${name} can be read again`);
    },
    noteFailure(name: string, error: unknown): void {
      const failures = cooldowns.get(name)?.failures ?? 0;
      const waitMs = error instanceof RetryLater ? error.delayMs : backoffMs(failures, retry);
      if (failures === 0) notices.warn(`${name} cannot be read (the others can): ${messageOf(error)}`);
      cooldowns.set(name, { failures: failures + 1, until: clock.now() + waitMs, error });
    },
    throwIfAllBlocked(names: readonly string[]): void {
      const now = clock.now();
      const all = names.flatMap((name) => cooldowns.get(name) ?? []);
      const first = all.toSorted((a, b) => a.until - b.until)[0];
      if (first === undefined || all.length < names.length || first.until <= now) return;
      throw new RetryLater(`no ${what} can be read: ${messageOf(first.error)}`, first.until - now);
    },
  };
}
