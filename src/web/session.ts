import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context as HonoContext } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { SiteOrigin } from './site-origin.ts';

/**
 * What a browser holds: 256 random bits. They name a session once somebody has logged in with them, and before that nothing; in both
 * cases the tokens of forms are made of them, so that no other site can know one.
 */
export interface Session {
  /** Hash of the bits: what the ledger knows a session by. */
  readonly id: string;
  /** For forms. */
  readonly token: string;
  /** The browser brought it, it is not given out with this answer. */
  readonly known: boolean;
}

export function openSession(c: HonoContext, origin: SiteOrigin): Session {
  const session = met.get(c.req.raw) ?? meet(c, origin);
  met.set(c.req.raw, session);
  return session;
}

/** Each request is met once, however often it is asked who it is. */
const met = new WeakMap<Request, Session>();

function meet(c: HonoContext, origin: SiteOrigin): Session {
  const brought = getCookie(c, nameOf(origin));
  if (brought !== undefined && /^[\w-]{43}$/.test(brought)) return { ...made(brought), known: true };
  return { ...renewSession(c, origin), known: false };
}

/** Other bits in the place of those that were there: for a login, whose session nobody can have prepared, and a logout. */
export function renewSession(c: HonoContext, origin: SiteOrigin): Omit<Session, 'known'> {
  const bits = randomBytes(32).toString('base64url');
  setCookie(c, nameOf(origin), bits, { httpOnly: true, sameSite: 'Lax', path: '/', secure: origin.secure });
  return made(bits);
}

/** In constant time. */
export function isToken(given: string, { token }: Session): boolean {
  const [one, other] = [digest(given), digest(token)];
  return timingSafeEqual(one, other);
}

function nameOf({ secure }: SiteOrigin): string {
  return secure ? '__Host-pilcrow' : 'pilcrow';
}

function made(bits: string) {
  return { id: digest(`session ${bits}`).toString('hex'), token: digest(`form ${bits}`).toString('base64url') };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
