import { z } from 'zod';
import { RetryLater } from '../../core/errors.ts';
import type { Payload } from '../../core/reply.ts';
import { readAs, type Server, within } from './server.ts';
import type { Thread } from './to-post.ts';
import { StatusError } from './transport.ts';
import { Context, Status } from './wire.ts';

/** Undefined: it is not there, or nobody may show it to the bot. Errors: those of the transport. */
export async function statusById(server: Server, id: string, signal: AbortSignal): Promise<Status | undefined> {
  try {
    const status = await server.rest.v1.statuses.$select(encodeURIComponent(id)).fetch(undefined, within(signal));
    return readAs(Status, status, 'a post');
  } catch (error) {
    if (error instanceof StatusError && (error.status === 404 || error.status === 410)) return undefined;
    throw error;
  }
}

/** The post that is to be answered, as the publisher's own server knows it. */
export async function parentOf(
  { id, native }: Payload['replyTo'],
  server: Server,
  signal: AbortSignal,
): Promise<Status | undefined> {
  if (native?.['server'] === server.url && native['id'] !== undefined) {
    const status = await statusById(server, native['id'], signal);
    // An edit may change the number on small servers; the address stays.
    if (status?.uri === id) return status;
  }
  return await statusByUri(server, id, signal);
}

const Found = z.object({ statuses: z.array(z.unknown()) });

/** A server fetches what it does not know yet. Undefined: neither knows nor gets it. */
export async function statusByUri(server: Server, uri: string, signal: AbortSignal): Promise<Status | undefined> {
  const own = idInOwnUri(server, uri);
  const status = own === undefined ? undefined : await statusById(server, own, signal);
  if (status?.uri === uri) return status;
  if (URL.parse(uri) === null) return undefined;
  const params = { q: uri, type: 'statuses' as const, resolve: true, limit: 5 };
  const { statuses } = readAs(Found, await server.rest.v2.search.list(params, within(signal)), 'what was searched');
  return statuses.map((found) => Status.safeParse(found).data).find((found) => found?.uri === uri);
}

/** Mastodon writes its numbers into the addresses of its own posts. */
function idInOwnUri(server: Server, uri: string): string | undefined {
  const url = URL.parse(uri);
  return url?.origin === server.url ? /\/statuses\/(\w+)$/.exec(url.pathname)?.[1] : undefined;
}

/** Which thread a reply belongs to. Undefined: the server does not say, or the post is no reply. */
export type ThreadOf = (server: Server, status: Status, signal: AbortSignal) => Promise<Thread | undefined>;

const remembered = 2000;

/** Asks the server once for each post that is answered: the answer to a post knows it by a number that means nothing elsewhere. */
export function openThreads(): ThreadOf {
  const known = new Map<string, Thread>();
  return async (server, { id, inReplyToId }, signal) => {
    if (!inReplyToId) return undefined;
    const key = `${server.url} ${inReplyToId}`;
    const thread = known.get(key) ?? (await ask(server, id, signal));
    if (thread === undefined) return undefined;
    known.delete(key);
    known.set(key, thread);
    for (const oldest of known.keys()) {
      if (known.size <= remembered) break;
      known.delete(oldest);
    }
    return thread;
  };
}

async function ask(server: Server, id: string, signal: AbortSignal): Promise<Thread | undefined> {
  try {
    const context = await server.rest.v1.statuses
      .$select(encodeURIComponent(id))
      .context.fetch(undefined, within(signal));
    const ancestors = readAs(Context, context, 'a thread').ancestors.filter((status) => status !== null);
    const [first, parent] = [ancestors[0]?.uri, ancestors.at(-1)?.uri];
    return first !== undefined && parent !== undefined ? { first, parent } : undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RetryLater) throw error;
    // A thread that cannot be had, or that strangers have made too large, is no reason to miss the post.
    return undefined;
  }
}
