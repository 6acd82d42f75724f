import robotsParser from 'robots-parser';

/** Its types declare a default export, but the CommonJS module itself is the function. */
const parse = robotsParser as unknown as typeof robotsParser.default;

/** What a site's robots.txt permits for a page; an empty text allows everything. */
export interface Permission {
  readonly allowed: boolean;
  /** `Crawl-delay` between requests; null: none. */
  readonly delayMs: number | null;
}

export function permissionIn(robots: string, url: string, userAgent: string): Permission {
  const rules = parse(robotsUrl(url), robots);
  const name = productOf(userAgent);
  const delay = rules.getCrawlDelay(name);
  return {
    // Undefined means a page of another site.
    allowed: rules.isAllowed(url, name) !== false,
    delayMs: delay === undefined || !Number.isFinite(delay) || delay < 0 ? null : delay * 1000,
  };
}

export function robotsUrl(url: string): string {
  return new URL('/robots.txt', url).href;
}

/** The product token that robots.txt addresses (RFC 9309, 2.2.1): `Pilcrow` of `Pilcrow/0.1 (…)`. */
function productOf(userAgent: string): string {
  return /^[A-Za-z_-]+/.exec(userAgent)?.[0] ?? userAgent;
}
