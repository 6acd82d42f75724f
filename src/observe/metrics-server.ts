import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { capConnections } from '../net/connections.ts';
import { ConfigError, messageOf } from '../core/errors.ts';

/** A dependency that readiness checks; `name` appears in the reasons. */
export interface HealthCheck {
  readonly name: string;
  readonly check: () => Promise<unknown>;
}

export interface ServerOptions {
  /** HOST:PORT; port 0: any free one. */
  readonly listen: string;
  /** More host names by which scrapers call. */
  readonly hosts: readonly string[];
  /** The text of /metrics. */
  readonly metrics: { readonly contentType: string; scrape(): Promise<string> };
  readonly checks: readonly HealthCheck[];
  readonly stopping: AbortSignal;
  /** A monotonic clock, in milliseconds. */
  readonly now?: () => number;
}

export interface ObserveServer extends AsyncDisposable {
  /** `http://HOST:PORT`. */
  readonly url: string;
  /** Call it on each tick of the scheduler. */
  ticked(): void;
}

/** Serves /metrics, /healthz and /readyz. Errors: ConfigError if it cannot listen on the address. */
export async function openServer(options: ServerOptions): Promise<ObserveServer> {
  const { listen, hosts, metrics, checks, stopping, now = () => performance.now() } = options;
  let tickedAt = now();
  const pages: Readonly<Record<string, () => Promise<Answer>>> = {
    '/metrics': async () => ({ status: 200, type: metrics.contentType, body: await metrics.scrape() }),
    '/healthz': () => Promise.resolve(healthAnswer(deadFor(now() - tickedAt))),
    '/readyz': async () => healthAnswer(await unready(checks, stopping)),
  };
  const { host, port } = addressOf(listen);
  const names = [...hosts, host].map((name) => name.toLowerCase());
  const server = createServer(limits, (request, response) => {
    const answered = isOwnHost(request.headers.host, names) ? answer(pages, request) : Promise.resolve(wrongHost);
    answered.then((found) => send(request, response, found)).catch(() => response.destroy());
  });
  capConnections(server, { total: 64, perClient: 16, clientOf: (address) => address });
  await new Promise<void>((resolve, reject) => {
    server.on('error', (error) => reject(unusable(listen, error)));
    server.listen({ host, port }, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${listen.slice(0, listen.lastIndexOf(':'))}:${bound}`,
    ticked() {
      tickedAt = now();
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => {
        server.close(resolve);
      });
      server.closeAllConnections();
      await closed;
    },
  };
}

const maxTickGapMs = 60_000;
const timeoutMs = 2000;

/** Reasons why the process counts as dead; empty: it is alive. */
function deadFor(silentMs: number): string[] {
  return silentMs <= maxTickGapMs ? [] : [`the scheduler has not ticked for ${Math.round(silentMs / 1000)} s`];
}

/** Reasons why it cannot work now; empty: it is ready. */
async function unready(checks: readonly HealthCheck[], stopping: AbortSignal): Promise<string[]> {
  const reasons = await Promise.all(checks.map(reasonsOf));
  return [...(stopping.aborted ? ['stopping'] : []), ...reasons.flat()];
}

/** Hides the error's message, because it may hold an address or a password and the endpoint has no login. */
async function reasonsOf({ name, check }: HealthCheck): Promise<string[]> {
  const late = Promise.withResolvers<string[]>();
  const timer = setTimeout(() => late.resolve([`the ${name} does not answer within ${timeoutMs / 1000} s`]), timeoutMs);
  const checked = check().then(
    () => [],
    () => [`the ${name} fails`],
  );
  const reasons = await Promise.race([checked, late.promise]);
  clearTimeout(timer);
  return reasons;
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

/**
 * Against DNS rebinding: a web page elsewhere points its own name here, and a browser of this network then reads what only this network may.
 * Such a name has a dot; addresses and names like `bot` and `localhost` do not come from there.
 */
function isOwnHost(host: string | undefined, names: readonly string[]): boolean {
  if (host === undefined) return true;
  const name = URL.parse(`http://${host}`)?.hostname ?? '';
  return isIP(name.replaceAll(/[[\]]/g, '')) !== 0 || /^[\w-]+$/.test(name) || names.includes(name);
}

const wrongHost = refusal(421, 'unknown host name; `observe.hosts` may name it');

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
