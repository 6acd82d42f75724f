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

/** The session of the browser's cookie; undefined: it sent none. Sets no cookie. */
export function knownSession(c: HonoContext, origin: SiteOrigin): Session | undefined {
  const bits = getCookie(c, cookieName(origin));
  return bits !== undefined && /^[\w-]{43}$/.test(bits) ? { ...fromBits(bits), known: true } : undefined;
}

export function openSession(c: HonoContext, origin: SiteOrigin): Session {
  return sessions.get(c.req.raw) ?? knownSession(c, origin) ?? { ...renewSession(c, origin), known: false };
}

/** The new session of a request, so that no second cookie is set. */
const sessions = new WeakMap<Request, Session>();

/** Sets new bits at login, which prevents session fixation, and at logout. */
export function renewSession(c: HonoContext, origin: SiteOrigin): Omit<Session, 'known'> {
  const bits = randomBytes(32).toString('base64url');
  setCookie(c, cookieName(origin), bits, { httpOnly: true, sameSite: 'Lax', path: '/', secure: origin.secure });
  const session = fromBits(bits);
  sessions.set(c.req.raw, { ...session, known: false });
  return session;
}

/** Compares in constant time. */
export function isSame(candidate: string, secret: string): boolean {
  return timingSafeEqual(digest(candidate), digest(secret));
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
