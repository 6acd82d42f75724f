import type { LookupAddress } from 'node:dns';
import { callbackify } from 'node:util';
import type { Agent, Dispatcher, buildConnector } from 'undici';
import { PermanentError, messageOf } from '../core/errors.ts';
import { type Lookup, checkedAddresses, dnsLookup, oneSpelling } from './addresses.ts';
import { TooLarge, readBody } from './body.ts';

interface FetchRequest {
  /** Default GET. Redirects of a request with a body are an answer like any other: they are not followed. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Of the body as decoded, default 10 MB. */
  readonly maxBytes?: number;
  /** Only what stands before the body is wanted: of that nothing is read. */
  readonly statusOnly?: boolean;
  /** For the whole exchange, redirects and body included, default 30 s. */
  readonly timeoutMs?: number;
}

export interface Fetched {
  /** After redirects. */
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/**
 * Reaches a URL that a stranger chose. Errors: PermanentError for a scheme or address that is refused; an Error for too
 * large, too slow, too many redirects or out of reach; the signal's reason when aborted. Any status is a value.
 */
export type GuardedFetch = (url: string, request: FetchRequest) => Promise<Fetched>;

export interface GuardOptions {
  readonly userAgent: string;
  /** Exact `HOST:PORT` as they stand in URLs (`127.0.0.1:8099`), reached although they are not public. */
  readonly allowPrivate?: readonly string[];
  readonly lookup?: Lookup;
}

const maxRedirects = 5;

/** The only way out to URLs that strangers chose. Every address that a name resolves to is checked and the connection pinned to it, at each redirect. */
export function openGuardedFetch(options: GuardOptions): GuardedFetch & AsyncDisposable {
  const exceptions = new Set((options.allowPrivate ?? []).map(oneSpelling));
  let client: Promise<Client> | undefined;
  const fetch: GuardedFetch = async (url, request) => {
    client ??= openClient(exceptions, options.lookup ?? dnsLookup);
    return await exchange(await client, url, request, options.userAgent);
  };
  return Object.assign(fetch, {
    [Symbol.asyncDispose]: async () => {
      await (await client)?.agent.destroy();
    },
  });
}

/** A URL for messages and logs: without what may be secret. */
export function withoutSecrets(url: string | URL): string {
  const parsed = typeof url === 'string' ? URL.parse(url) : url;
  return parsed === null ? 'a malformed URL' : `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}

interface Client {
  readonly agent: Agent;
  readonly request: (url: URL, options: Omit<Dispatcher.RequestOptions, 'origin' | 'path'>) => Promise<Response>;
}

type Response = Dispatcher.ResponseData;

const checked = callbackify(checkedAddresses);

/** Undici costs memory: it is loaded with the first request. */
async function openClient(exceptions: ReadonlySet<string>, lookup: Lookup): Promise<Client> {
  const undici = await import('undici');
  const connect: buildConnector.connector = (target, callback) => {
    const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80);
    checked(target.hostname, port, exceptions, lookup, (error, addresses) => {
      if (error) callback(error, null);
      else undici.buildConnector({ allowH2: false, lookup: pinned(addresses) })(target, callback);
    });
  };
  const agent = new undici.Agent({ connect, allowH2: false, connections: 4 });
  return {
    agent,
    request: (url, options) => agent.request({ ...options, origin: url.origin, path: url.pathname + url.search }),
  };
}

/** Answers a socket's look-up with what was checked, so that the name is not asked a second time. */
function pinned(addresses: readonly LookupAddress[]) {
  return (
    _hostname: string,
    options: { all?: boolean | undefined },
    callback: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
  ) => {
    const first = addresses[0]!;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

async function exchange(client: Client, start: string, request: FetchRequest, userAgent: string): Promise<Fetched> {
  const { timeoutMs = 30_000, method = 'GET', body } = request;
  const follows = method === 'GET' || method === 'HEAD';
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([request.signal, timeout]);
  let url = fetchable(start, null);
  try {
    let headers: Record<string, string> = {
      'accept-encoding': 'gzip, br, deflate',
      'user-agent': userAgent,
      ...request.headers,
    };
    for (let redirects = 0; ; redirects++) {
      const response = await orAborted(client.request(url, { method, headers, signal, body: body ?? null }), signal);
      const location = follows ? redirectOf(response) : null;
      if (location === null) return await received(url, response, request);
      discard(response);
      if (redirects === maxRedirects) throw new Error(`more than ${maxRedirects} redirects`);
      const next = fetchable(location, url);
      if (next.origin !== url.origin) headers = withoutCredentials(headers);
      url = next;
    }
  } catch (error) {
    request.signal.throwIfAborted();
    if (error instanceof PermanentError) throw error;
    const reason = timeout.aborted ? `took longer than ${timeoutMs / 1000} s` : messageOf(error);
    throw new Error(`${withoutSecrets(url)}: ${reason}`, { cause: error });
  }
}

function fetchable(written: string, base: URL | null): URL {
  const url = URL.parse(written, base?.href);
  if (url === null) throw new PermanentError(`${base ? `${withoutSecrets(base)} redirects to ` : ''}a malformed URL`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new PermanentError(`${url.protocol.slice(0, 30)} URLs are not fetched, only http and https`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new PermanentError(`${withoutSecrets(url)}: a URL with a user name or password is not fetched`);
  }
  return url;
}

/** A look-up cannot be aborted, waiting for it can; a response that comes after all is thrown away. */
async function orAborted(response: Promise<Response>, signal: AbortSignal): Promise<Response> {
  const aborted = Promise.withResolvers<never>();
  const stop = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([response, aborted.promise]);
  } catch (error) {
    response.then(discard, () => {});
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function redirectOf(response: Response): string | null {
  const location = response.headers['location'];
  const redirects = [301, 302, 303, 307, 308].includes(response.statusCode);
  return redirects && typeof location === 'string' ? location : null;
}

function discard(response: Response): void {
  response.body.on('error', () => {}).destroy();
}

async function received(
  url: URL,
  response: Response,
  { maxBytes = 10_000_000, statusOnly = false }: FetchRequest,
): Promise<Fetched> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.headers)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  if (statusOnly) {
    discard(response);
    return { url: url.href, status: response.statusCode, headers, body: new Uint8Array() };
  }
  try {
    const bodiless = response.statusCode === 204 || response.statusCode === 304;
    const encoding = bodiless ? null : headers.get('content-encoding');
    const body = await readBody(response.body, encoding, maxBytes);
    return { url: url.href, status: response.statusCode, headers, body };
  } catch (error) {
    discard(response);
    throw error instanceof TooLarge ? new Error(`body is larger than ${maxBytes} bytes`, { cause: error }) : error;
  }
}

function withoutCredentials(headers: Record<string, string>): Record<string, string> {
  const credentials = new Set(['authorization', 'cookie', 'proxy-authorization']);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !credentials.has(name.toLowerCase())));
}
