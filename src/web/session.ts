import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
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

/** Signs with the person's password hash, so that a new password forgets the browsers. */
interface Signer {
  readonly name: string;
  readonly secret: string;
}

/** Remembers that this person has logged in with this browser: guesses that others make of the password do not keep it waiting. */
export function rememberDevice(c: HonoContext, origin: SiteOrigin, signer: Signer): void {
  const id = randomBytes(16).toString('base64url');
  const lasting = {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    secure: origin.secure,
    maxAge: 365 * 86_400,
  } as const;
  setCookie(c, cookieName(origin, '-device'), `${id}.${signature(id, signer)}`, lasting);
}

/** The id of a browser with which this person has logged in; undefined: it is not known. */
export function knownDevice(c: HonoContext, origin: SiteOrigin, signer: Signer): string | undefined {
  const [id = '', signed = ''] = (getCookie(c, cookieName(origin, '-device')) ?? '').split('.');
  return isSame(signed, signature(id, signer)) ? id : undefined;
}

function signature(id: string, { name, secret }: Signer): string {
  return createHmac('sha256', secret).update(`device ${id} ${name}`).digest('base64url');
}

/** Cookies know no ports: without the port, two bots on one machine would take each other's. */
function cookieName({ secure, url }: SiteOrigin, ending = ''): string {
  if (secure) return `__Host-pilcrow${ending}`;
  const { port } = new URL(url);
  return `pilcrow${ending}${port && `-${port}`}`;
}

function fromBits(bits: string) {
  return { id: digest(`session ${bits}`).toString('hex'), token: digest(`form ${bits}`).toString('base64url') };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
