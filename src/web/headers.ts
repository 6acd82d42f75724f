import type { Context as HonoContext, Next } from 'hono';
import type { SiteOrigin } from './site-origin.ts';

/** No content from other origins, no inline scripts or styles, no framing. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

const always: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  // `no-referrer` would make browsers hide the origin of forms, which the CSRF check needs.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** Adds the security headers to every response; a header that the page has set stays. */
export function withHeaders({ secure }: SiteOrigin) {
  return async (c: HonoContext, next: Next): Promise<void> => {
    await next();
    const defaults = { 'Content-Security-Policy': policy, 'Cache-Control': 'no-store', ...always };
    const https = secure ? { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' } : {};
    for (const [name, value] of Object.entries({ ...defaults, ...https })) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    }
  };
}
