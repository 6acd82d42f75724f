import robotsParser from 'robots-parser';

/** Its types tell of a default export that the CommonJS file itself is. */
const parse = robotsParser as unknown as typeof robotsParser.default;

/** What a site's robots.txt says to us about a page; an empty text allows everything. */
export interface Permission {
  readonly allowed: boolean;
  /** Between one request and the next, where it asks for a time. */
  readonly delayMs: number | null;
}

export function permissionIn(robots: string, url: string, userAgent: string): Permission {
  const rules = parse(robotsUrl(url), robots);
  const name = productOf(userAgent);
  const delay = rules.getCrawlDelay(name);
  return {
    // Undefined would be a page of another site.
    allowed: rules.isAllowed(url, name) !== false,
    delayMs: delay === undefined || !Number.isFinite(delay) || delay < 0 ? null : delay * 1000,
  };
}

export function robotsUrl(url: string): string {
  return new URL('/robots.txt', url).href;
}

/** The product token, by which robots.txt calls us (RFC 9309, 2.2.1): `Pilcrow/0.1 (…)` is `Pilcrow`. */
function productOf(userAgent: string): string {
  return /^[A-Za-z_-]+/.exec(userAgent)?.[0] ?? userAgent;
}
