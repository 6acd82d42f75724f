import { BoundedMap } from '../../core/async.ts';
import type { Server } from './server.ts';
import { fetchThread } from './statuses.ts';
import { authorIdOf, type Thread } from './to-post.ts';
import type { Status } from './wire.ts';

const maxUris = 20_000;
const maxThreads = 2000;
const caches = new WeakMap<object, FeedCache>();

/** One cache for the feed and the stream of the same configuration. */
export function cacheFor(config: object): FeedCache {
  const cache = caches.get(config) ?? new FeedCache();
  caches.set(config, cache);
  return cache;
}

/** Author ids of the bot's accounts by server, as last known. */
export type KnownAccounts = Map<string, string>;

/** What a feed remembers of its servers. */
export class FeedCache {
  readonly known: KnownAccounts = new Map();
  readonly #threads = new BoundedMap<string, Thread>(maxThreads);
  /** By server and its id of the post: deletions on a stream name only the id. */
  readonly #uris = new BoundedMap<string, string>(maxUris);

  note(server: string, statusId: string | undefined, uri: string): void {
    if (statusId !== undefined) this.#uris.set(`${server} ${statusId}`, uri);
  }

  uriOf(server: string, statusId: string): string | undefined {
    return this.#uris.get(`${server} ${statusId}`);
  }

  /**
   * Looks up the thread of a reply. Undefined: the server does not say, or the post is no reply. The thread is cached by the answered post,
   * because a reply names that only by an id of the server.
   */
  async threadOf(server: Server, { id, in_reply_to_id: parentId }: Status, signal: AbortSignal) {
    if (id === undefined || parentId === undefined) return undefined;
    const key = `${server.url} ${parentId}`;
    const thread = this.#threads.get(key) ?? (await fetchThread(server, id, signal));
    if (thread !== undefined) this.#threads.set(key, thread);
    return thread;
  }

  /** Author ids of the bot's accounts, after asking these servers; an unreachable one keeps its last known account. */
  async ownAccounts(servers: readonly Server[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    const update = async (server: Server) => {
      const account = await server.self(signal);
      if (account !== undefined) this.known.set(server.url, authorIdOf(account));
    };
    await Promise.allSettled(servers.map(update));
    signal.throwIfAborted();
    return new Set(this.known.values());
  }

  /** Servers with an account of the bot that is not known yet. */
  unknown(servers: readonly Server[]): ReadonlySet<string> {
    return new Set(servers.flatMap(({ url, token }) => (token === undefined || this.known.has(url) ? [] : [url])));
  }
}
