import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError, messageOf } from '../core/errors.ts';
import type { Health } from './health.ts';
import type { Metrics } from './metrics.ts';

export interface ServerOptions {
  /** HOST:PORT; port 0: any free one. */
  readonly listen: string;
  readonly metrics: Pick<Metrics, 'scrape' | 'contentType'>;
  readonly health: Health;
}

export interface ObserveServer extends AsyncDisposable {
  /** `http://HOST:PORT`. */
  readonly url: string;
}

/** Serves /metrics, /healthz and /readyz. Errors: ConfigError if it cannot listen on the address. */
export async function openServer({ listen, metrics, health }: ServerOptions): Promise<ObserveServer> {
  const pages: Readonly<Record<string, () => Promise<Answer>>> = {
    '/metrics': async () => ({ status: 200, type: metrics.contentType, body: await metrics.scrape() }),
    '/healthz': () => Promise.resolve(healthAnswer(health.alive())),
    '/readyz': async () => healthAnswer(await health.ready()),
  };
  const server = createServer(limits, (request, response) => {
    void answer(pages, request).then((found) => send(request, response, found));
  });
  server.maxConnections = 64;
  const { host, port } = addressOf(listen);
  await new Promise<void>((resolve, reject) => {
    server.on('error', (error) => reject(unusable(listen, error)));
    server.listen({ host, port }, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${listen.slice(0, listen.lastIndexOf(':'))}:${bound}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => {
        server.close(resolve);
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Slow and large requests are cut off: a scraper needs neither. */
const limits = {
  maxHeaderSize: 8192,
  headersTimeout: 5000,
  requestTimeout: 5000,
  connectionsCheckingInterval: 1000,
};

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const json = 'application/json; charset=utf-8';

async function answer(
  pages: Readonly<Record<string, () => Promise<Answer>>>,
  request: IncomingMessage,
): Promise<Answer> {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
  if (page === undefined) return refusal(404, `known paths: ${Object.keys(pages).join(', ')}`);
  if (request.method !== 'GET' && request.method !== 'HEAD') return refusal(405, 'only GET and HEAD');
  try {
    return await page();
  } catch {
    return refusal(500, 'internal error');
  }
}

function send(request: IncomingMessage, response: ServerResponse, { status, type, body }: Answer): void {
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store' };
  response.writeHead(status, { ...headers, connection: 'close', ...(status === 405 ? { allow: 'GET, HEAD' } : {}) });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function healthAnswer(reasons: readonly string[]): Answer {
  const ok = reasons.length === 0;
  return { status: ok ? 200 : 503, type: json, body: `${JSON.stringify({ ok, reasons })}\n` };
}

function refusal(status: number, reason: string): Answer {
  return { status, type: json, body: `${JSON.stringify({ ok: false, reasons: [reason] })}\n` };
}

function addressOf(listen: string): { host: string; port: number } {
  const colon = listen.lastIndexOf(':');
  return { host: listen.slice(0, colon).replaceAll(/[[\]]/g, ''), port: Number(listen.slice(colon + 1)) };
}

function unusable(listen: string, error: Error & { code?: string }): ConfigError {
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another process uses it: stop that process or choose another port',
    EADDRNOTAVAIL: 'this machine has no such address; try 127.0.0.1',
    ENOTFOUND: 'unknown host; try 127.0.0.1',
    EACCES: 'this user may not use that port: choose one above 1023',
  };
  const message = why[error.code ?? ''] ?? messageOf(error);
  return new ConfigError([`\`observe.listen\`: cannot listen on ${listen}: ${message}`], { cause: error });
}
