import { BoundedMap } from '../../core/async.ts';
import { authorIdOf } from './to-post.ts';
import type { Server } from './server.ts';

const maxUris = 20_000;
const caches = new WeakMap<object, UriCache>();

/** One cache for the feed and the stream of the same configuration. */
export function uriCacheFor(config: object): UriCache {
  const uriCache = caches.get(config) ?? new UriCache();
  caches.set(config, uriCache);
  return uriCache;
}

/** Maps a server's id to the post's URI: deletions on a stream name only the id. */
export class UriCache {
  readonly ownAccounts: KnownAccounts = new Map();
  readonly #uris = new BoundedMap<string, string>(maxUris);

  note(server: string, statusId: string, uri: string): void {
    this.#uris.set(`${server} ${statusId}`, uri);
  }

  uriOf(server: string, statusId: string): string | undefined {
    return this.#uris.get(`${server} ${statusId}`);
  }
}

/** Author ids of the bot's accounts by server, as last known. */
export type KnownAccounts = Map<string, string>;

/** Author ids of the bot's accounts. Updates `known`; an unreachable server keeps its last known account. */
export async function ownAccountsOf(
  servers: readonly Server[],
  known: KnownAccounts,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const update = async (server: Server) => {
    const account = await server.self(signal);
    if (account !== undefined) known.set(server.url, authorIdOf(account));
  };
  await Promise.allSettled(servers.map(update));
  signal.throwIfAborted();
  return new Set(known.values());
}

/** Servers with an account of the bot that is not known yet. */
export function unknownOf(servers: readonly Server[], known: KnownAccounts): ReadonlySet<string> {
  return new Set(servers.flatMap(({ url, token }) => (token === undefined || known.has(url) ? [] : [url])));
}
