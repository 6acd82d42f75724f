import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Payload } from '../../../src/core/reply.ts';
import { MastodonFeed, MastodonPublisher } from '../../../src/platforms/mastodon/config.ts';
import { driver } from '../../../src/platforms/mastodon/driver.ts';
import type { DriverContext, Publisher } from '../../../src/platforms/platform.ts';

export const never = new AbortController().signal;

export interface ServerAccess {
  readonly url: string;
  readonly token?: string;
}

/** By default the first poll takes everything. */
export function feedConfig(
  servers: readonly ServerAccess[],
  changes: Partial<Record<keyof MastodonFeed, unknown>> = {},
): MastodonFeed {
  const parsed = MastodonFeed.parse({
    hashtags: ['cablegate'],
    firstRun: '30d',
    firstRunItems: 500,
    mentions: false,
    ...changes,
    servers: servers.map(({ url, token }) => ({ url, ...(token !== undefined && { token: { env: 'TOKEN' } }) })),
  });
  for (const [index, { token }] of parsed.servers.entries()) token?.resolve(servers[index]?.token ?? '');
  return parsed;
}

export function publisherConfig(
  { url, token }: Required<ServerAccess>,
  changes: Partial<Record<keyof MastodonPublisher, unknown>> = {},
): MastodonPublisher {
  const parsed = MastodonPublisher.parse({ server: url, token: { env: 'TOKEN' }, ...changes });
  parsed.token.resolve(token);
  return parsed;
}

export const openFeed = (config: MastodonFeed, context: DriverContext) => driver.openFeed!(config, context);
export const openStream = (config: MastodonFeed, context: DriverContext) => driver.openStream!(config, context);
export const openPublisher = (config: MastodonPublisher, context: DriverContext) =>
  driver.openPublisher!(config, context);

/** A publisher whose replies all answer one post. */
export function answering(
  publisher: Publisher & AsyncDisposable,
  address: Payload['replyTo'],
): Publisher & AsyncDisposable {
  const addressed = (payload: Payload): Payload => ({ ...payload, replyTo: address });
  return {
    ...publisher,
    publish: (payload, signal) => publisher.publish(addressed(payload), signal),
    find: (payload, signal, lost) => publisher.find(addressed(payload), signal, lost),
    replace: (published, payload, signal) => publisher.replace!(published, addressed(payload), signal),
  };
}

/** The payload's `replyTo` of a post. */
export function replyTo(server: string, { id, uri }: { id: string; uri: string }): Payload['replyTo'] {
  return {
    key: `mastodon:${uri}`,
    platform: 'mastodon',
    id: uri,
    url: uri,
    author: 'ada',
    thread: uri,
    native: { server, id },
  };
}

const huge = gzipSync('x'.repeat(10_000_001));

/** Answers with more than a bot will read, quickly. */
export function tooLarge(response: ServerResponse): true {
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(huge);
  return true;
}
