import { z } from 'zod';
import type { Payload } from '../../core/reply.ts';
import { type Server, readAs, within } from './server.ts';
import { StatusError } from './transport.ts';
import { Status } from './wire.ts';

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
