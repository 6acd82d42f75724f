import type { Post } from '../../core/post.ts';
import { StatusError } from '../shared/answers.ts';
import type { Context, DriverContext, PostRef } from '../platform.ts';
import type { MastodonFeed } from './config.ts';
import { serversOf } from './feed.ts';
import type { Server } from './server.ts';
import { contextOf, statusById, statusByUri } from './statuses.ts';
import { toPost } from './to-post.ts';
import { Status } from './wire.ts';

/** Reads the posts above a question from the server that brought it: the thread in one request, quoted posts one by one. */
export function openContext(config: MastodonFeed, context: DriverContext): Context {
  const servers = serversOf(config, context);
  return {
    async posts(refs, signal) {
      const [first] = refs;
      const server = servers.find(({ url }) => url === first?.native?.['server']) ?? servers[0];
      const found = new Map<string, Post>();
      if (first === undefined || server === undefined) return found;
      const terms = { server: server.url, ownAccounts: new Set<string>(), mentioned: false, thread: undefined };
      const keep = (id: string, status: Status) => {
        found.set(id, toPost(status, { ...terms, readAt: context.clock.now() }));
      };
      for (const status of await ancestorsOf(server, first, signal)) keep(status.uri, status);
      for (const { id } of refs) {
        const status = found.has(id) ? undefined : await statusOf(server, id, signal);
        if (status !== undefined) keep(id, status);
      }
      return found;
    },
  };
}

async function ancestorsOf(server: Server, { native }: PostRef, signal: AbortSignal): Promise<Status[]> {
  const id = native?.['id'];
  if (id === undefined) return [];
  const { ancestors } = await ifThere(contextOf(server, id, signal), { ancestors: [], descendants: [] });
  return ancestors.flatMap((ancestor) => Status.safeParse(ancestor).data ?? []);
}

/** `server/statuses/ID` stands for a post of which only the server's own id is known. */
async function statusOf(server: Server, uri: string, signal: AbortSignal): Promise<Status | undefined> {
  const ownId = uri.startsWith(`${server.url}/statuses/`) ? uri.slice(`${server.url}/statuses/`.length) : undefined;
  const own = ownId === undefined ? undefined : await statusById(server, ownId, signal);
  return own ?? (await ifThere(statusByUri(server, uri, signal), undefined));
}

/** Errors: those of the call, but for a server's word that it does not show that. */
async function ifThere<T>(call: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof StatusError && [401, 403, 404, 410, 422].includes(error.status)) return otherwise;
    throw error;
  }
}
