import type { ProbeResult } from '../core/link-health.ts';
import { messageOf } from '../core/errors.ts';
import { storable } from '../core/storable.ts';
import type { Fetched, GuardedFetch } from './guarded-fetch.ts';
import { retryAfterMs } from './rate-limits.ts';
import { type Permission, permissionIn, robotsUrl } from './robots.ts';

/** How a page is asked for. `text`: to read it, all others for its status alone. */
export type ProbeMethod = 'HEAD' | 'GET' | 'text';

/** Looks at pages that replies lead to. Each call is one request, with the redirects that it leads to. */
export interface LinkProbe {
  /** Rejects only when aborted. */
  page(
    url: string,
    how: ProbeMethod,
    signal: AbortSignal,
  ): Promise<{ readonly result: ProbeResult; readonly text: string }>;
  /** The rules of the page's site: empty where there are none. Rejects only when aborted. */
  robots(url: string, signal: AbortSignal): Promise<ProbeResult | { readonly kind: 'rules'; readonly text: string }>;
  /** What those rules say about a page. */
  permission(robots: string, url: string): Permission;
}

export interface LinkProbeOptions {
  readonly fetch: GuardedFetch;
  readonly userAgent: string;
  /** For times of day in `Retry-After`. */
  readonly now: () => number;
}

export function openLinkProbe({ fetch, userAgent, now }: LinkProbeOptions): LinkProbe {
  return {
    page: (url, how, signal) => probePage({ fetch, now, signal }, url, how),
    robots: (url, signal) => readRobots({ fetch, now, signal }, url),
    permission: (robots, url) => permissionIn(robots, url, userAgent),
  };
}

interface Way {
  readonly fetch: GuardedFetch;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** A page of a cable has some 40 KB, the largest ten times that. */
const pageBytes = 4_000_000;

async function probePage(
  { fetch, now, signal }: Way,
  url: string,
  how: ProbeMethod,
): Promise<{ result: ProbeResult; text: string }> {
  try {
    const method = how === 'HEAD' ? 'HEAD' : 'GET';
    const fetched = await fetch(url, { method, signal, maxBytes: pageBytes, statusOnly: how !== 'text' });
    return { result: judged(url, fetched, { method, now: now() }), text: textOf(fetched) };
  } catch (error) {
    signal.throwIfAborted();
    return { result: { kind: 'failed', reason: messageOf(error) }, text: '' };
  }
}

/** Several times what crawlers must read (RFC 9309, 2.5). */
const robotsBytes = 2_000_000;
/** Where a site says nothing of how long. */
const silentWaitMs = 15 * 60_000;
/** Its rules are there, but not to be had: until they are, nothing is asked (RFC 9309, 2.3.1.4). */
const robotsWaitMs = 60 * 60_000;

async function readRobots({ fetch, now, signal }: Way, url: string): ReturnType<LinkProbe['robots']> {
  const address = robotsUrl(url);
  try {
    const fetched = await fetch(address, { signal, maxBytes: robotsBytes });
    const { status, headers } = fetched;
    if (status < 300) return { kind: 'rules', text: textOf(fetched) };
    if (status < 500 && status !== 429) return { kind: 'rules', text: '' };
    const waitMs = retryAfterMs(headers, now()) ?? robotsWaitMs;
    return { kind: 'busy', reason: `robots.txt answers with status ${status}`, waitMs };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'failed', reason: messageOf(error) };
  }
}

function textOf({ body }: Fetched): string {
  return storable(new TextDecoder().decode(body));
}

function judged(
  asked: string,
  { url, status, headers }: Fetched,
  how: { method: 'HEAD' | 'GET'; now: number },
): ProbeResult {
  const reason = `status ${status}`;
  const waitMs = retryAfterMs(headers, how.now);
  if (status === 429) return { kind: 'busy', reason, waitMs: waitMs ?? silentWaitMs };
  if (status === 404 || status === 410) return { kind: 'not-found', reason };
  if (status >= 200 && status < 300) {
    return leadsAway(asked, url) ? { kind: 'not-found', reason: `leads to ${shortened(url)}` } : { kind: 'alive' };
  }
  if (how.method === 'HEAD' && (status === 501 || (status >= 400 && status < 500))) return { kind: 'refuses-head' };
  if (status >= 500) return { kind: 'failed', reason, ...(waitMs !== undefined && { waitMs }) };
  return { kind: 'unclear', reason };
}

/**
 * Whether a redirect ended on another page than the one that was asked for: a site's front page in the place of a cable. A cable's page has
 * its ID in its address wherever it is moved to; where the address has none, only the front page is another one.
 */
export function leadsAway(asked: string, ended: string): boolean {
  if (asked === ended) return false;
  const id = asked.match(/[a-z0-9]{4,}/gi)?.findLast((part) => /\d/.test(part) && /[a-z]/i.test(part));
  if (id !== undefined) return !ended.toLowerCase().includes(id.toLowerCase());
  const [from, to] = [new URL(asked), new URL(ended)];
  return isFront(to) && !isFront(from);
}

function isFront({ pathname, search }: URL): boolean {
  return /^\/(?:index\.\w+)?$/.test(pathname) && search === '';
}

function shortened(url: string): string {
  return url.length > 200 ? `${url.slice(0, 199)}…` : url;
}
