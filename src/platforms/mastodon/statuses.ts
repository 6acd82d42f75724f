import { z } from 'zod';
import { RetryLater } from '../../core/errors.ts';
import type { Payload } from '../../core/reply.ts';
import { StatusError } from '../shared/answers.ts';
import type { Server } from './server.ts';
import type { Thread } from './to-post.ts';
import { Context, type IdentifiedStatus, List, Status } from './wire.ts';

/** Undefined: it does not exist, or is hidden from the bot. Errors: those of the call. */
export async function statusById(server: Server, id: string, signal: AbortSignal): Promise<Status | undefined> {
  try {
    return await server.call(Status, { path: `v1/statuses/${encodeURIComponent(id)}` }, signal);
  } catch (error) {
    if (!(error instanceof StatusError) || (error.status !== 404 && error.status !== 410)) throw error;
    // A proxy in maintenance answers 404 to everything, in words of its own.
    if (error.error === undefined) await server.describe(signal);
    return undefined;
  }
}

/** The post to answer, as the publisher's own server knows it. Errors: those of the call; an Error for a post that cannot be read. */
export async function answeredStatus(
  { id, native }: Payload['replyTo'],
  server: Server,
  signal: AbortSignal,
): Promise<IdentifiedStatus | undefined> {
  if (native?.['server'] === server.url && native['id'] !== undefined) {
    const status = await statusById(server, native['id'], signal);
    // On small servers an edit may change the id, but not the URI.
    if (status?.uri === id) return identified(status, server);
  }
  return await statusByUri(server, id, signal);
}

const Found = z.object({ statuses: List });

/** Looks up a post by URI; the server fetches one that it does not know. Undefined: it cannot. Errors: those of the call; an Error for a post that cannot be read. */
export async function statusByUri(
  server: Server,
  uri: string,
  signal: AbortSignal,
): Promise<IdentifiedStatus | undefined> {
  const own = idInOwnUri(server, uri);
  const status = own === undefined ? undefined : await statusById(server, own, signal);
  if (status?.uri === uri) return identified(status, server);
  if (URL.parse(uri) === null) return undefined;
  const query = { q: uri, type: 'statuses', resolve: true, limit: 5 };
  const { statuses } = await server.call(Found, { path: 'v2/search', query }, signal);
  const readable = statuses.map((found) => Status.safeParse(found).data);
  const found = readable.find((one) => one?.uri === uri);
  // A post without its URI may be any post.
  if (found === undefined && readable.some((one) => one === undefined || !one.hasUri))
    throw new Error(`${server.url} shows a post that cannot be read, where ${uri} may be`);
  return found && identified(found, server);
}

function identified(status: Status, { url }: Server): IdentifiedStatus {
  const { id, uri } = status;
  if (id === undefined) throw new Error(`${url} shows ${uri} without its id`);
  return { ...status, id };
}

/** Mastodon's own posts have their id in the URI. */
function idInOwnUri(server: Server, uri: string): string | undefined {
  const url = URL.parse(uri);
  return url?.origin === server.url ? /\/statuses\/(\w+)$/.exec(url.pathname)?.[1] : undefined;
}

/** The thread around a post. Errors: those of the call. */
export async function contextOf(server: Server, id: string, signal: AbortSignal): Promise<Context> {
  return await server.call(Context, { path: `v1/statuses/${encodeURIComponent(id)}/context` }, signal);
}

const Ancestor = z.object({ uri: z.string().max(1000) });

export async function fetchThread(server: Server, id: string, signal: AbortSignal): Promise<Thread | undefined> {
  try {
    const { ancestors: known } = await contextOf(server, id, signal);
    const ancestors = known.flatMap((status) => Ancestor.safeParse(status).data ?? []);
    const [first, parent] = [ancestors[0]?.uri, ancestors.at(-1)?.uri];
    return first !== undefined && parent !== undefined ? { first, parent } : undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RetryLater) throw error;
    // Without its thread (unavailable, or made too large by strangers) the post is still read.
    return undefined;
  }
}
