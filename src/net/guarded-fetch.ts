import type { LookupAddress } from 'node:dns';
import { callbackify } from 'node:util';
import type { Agent, Dispatcher, buildConnector } from 'undici';
import { unlessAborted } from '../core/async.ts';
import { PermanentError, messageOf, networkFault } from '../core/errors.ts';
import { type Lookup, checkedAddresses, dnsLookup, normalizeHostPort } from './addresses.ts';
import { TooLarge, readBody } from './body.ts';
import { openCookieJar } from './cookies.ts';

interface FetchRequest {
  /** Default GET. Redirects of a request with a body are not followed: the redirect is the response. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Limit of the decoded body, default 10 MB. */
  readonly maxBytes?: number;
  /** Read the status and headers only, not the body. */
  readonly statusOnly?: boolean;
  /** Leave the body as it is sent: a gzipped file stays one, whatever the server calls it. */
  readonly raw?: boolean;
  /** Refuse http, at each redirect too, but to addresses of `allowPrivate`: a network of one's own. */
  readonly encrypted?: boolean;
  /** Receives the bytes of the body so far, and how many the server announced. */
  readonly progress?: (bytes: number, ofBytes: number | undefined) => void;
  /** Time limit of the whole exchange, redirects and body included, default 30 s. */
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
 * Fetches a URL that a stranger chose. Errors: PermanentError for a refused scheme or address; an Error for a body that is too
 * large, a time-out, too many redirects or an unreachable host; the signal's reason when aborted. Any status is a value.
 */
export type GuardedFetch = (url: string, request: FetchRequest) => Promise<Fetched>;

/** For other protocols: checks a host that a stranger chose, and returns the `lookup` of a socket, which answers with the checked addresses alone. */
export type GuardedLookup = (hostname: string, port: number) => Promise<ReturnType<typeof pinned>>;

export interface GuardOptions {
  readonly userAgent: string;
  /** Exact `HOST:PORT` as written in URLs (`127.0.0.1:8099`) that may be reached although they are not public. */
  readonly allowPrivate?: readonly string[];
  readonly lookup?: Lookup;
}

const maxRedirects = 5;

/** The only way to fetch URLs that strangers chose. At each redirect it checks every address of the host and pins the connection to it. */
export function openGuardedFetch(
  options: GuardOptions,
): GuardedFetch & AsyncDisposable & { readonly lookup: GuardedLookup } {
  const exceptions = new Set((options.allowPrivate ?? []).map(normalizeHostPort));
  let agent: Promise<Agent> | undefined;
  const resolve = options.lookup ?? dnsLookup;
  const fetch: GuardedFetch = async (url, request) => {
    agent ??= openAgent(exceptions, resolve);
    return await exchange(await agent, url, request, { userAgent: options.userAgent, exceptions });
  };
  return Object.assign(fetch, {
    lookup: async (hostname: string, port: number) =>
      pinned(await checkedAddresses(hostname, port, exceptions, resolve)),
    [Symbol.asyncDispose]: async () => {
      await (await agent)?.destroy();
    },
  });
}

/** A URL for messages and logs, without the parts that may hold secrets. */
export function withoutSecrets(url: string | URL): string {
  const parsed = typeof url === 'string' ? URL.parse(url) : url;
  return parsed === null ? 'a malformed URL' : `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}

type Response = Dispatcher.ResponseData;

const checked = callbackify(checkedAddresses);

/** Loads undici with the first request, because it costs memory. */
async function openAgent(exceptions: ReadonlySet<string>, lookup: Lookup): Promise<Agent> {
  const undici = await import('undici');
  const connect: buildConnector.connector = (target, callback) => {
    const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80);
    checked(target.hostname, port, exceptions, lookup, (error, addresses) => {
      if (error) callback(error, null);
      else undici.buildConnector({ allowH2: false, lookup: pinned(addresses) })(target, callback);
    });
  };
  return new undici.Agent({ connect, allowH2: false, connections: 4 });
}

/** Answers a socket's lookup with the checked addresses, so that DNS is not asked a second time. */
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

async function exchange(
  agent: Agent,
  start: string,
  request: FetchRequest,
  { userAgent, exceptions }: { userAgent: string; exceptions: ReadonlySet<string> },
): Promise<Fetched> {
  const { timeoutMs = 30_000, method = 'GET', body } = request;
  const allowed = (url: URL) => (request.encrypted === true ? encrypted(url, exceptions) : url);
  const follows = method === 'GET' || method === 'HEAD';
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([request.signal, timeout]);
  let url = allowed(fetchable(start, null));
  try {
    const own = { 'accept-encoding': 'gzip, br, deflate', 'user-agent': userAgent };
    let headers: Record<string, string> = { ...own, ...request.headers };
    const cookies = openCookieJar();
    for (let redirects = 0; ; redirects++) {
      const target = { origin: url.origin, path: url.pathname + url.search };
      const withCookies = { ...cookies.header(url.hostname), ...headers };
      const sent = agent.request({ ...target, method, headers: withCookies, signal, body: body ?? null });
      const response = await inTime(sent, signal);
      const location = follows ? redirectOf(response) : null;
      if (location === null) return await readResponse(url, response, request);
      discard(response);
      cookies.take(url.hostname, [response.headers['set-cookie'] ?? []].flat());
      if (redirects === maxRedirects) throw new Error(`more than ${maxRedirects} redirects`);
      const next = allowed(fetchable(location, url));
      if (next.origin !== url.origin) headers = withoutCredentials(headers);
      url = next;
    }
  } catch (error) {
    request.signal.throwIfAborted();
    if (error instanceof PermanentError) throw error;
    const reason = timeout.aborted
      ? `took longer than ${timeoutMs / 1000} s`
      : (networkFault(error) ?? messageOf(error));
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

function encrypted(url: URL, exceptions: ReadonlySet<string>): URL {
  if (url.protocol === 'https:' || exceptions.has(url.host)) return url;
  throw new PermanentError(`${withoutSecrets(url)}: http is not encrypted, so anybody on the way could change it`);
}

/** A DNS lookup cannot be aborted, but waiting for it can: a response that arrives afterwards is discarded. */
async function inTime(response: Promise<Response>, signal: AbortSignal): Promise<Response> {
  try {
    return await unlessAborted(response, signal);
  } catch (error) {
    response.then(discard, () => {});
    throw error;
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

async function readResponse(
  url: URL,
  response: Response,
  { maxBytes = 10_000_000, statusOnly = false, raw = false, progress }: FetchRequest,
): Promise<Fetched> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.headers)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  const fetched = { url: url.href, status: response.statusCode, headers };
  if (statusOnly) {
    discard(response);
    return { ...fetched, body: new Uint8Array() };
  }
  try {
    const bodiless = fetched.status === 204 || fetched.status === 304;
    const encoding = bodiless || raw ? null : headers.get('content-encoding');
    const announced = Number(headers.get('content-length') ?? NaN) || undefined;
    const chunks = progress === undefined ? response.body : counted(response.body, announced, progress);
    return { ...fetched, body: await readBody(chunks, encoding, maxBytes) };
  } catch (error) {
    discard(response);
    throw error instanceof TooLarge ? new Error(`body is larger than ${maxBytes} bytes`, { cause: error }) : error;
  }
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  announced: number | undefined,
  progress: NonNullable<FetchRequest['progress']>,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    progress(bytes, announced);
    yield chunk;
  }
}

function withoutCredentials(headers: Record<string, string>): Record<string, string> {
  const credentials = new Set(['authorization', 'cookie', 'proxy-authorization']);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !credentials.has(name.toLowerCase())));
}
