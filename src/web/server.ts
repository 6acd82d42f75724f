import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { trustedProxiesOf } from '../config/sections/web-section.ts';
import { capConnections } from '../net/connections.ts';
import { type Address, addressOf, listenAt } from './address.ts';
import type { Door } from './door.ts';
import { isIn, networkOf } from '../net/trusted-proxies.ts';
import type { Context } from './page.ts';
import { siteOriginOf } from './site-origin.ts';
import { openSite } from './site.ts';

export interface WebServer extends AsyncDisposable, Address {}

export interface ServerOptions {
  /** Time-out for receiving a request, in milliseconds. */
  readonly requestMs?: number;
  /** The address of a bot, which listens already. Left out: the server listens where the configuration says. */
  readonly door?: Pick<Door, 'server' | 'open'> | undefined;
}

/** Serves the operator's page until disposed. Errors: ConfigError for an invalid password hash; ListenError. */
export async function openWeb(context: Context, { requestMs = 15_000, door }: ServerOptions = {}): Promise<WebServer> {
  const { config } = context;
  const { web } = config;
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
  const address = door === undefined ? await listenAt(server, config, listen) : addressOf(door.server, config, listen);
  const board = await boardOf(context);
  site.resolve(openSite(context, siteOriginOf({ ...web, listen }, address.port), board));
  if (door !== undefined) {
    // Only then are its connections counted and timed.
    await new Promise<void>((resolve) => server.listen(door.server, resolve));
    door.open((socket) => server.emit('connection', socket));
  }
  return {
    ...address,
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

/** Loads bull-board only if Redis is configured. */
async function boardOf({ config }: Context) {
  if (config.queue.redis === undefined) return undefined;
  const { openBoard } = await import('./operator/queues.ts');
  return await openBoard(config);
}
