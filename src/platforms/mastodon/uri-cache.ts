import { authorIdOf } from './to-post.ts';
import type { Server } from './server.ts';

export interface UriCache {
  readonly ownAccounts: KnownAccounts;
  /** Which post a server means by its own id: all that it says of a deletion. */
  note(server: string, statusId: string, uri: string): void;
  uriOf(server: string, statusId: string): string | undefined;
}

const remembered = 20_000;
const memories = new WeakMap<object, UriCache>();

/** One for the feed and the stream of the same configuration. */
export function uriCacheOf(config: object): UriCache {
  const uriCache = memories.get(config) ?? newUriCache();
  memories.set(config, uriCache);
  return uriCache;
}

function newUriCache(): UriCache {
  const uris = new Map<string, string>();
  return {
    ownAccounts: new Map(),
    note(server, statusId, uri) {
      uris.set(`${server} ${statusId}`, uri);
      if (uris.size <= remembered) return;
      for (const oldest of uris.keys()) {
        uris.delete(oldest);
        return;
      }
    },
    uriOf: (server, statusId) => uris.get(`${server} ${statusId}`),
  };
}

/** Author ids of the bot's accounts by server, as they said it the last time. */
export type KnownAccounts = Map<string, string>;

/** Author ids of the bot's accounts, and notes of what is new in `known`: a server that cannot be asked now has said it before, or says it later. */
export async function ownAccountsOf(
  servers: readonly Server[],
  known: KnownAccounts,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const ask = async (server: Server) => {
    const account = await server.self(signal);
    if (account !== undefined) known.set(server.url, authorIdOf(account));
  };
  await Promise.allSettled(servers.map(ask));
  signal.throwIfAborted();
  return new Set(known.values());
}

/** Servers on which the bot has an account, and nobody knows yet which. */
export function unknownOf(servers: readonly Server[], known: KnownAccounts): ReadonlySet<string> {
  return new Set(servers.flatMap(({ url, token }) => (token === undefined || known.has(url) ? [] : [url])));
}
