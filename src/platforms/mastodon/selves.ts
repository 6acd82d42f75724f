import { authorIdOf } from './account.ts';
import type { Server } from './server.ts';

/** Author ids of the bot's accounts by server, as they said it the last time. */
export type KnownSelves = Map<string, string>;

/** Author ids of the bot's accounts, and notes of what is new in `known`: a server that cannot be asked now has said it before, or says it later. */
export async function selvesOf(
  servers: readonly Server[],
  known: KnownSelves,
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
export function unknownOf(servers: readonly Server[], known: KnownSelves): ReadonlySet<string> {
  return new Set(servers.flatMap(({ url, token }) => (token === undefined || known.has(url) ? [] : [url])));
}
