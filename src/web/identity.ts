import { createHash } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import type { Context as HonoContext } from 'hono';
import { accountName } from '../operations/audit-entry.ts';
import type { Web } from '../config/sections/web-section.ts';
import { type SessionSpan, sessionOf, touchSession } from '../ledger/operators/sessions.ts';
import type { Person, Context } from './page.ts';
import type { Session } from './session.ts';

const hour = 3_600_000;
export const sessionSpan: SessionSpan = { idleMs: 12 * hour, mostMs: 7 * 24 * hour };
/** A session's last use is noted this exactly. */
const touchEveryMs = 60_000;

/** Who asks: by the word of a proxy that is trusted, by a session, or, where neither is set up, whoever is on this machine. */
export async function personOf(
  c: HonoContext,
  session: Session,
  { config, ledger }: Context,
): Promise<Person | undefined> {
  const { users, proxyHeader } = config.web;
  const flash = proxyHeader && personFromProxy(c, proxyHeader);
  if (flash !== undefined) return flash;
  if (users.length === 0) return proxyHeader ? undefined : { name: accountName(), role: 'operator', session: false };
  if (!session.known) return undefined;
  const now = await ledger.now();
  const stored = await sessionOf(ledger.db, session.id, { now, ...sessionSpan });
  const user = users.find(({ name }) => name === stored?.name);
  if (stored === undefined || user === undefined || stored.proof !== proofOf(user)) return undefined;
  if (now - stored.seenAt > touchEveryMs) await ledger.transact((tx) => touchSession(tx, session.id, now));
  return { name: user.name, role: user.role, session: true };
}

/** Changes with the password. */
export function proofOf({ passwordHash }: Web['users'][number]): string {
  return createHash('sha256').update(passwordHash.reveal()).digest('hex');
}

/** The address at the other end of the connection: a proxy's, where there is one. */
export function peerOf(c: HonoContext): string {
  const { incoming } = c.env as HttpBindings;
  // IPv4 over a socket of both kinds.
  return (incoming.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d)/, '');
}

function personFromProxy(
  c: HonoContext,
  { name, trustedFrom, roles }: NonNullable<Web['proxyHeader']>,
): Person | undefined {
  const who = c.req.header(name);
  if (who === undefined || !trustedFrom.includes(peerOf(c)) || !Object.hasOwn(roles, who)) return undefined;
  const role = roles[who];
  return role && { name: who, role, session: false };
}
