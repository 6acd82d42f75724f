import { createHash } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import type { Context as HonoContext } from 'hono';
import { accountName } from '../operations/audit-entry.ts';
import type { Web } from '../config/sections/web-section.ts';
import { type SessionSpan, sessionOf, touchSession } from '../ledger/operators/sessions.ts';
import type { Context, Person } from './page.ts';
import type { Session } from './session.ts';
import { dayMs } from '../core/durations.ts';

export const sessionSpan: SessionSpan = { idleMs: dayMs / 2, mostMs: 7 * dayMs };
/** Precision of a session's last use, so that not every request writes. */
const touchEveryMs = 60_000;

/** Authenticates a request: by the header of a trusted proxy, by a session, or, if neither is configured, as the local operator. */
export async function personOf(
  c: HonoContext,
  session: Session,
  { config, ledger }: Context,
): Promise<Person | undefined> {
  const { users, proxyHeader } = config.web;
  const proxied = proxyHeader && personFromProxy(c, proxyHeader);
  if (proxied !== undefined) return proxied;
  if (users.length === 0) return proxyHeader ? undefined : { name: accountName(), role: 'operator', session: false };
  if (!session.known) return undefined;
  const now = await ledger.now();
  const stored = await sessionOf(ledger.db, session.id, { now, ...sessionSpan });
  const user = users.find(({ name }) => name === stored?.name);
  if (stored === undefined || user === undefined || stored.proof !== proofOf(user)) return undefined;
  if (now - stored.seen_at > touchEveryMs) await ledger.transact((tx) => touchSession(tx, session.id, now));
  return { name: user.name, role: user.role, session: true };
}

/** A fingerprint of the password hash: a session ends when the password changes. */
export function proofOf({ passwordHash }: Web['users'][number]): string {
  return createHash('sha256').update(passwordHash.reveal()).digest('hex');
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
  if (user === undefined || !trustedFrom.includes(peerOf(c)) || !Object.hasOwn(roles, user)) return undefined;
  const role = roles[user];
  return role && { name: user, role, session: false };
}
