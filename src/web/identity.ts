import { createHash } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import type { Context as HonoContext } from 'hono';
import { accountName } from '../operations/audit-entry.ts';
import type { Config } from '../config/config.ts';
import { type Role, trustedProxiesOf, type Web } from '../config/sections/web-section.ts';
import { clientBehind, isIn } from '../net/trusted-proxies.ts';
import { type SessionSpan, sessionOf, touchSession } from '../ledger/operators/sessions.ts';
import { demandsToken, storedToken } from './access-token.ts';
import type { Context, Person } from './page.ts';
import type { Session } from './session.ts';
import { dayMs } from '../core/durations.ts';

export const sessionSpan: SessionSpan = { idleMs: dayMs / 2, mostMs: 7 * dayMs };
/** Precision of a session's last use, so that not every request writes. */
const touchEveryMs = 60_000;

/** Authenticates a request: by the header of a trusted proxy, or by a session. */
export async function personOf(
  c: HonoContext,
  session: Session | undefined,
  { config, ledger }: Context,
): Promise<Person | undefined> {
  const { proxyHeader } = config.web;
  const proxied = proxyHeader && personFromProxy(c, proxyHeader);
  if (proxied !== undefined) return proxied;
  if (session?.known !== true) return undefined;
  const now = await ledger.now();
  const stored = await sessionOf(ledger.db, session.id, { now, ...sessionSpan });
  if (stored === undefined) return undefined;
  const user = accountsOf(config).find(({ name, proof }) => name === stored.name && proof === stored.proof);
  if (user === undefined) return undefined;
  if (now - stored.seen_at > touchEveryMs) await ledger.transact((tx) => touchSession(tx, session.id, now));
  return { name: user.name, role: user.role, session: true };
}

/** An account that may hold a session. */
export interface PageAccount {
  readonly name: string;
  readonly role: Role;
  /** A fingerprint of the password hash or token: a session ends when it changes. */
  readonly proof: string;
}

/** The configured users; where the page demands the token, whoever has it is the user of this process. */
export function accountsOf({ web, dataDir }: Config): PageAccount[] {
  const token = demandsToken(web) ? storedToken(dataDir) : undefined;
  if (token !== undefined) return [{ name: accountName(), role: 'operator', proof: proofOf(token) }];
  return web.users.map(({ name, role, passwordHash }) => ({ name, role, proof: proofOf(passwordHash.reveal()) }));
}

function proofOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** The client's address, for counting. */
export function clientOf(c: HonoContext, web: Web): string {
  return clientBehind(trustedProxiesOf(web), { peer: peerOf(c), forwardedFor: c.req.header('x-forwarded-for') });
}

/** The IP address of the peer; behind a proxy, the proxy's. */
export function peerOf(c: HonoContext): string {
  const { incoming } = c.env as HttpBindings;
  // A dual-stack socket reports IPv4 addresses in IPv6 form.
  return (incoming.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d)/, '');
}

function personFromProxy(
  c: HonoContext,
  { name, trustedFrom, roles }: NonNullable<Web['proxyHeader']>,
): Person | undefined {
  const user = c.req.header(name);
  if (user === undefined || !isIn(peerOf(c), trustedFrom) || !Object.hasOwn(roles, user)) return undefined;
  const role = roles[user];
  return role && { name: user, role, session: false };
}
