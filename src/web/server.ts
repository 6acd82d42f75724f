import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { trustedProxiesOf } from '../config/sections/web-section.ts';
import { capConnections } from '../net/connections.ts';
import { ConfigError, messageOf } from '../core/errors.ts';
import { entryOf } from './access-token.ts';
import { isIn, networkOf } from '../net/trusted-proxies.ts';
import { isPasswordHash } from './password.ts';
import type { Context } from './page.ts';
import { type SiteOrigin, siteOriginOf } from './site-origin.ts';
import { openSite } from './site.ts';

export interface WebServer extends AsyncDisposable {
  /** For people: `http://127.0.0.1:8190`. */
  readonly url: string;
  /** The same with the token that opens the page, where one is demanded: for a terminal, never for a log. */
  readonly entry: string;
  readonly port: number;
}

/** The server cannot listen on the address; the bot works without it. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

export interface ServerOptions {
  /** Time-out for receiving a request, in milliseconds. */
  readonly requestMs?: number;
}

/** Serves the operator's page until disposed. Errors: ConfigError for an invalid password hash; ListenError. */
export async function openWeb(context: Context, { requestMs = 15_000 }: ServerOptions = {}): Promise<WebServer> {
  const { web } = context.config;
  refuseInvalidHashes(context.config);
  // A token that cannot be read is better known before anything listens.
  entryOf('', context.config);
  const listen = web.listen ?? '127.0.0.1:0';
  // The site needs the port, so requests that arrive earlier wait for it.
  const site = Promise.withResolvers<ReturnType<typeof openSite>>();
  const server = createAdaptorServer({
    fetch: async (request, env) => (await site.promise).fetch(request, env),
    // Cuts off slow clients.
    serverOptions: {
      maxHeaderSize: 16 * 1024,
      headersTimeout: Math.min(10_000, requestMs),
      requestTimeout: requestMs,
      connectionsCheckingInterval: Math.min(1000, requestMs),
      keepAliveTimeout: 5000,
    },
  }) as Server;
  const trusted = trustedProxiesOf(web);
  const clientOf = (address: string) => (isIn(address, trusted) ? undefined : networkOf(address));
  capConnections(server, { total: 256, perClient: 64, clientOf });
  const port = await listening(server, listen);
  const origin: SiteOrigin = siteOriginOf({ ...web, listen }, port);
  const board = await boardOf(context);
  site.resolve(openSite(context, origin, board));
  return {
    url: origin.url,
    entry: entryOf(origin.url, context.config),
    port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => {
        server.close(resolve);
      });
      server.closeAllConnections();
      await closed;
      board?.[Symbol.dispose]();
    },
  };
}

function refuseInvalidHashes({ web, file }: Context['config']): void {
  const invalid = web.users.filter(({ passwordHash }) => !isPasswordHash(passwordHash.reveal()));
  if (invalid.length === 0) return;
  throw new ConfigError(
    invalid.map(
      ({ name }) => `${file}: \`web.users\`: the passwordHash of ${name} is invalid; npx pilcrow password prints one`,
    ),
  );
}

/** Loads bull-board only if Redis is configured. */
async function boardOf({ config }: Context) {
  if (config.queue.redis === undefined) return undefined;
  const { openBoard } = await import('./operator/queues.ts');
  return await openBoard(config);
}

async function listening(server: Server, listen: string): Promise<number> {
  const colon = listen.lastIndexOf(':');
  const host = listen.slice(0, colon).replaceAll(/[[\]]/g, '');
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE' ? 'another process listens there: name another port' : messageOf(error);
      reject(new ListenError(`\`web.listen\`: cannot listen on ${listen}: ${taken}`, { cause: error }));
    });
    server.listen({ host, port: Number(listen.slice(colon + 1)) }, resolve);
  });
  return (server.address() as AddressInfo).port;
}
