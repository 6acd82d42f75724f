import { z } from 'zod';
import { RetryLater } from '../../core/errors.ts';
import type { Payload } from '../../core/reply.ts';
import { readAs, type Server, withSignal } from './server.ts';
import type { Thread } from './to-post.ts';
import { StatusError } from './transport.ts';
import { Context, Status } from './wire.ts';

/** Undefined: it does not exist, or is hidden from the bot. Errors: those of the transport. */
export async function statusById(server: Server, id: string, signal: AbortSignal): Promise<Status | undefined> {
  try {
    const status = await server.rest.v1.statuses.$select(encodeURIComponent(id)).fetch(undefined, withSignal(signal));
    return readAs(Status, status, 'a post');
  } catch (error) {
    if (error instanceof StatusError && (error.status === 404 || error.status === 410)) return undefined;
    throw error;
  }
}

/** The post to answer, as the publisher's own server knows it. */
export async function answeredStatus(
  { id, native }: Payload['replyTo'],
  server: Server,
  signal: AbortSignal,
): Promise<Status | undefined> {
  if (native?.['server'] === server.url && native['id'] !== undefined) {
    const status = await statusById(server, native['id'], signal);
    // On small servers an edit may change the id, but not the URI.
    if (status?.uri === id) return status;
  }
  return await statusByUri(server, id, signal);
}

const Found = z.object({ statuses: z.array(z.unknown()) });

/** Looks up a post by URI; the server fetches one that it does not know. Undefined: it cannot. */
export async function statusByUri(server: Server, uri: string, signal: AbortSignal): Promise<Status | undefined> {
  const own = idInOwnUri(server, uri);
  const status = own === undefined ? undefined : await statusById(server, own, signal);
  if (status?.uri === uri) return status;
  if (URL.parse(uri) === null) return undefined;
  const params = { q: uri, type: 'statuses' as const, resolve: true, limit: 5 };
  const { statuses } = readAs(Found, await server.rest.v2.search.list(params, withSignal(signal)), 'the search result');
  return statuses.map((found) => Status.safeParse(found).data).find((found) => found?.uri === uri);
}

/** Mastodon's own posts have their id in the URI. */
function idInOwnUri(server: Server, uri: string): string | undefined {
  const url = URL.parse(uri);
  return url?.origin === server.url ? /\/statuses\/(\w+)$/.exec(url.pathname)?.[1] : undefined;
}

/** Looks up the thread of a reply. Undefined: the server does not say, or the post is no reply. */
export type ThreadOf = (server: Server, status: Status, signal: AbortSignal) => Promise<Thread | undefined>;

const maxCached = 2000;

/** Caches a thread per answered post, because a reply names that post only by an id of the server. */
export function openThreads(): ThreadOf {
  const cached = new Map<string, Thread>();
  return async (server, { id, inReplyToId }, signal) => {
    if (!inReplyToId) return undefined;
    const key = `${server.url} ${inReplyToId}`;
    const thread = cached.get(key) ?? (await fetchThread(server, id, signal));
    if (thread === undefined) return undefined;
    cached.delete(key);
    cached.set(key, thread);
    for (const oldest of cached.keys()) {
      if (cached.size <= maxCached) break;
      cached.delete(oldest);
    }
    return thread;
  };
}

async function fetchThread(server: Server, id: string, signal: AbortSignal): Promise<Thread | undefined> {
  try {
    const context = await server.rest.v1.statuses
      .$select(encodeURIComponent(id))
      .context.fetch(undefined, withSignal(signal));
    const ancestors = readAs(Context, context, 'a thread').ancestors.filter((status) => status !== null);
    const [first, parent] = [ancestors[0]?.uri, ancestors.at(-1)?.uri];
    return first !== undefined && parent !== undefined ? { first, parent } : undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RetryLater) throw error;
    // Without its thread (unavailable, or made too large by strangers) the post is still read.
    return undefined;
  }
}
