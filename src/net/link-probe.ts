import robotsParser from 'robots-parser';
import type { ProbeResult } from '../core/link-health.ts';
import { storable } from '../core/storable.ts';
import { shortened } from '../core/text/strangers.ts';
import { Thread } from '../core/thread.ts';
import type { Fetched, GuardedFetch } from './guarded-fetch.ts';
import { retryAfterMs } from './rate-limits.ts';

/** A cable's page has some 40 KB, the largest ten times that. */
const pageBytes = 4_000_000;
/** Several times the size that crawlers must accept (RFC 9309, 2.5). */
const robotsBytes = 2_000_000;
/** Read on the event loop, in UTF-16 units: most are far smaller, and so many take 10 ms at worst. */
const robotsUnitsOnLoop = 32_768;
/** The wait where a site names none. */
const defaultWaitMs = 15 * 60_000;
/** While robots.txt exists but is unavailable, request nothing else (RFC 9309, 2.3.1.4). */
const robotsWaitMs = 60 * 60_000;

/** Asks what a site's robots.txt permits for a page. */
export interface RobotsQuestion {
  readonly robots: string;
  readonly url: string;
  readonly userAgent: string;
}

type Permission = ReturnType<typeof permissionIn>;

const reader = new Thread<RobotsQuestion, Permission>(new URL('./robots-reader.ts', import.meta.url), {
  deadlineMs: 5000,
  maxHeapMb: 256,
});

export type LinkProbe = ReturnType<typeof openLinkProbe>;

/** Probes pages that replies link to. Each call is one request and its redirects; it rejects if there is no answer. */
export function openLinkProbe({
  fetch,
  userAgent,
  now,
}: {
  fetch: GuardedFetch;
  userAgent: string;
  now: () => number;
}) {
  return {
    /** `text`: read the body; otherwise only the status. `url`: where the redirects ended. */
    async page(
      url: string,
      how: 'HEAD' | 'GET' | 'text',
      signal: AbortSignal,
    ): Promise<{ result: ProbeResult; text: string; url: string }> {
      const method = how === 'HEAD' ? 'HEAD' : 'GET';
      const fetched = await fetch(url, { method, signal, maxBytes: pageBytes, statusOnly: how !== 'text' });
      return { result: resultOf(url, fetched, { method, now: now() }), text: textOf(fetched), url: fetched.url };
    },
    /** The robots.txt of the page's site; empty where there is none. */
    async robots(url: string, signal: AbortSignal): Promise<ProbeResult | { kind: 'rules'; text: string }> {
      const fetched = await fetch(robotsUrl(url), { signal, maxBytes: robotsBytes });
      const { status, headers } = fetched;
      if (status < 300) return { kind: 'rules', text: textOf(fetched) };
      if (status < 500 && status !== 429) return { kind: 'rules', text: '' };
      const waitMs = retryAfterMs(headers, now()) ?? robotsWaitMs;
      return { kind: 'busy', reason: `robots.txt answers with status ${status}`, waitMs };
    },
    /** What a site's robots.txt permits. A large one is read in a thread of its own. Errors: ThreadError if that takes too long. */
    async permission(robots: string, url: string): Promise<Permission> {
      const isSmall = robots.length <= robotsUnitsOnLoop;
      return isSmall ? permissionIn(robots, url, userAgent) : await reader.run({ robots, url, userAgent });
    },
  };
}

function textOf({ body }: Fetched): string {
  return storable(new TextDecoder().decode(body));
}

function resultOf(
  requested: string,
  { url, status, headers }: Fetched,
  how: { method: 'HEAD' | 'GET'; now: number },
): ProbeResult {
  const reason = `status ${status}`;
  const waitMs = retryAfterMs(headers, how.now);
  if (status === 429) return { kind: 'busy', reason, waitMs: waitMs ?? defaultWaitMs };
  if (status === 404 || status === 410) return { kind: 'not-found', reason };
  if (status >= 200 && status < 300) {
    return leadsAway(requested, url)
      ? { kind: 'not-found', reason: `leads to ${shortened(url, 200)}` }
      : { kind: 'alive' };
  }
  if (how.method === 'HEAD' && (status === 501 || (status >= 400 && status < 500))) return { kind: 'refuses-head' };
  if (status >= 500) return { kind: 'failed', reason, ...(waitMs !== undefined && { waitMs }) };
  return { kind: 'unclear', reason };
}

/**
 * True if a redirect ended on another page than the requested one, such as the site's front page instead of a cable. A cable's page keeps
 * its ID in its address wherever it moves; where the address has no ID, only the front page counts as another page.
 */
export function leadsAway(requested: string, ended: string): boolean {
  if (requested === ended) return false;
  const id = requested.match(/[a-z0-9]{4,}/gi)?.findLast((part) => /\d/.test(part) && /[a-z]/i.test(part));
  if (id !== undefined) return !ended.toLowerCase().includes(id.toLowerCase());
  const [from, to] = [new URL(requested), new URL(ended)];
  return isFrontPage(to) && !isFrontPage(from);
}

function isFrontPage({ pathname, search }: URL): boolean {
  return /^\/(?:index\.\w+)?$/.test(pathname) && search === '';
}

/** Its types declare a default export, but the CommonJS module itself is the function. */
const parse = robotsParser as unknown as typeof robotsParser.default;

/** What a site's robots.txt permits for a page, and its `Crawl-delay` between requests; null: none. An empty text allows everything. */
export function permissionIn(robots: string, url: string, userAgent: string) {
  const rules = parse(robotsUrl(url), robots);
  const name = productOf(userAgent);
  const delay = rules.getCrawlDelay(name);
  return {
    // Undefined means a page of another site.
    allowed: rules.isAllowed(url, name) !== false,
    delayMs: delay === undefined || !Number.isFinite(delay) || delay < 0 ? null : delay * 1000,
  };
}

function robotsUrl(url: string): string {
  return new URL('/robots.txt', url).href;
}

/** The product token that robots.txt addresses (RFC 9309, 2.2.1): `Pilcrow` of `Pilcrow/0.1 (…)`. */
function productOf(userAgent: string): string {
  return /^[A-Za-z_-]+/.exec(userAgent)?.[0] ?? userAgent;
}
