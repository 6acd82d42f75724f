import { utcMinute } from '../core/zone.ts';
import type { AccountRow } from '../ledger/db/schema.ts';

/** What keeps an account from sending, as text; undefined: nothing. */
export function troubleOf(account: AccountRow, now: number): string | undefined {
  const { login_refused_at: since, blocked_until: until, reason } = account;
  const why = reason ?? 'no reason';
  if (since !== null) return `since ${utcMinute(since)}, because its login is refused: ${why}`;
  return until > now ? `until ${new Date(until).toISOString().slice(11, 16)}Z: ${why}` : undefined;
}
