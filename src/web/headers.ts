import type { Context as HonoContext, Next } from 'hono';
import type { SiteOrigin } from './site-origin.ts';

/** Nothing from elsewhere, no script or style within a page, no frame around it. */
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
  // Not `no-referrer`: with it browsers hide the origin of forms, which is asked for.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** Headers of every answer; a page may have its own policy, and say itself how long it is kept. */
export function withHeaders({ secure }: SiteOrigin) {
  return async (c: HonoContext, next: Next): Promise<void> => {
    await next();
    const usual = { 'Content-Security-Policy': policy, 'Cache-Control': 'no-store', ...always };
    const https = secure ? { 'Strict-Transport-Security': 'max-age=31536000' } : {};
    for (const [name, value] of Object.entries({ ...usual, ...https })) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    }
  };
}
