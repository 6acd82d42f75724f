import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context as HonoContext } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { SiteOrigin } from './site-origin.ts';

/**
 * The secret of a browser's cookie: 256 random bits. After a login they identify the session; before that they identify nobody. CSRF
 * tokens are derived from them, so that no other site can know one.
 */
export interface Session {
  /** Hash of the bits; the ledger stores only this. */
  readonly id: string;
  /** The CSRF token. */
  readonly token: string;
  /** True if the browser sent the cookie; false if this response sets it. */
  readonly known: boolean;
}

export function openSession(c: HonoContext, origin: SiteOrigin): Session {
  const session = sessions.get(c.req.raw) ?? readCookie(c, origin);
  sessions.set(c.req.raw, session);
  return session;
}

/** One session per request, so that at most one cookie is set. */
const sessions = new WeakMap<Request, Session>();

function readCookie(c: HonoContext, origin: SiteOrigin): Session {
  const bits = getCookie(c, cookieName(origin));
  if (bits !== undefined && /^[\w-]{43}$/.test(bits)) return { ...fromBits(bits), known: true };
  return { ...renewSession(c, origin), known: false };
}

/** Sets new bits at login, which prevents session fixation, and at logout. */
export function renewSession(c: HonoContext, origin: SiteOrigin): Omit<Session, 'known'> {
  const bits = randomBytes(32).toString('base64url');
  setCookie(c, cookieName(origin), bits, { httpOnly: true, sameSite: 'Lax', path: '/', secure: origin.secure });
  return fromBits(bits);
}

/** Compares in constant time. */
export function isToken(candidate: string, { token }: Session): boolean {
  return timingSafeEqual(digest(candidate), digest(token));
}

function cookieName({ secure }: SiteOrigin): string {
  return secure ? '__Host-pilcrow' : 'pilcrow';
}

function fromBits(bits: string) {
  return { id: digest(`session ${bits}`).toString('hex'), token: digest(`form ${bits}`).toString('base64url') };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
