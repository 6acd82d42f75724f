import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { ConfigError, messageOf } from '../core/errors.ts';
import { isPasswordHash } from './password.ts';
import type { Context } from './page.ts';
import { type SiteOrigin, siteOriginOf } from './site-origin.ts';
import { openSite } from './site.ts';

export interface WebServer extends AsyncDisposable {
  /** What people type: `http://127.0.0.1:8190`. */
  readonly url: string;
  readonly port: number;
}

/** The address is taken or cannot be used: for a bot no reason not to work. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

export interface ServerOptions {
  /** How long a request may take to arrive, in milliseconds. */
  readonly requestMs?: number;
}

/** Serves the operator's page until disposed. Errors: ConfigError for a hash that is none; ListenError. */
export async function openWeb(context: Context, { requestMs = 15_000 }: ServerOptions = {}): Promise<WebServer> {
  const { web, file } = context.config;
  const bad = web.users.filter(({ passwordHash }) => !isPasswordHash(passwordHash.reveal()));
  if (bad.length > 0) {
    throw new ConfigError(
      bad.map(
        ({ name }) => `${file}: \`web.users\`: the passwordHash of ${name} is none: npx pilcrow password prints one`,
      ),
    );
  }
  const listen = web.listen ?? '127.0.0.1:0';
  // It must know its port: who comes before it does waits.
  const site = Promise.withResolvers<ReturnType<typeof openSite>>();
  const server = createAdaptorServer({
    fetch: async (request, env) => (await site.promise).fetch(request, env),
    // Whoever dawdles is cut off.
    serverOptions: {
      maxHeaderSize: 16 * 1024,
      headersTimeout: Math.min(10_000, requestMs),
      requestTimeout: requestMs,
      connectionsCheckingInterval: Math.min(1000, requestMs),
      keepAliveTimeout: 5000,
    },
  }) as Server;
  server.maxConnections = 256;
  const port = await listening(server, listen);
  const origin: SiteOrigin = siteOriginOf({ ...web, listen }, port);
  const board = await boardOf(context);
  site.resolve(openSite(context, origin, board));
  return {
    url: origin.url,
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

/** Loaded only where there is a Redis. */
async function boardOf({ config }: Context) {
  if (config.redis === null) return undefined;
  const { openBoard } = await import('./operator/queues.ts');
  return await openBoard(config);
}

async function listening(server: Server, listen: string): Promise<number> {
  const colon = listen.lastIndexOf(':');
  const host = listen.slice(0, colon).replaceAll(/[[\]]/g, '');
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE' ? 'another process listens there' : messageOf(error);
      reject(new ListenError(`\`web.listen\`: cannot listen on ${listen}: ${taken}`, { cause: error }));
    });
    server.listen({ host, port: Number(listen.slice(colon + 1)) }, resolve);
  });
  return (server.address() as AddressInfo).port;
}
