import { z } from 'zod';
import { BoundedMap } from '../../core/async.ts';
import type { Clock } from '../../core/clock.ts';
import { jsonIn } from '../shared/parse-json.ts';
import { storable } from '../../core/storable.ts';
import { readEvent } from './event.ts';
import type { Relay } from './relay.ts';

/** An account's profile (kind 0, NIP-24). */
export interface Profile {
  readonly name: string | null;
  readonly bot: boolean;
}

/** The profiles of accounts, an empty one where no relay has any. Never fails. */
export type Profiles = (accounts: readonly string[], signal: AbortSignal) => Promise<ReadonlyMap<string, Profile>>;

const maxKnown = 5000;
const knownMs = 60 * 60_000;

const Content = z.object({
  name: z.string().catch(''),
  display_name: z.string().catch(''),
  bot: z.boolean().catch(false),
});

export function openProfiles(relays: readonly Relay[], clock: Clock): Profiles {
  const known = new BoundedMap<string, { profile: Profile; until: number }>(maxKnown);
  const empty: Profile = { name: null, bot: false };
  return async (accounts, signal) => {
    const now = clock.now();
    const missing = [...new Set(accounts)].filter((account) => (known.get(account)?.until ?? 0) <= now);
    const found = missing.length === 0 ? undefined : await query(relays, missing, now, signal);
    const profileOf = (account: string) => found?.get(account) ?? known.get(account)?.profile ?? empty;
    const answer = new Map(accounts.map((account) => [account, profileOf(account)]));
    for (const account of found === undefined ? [] : missing)
      known.set(account, { profile: profileOf(account), until: now + knownMs });
    return answer;
  };
}

/** Undefined: no relay answered. */
async function query(
  relays: readonly Relay[],
  accounts: readonly string[],
  now: number,
  signal: AbortSignal,
): Promise<Map<string, Profile> | undefined> {
  const filter = { kinds: [0], authors: [...accounts], limit: accounts.length };
  const answers = await Promise.all(relays.map((relay) => relay.query(filter, signal).catch(() => undefined)));
  const answered = answers.filter((answer) => answer !== undefined);
  if (answered.length === 0) return undefined;
  const events = answered.flat().flatMap((received) => {
    const event = readEvent(received, now);
    return 'fault' in event || event.kind !== 0 || !accounts.includes(event.pubkey) ? [] : [event];
  });
  // Of several profiles of an account, the latest one stays.
  const byAge = events.toSorted((a, b) => a.created_at - b.created_at);
  return new Map(byAge.map(({ pubkey, content }) => [pubkey, profileIn(content)]));
}

function profileIn(content: string): Profile {
  const { data } = Content.safeParse(jsonIn(content));
  const name = storable((data?.display_name || data?.name || '').trim().slice(0, 200));
  return { name: name || null, bot: data?.bot === true };
}
