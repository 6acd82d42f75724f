import { backoffMs } from '../../core/durations.ts';
import { messageOf, RetryLater } from '../../core/errors.ts';
import type { Cursor, Page } from '../../core/post.ts';
import type { DriverContext, Feed } from '../platform.ts';
import type { MastodonFeed } from './config.ts';
import { type ListState, readOwnAccounts, readState, writeState } from './cursor.ts';
import { planLists } from './lists.ts';
import { readList, type ReadContext } from './read-list.ts';
import { cacheFor } from './feed-cache.ts';
import { Server } from './server.ts';

const retry = { firstMs: 30_000, maxMs: 30 * 60_000 };

/** Reads the lists of every server in turn. A server that fails gets a cooldown and does not hold up the others. */
export function openFeed(config: MastodonFeed, context: DriverContext): Feed {
  const servers = serversOf(config, context);
  const cooldowns = openCooldowns(context);
  const cache = cacheFor(config);

  async function openReading(after: Cursor | undefined, signal: AbortSignal): Promise<ReadContext> {
    for (const [url, self] of readOwnAccounts(after)) if (!cache.known.has(url)) cache.known.set(url, self);
    const reachable = servers.filter((server) => !cooldowns.isBlocked(server));
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
        if (servers.length > 1 && cooldowns.isBlocked(server)) continue;
        try {
          for await (const page of readServer(server, config, reading, cursor)) {
            cursor = page.cursor;
            yield page;
          }
          cooldowns.noteSuccess(server);
        } catch (error) {
          signal.throwIfAborted();
          if (servers.length === 1) throw error;
          cooldowns.noteFailure(server, error);
        }
      }
      cooldowns.throwIfAllBlocked(servers);
    },
  };
}

export function serversOf({ servers }: Pick<MastodonFeed, 'servers'>, context: DriverContext): Server[] {
  return servers.map(({ url, token }) => new Server({ url, token: token?.reveal() }, context));
}

async function* readServer(
  server: Server,
  config: MastodonFeed,
  context: ReadContext,
  after: Cursor | undefined,
): AsyncGenerator<Page> {
  const { state, signal } = context;
  // The account is needed to recognize mentions of the bot.
  await server.self(signal);
  const { tagsPerRequest } = await server.info(signal);
  const mentions = config.mentions && server.token !== undefined;
  const planned = planLists(state.get(server.url) ?? new Map(), { tags: config.hashtags, mentions }, tagsPerRequest);
  state.set(server.url, new Map([...planned].flatMap(([key, list]) => (list === undefined ? [] : [[key, list]]))));
  let cursor = after;
  for (const [key, before] of planned) {
    for await (const { list, ...page } of readList(server, key, before, context)) {
      state.get(server.url)?.set(key, list);
      const next = writeState(state, context.cache.known);
      if (next === cursor && page.posts.length + page.changes.length + page.rejects.length === 0) continue;
      cursor = next;
      yield { ...page, cursor };
    }
  }
}

interface Cooldown {
  readonly failures: number;
  readonly until: number;
  readonly error: unknown;
}

/** Cooldowns of failing servers; warns once when one begins and once when it ends. */
function openCooldowns({ clock, notices }: DriverContext) {
  const cooldowns = new Map<string, Cooldown>();
  return {
    isBlocked: ({ url }: Server) => (cooldowns.get(url)?.until ?? 0) > clock.now(),
    noteSuccess({ url }: Server): void {
      if (cooldowns.delete(url)) notices.warn(`${url} can be read again`);
    },
    noteFailure({ url }: Server, error: unknown): void {
      const failures = cooldowns.get(url)?.failures ?? 0;
      const waitMs = error instanceof RetryLater ? error.delayMs : backoffMs(failures, retry);
      if (failures === 0) notices.warn(`${url} cannot be read (the others can): ${messageOf(error)}`);
      cooldowns.set(url, { failures: failures + 1, until: clock.now() + waitMs, error });
    },
    throwIfAllBlocked(servers: readonly Server[]): void {
      const now = clock.now();
      const all = servers.flatMap(({ url }) => cooldowns.get(url) ?? []);
      const first = all.toSorted((a, b) => a.until - b.until)[0];
      if (first === undefined || all.length < servers.length || first.until <= now) return;
      throw new RetryLater(`no server can be read: ${messageOf(first.error)}`, first.until - now);
    },
  };
}
