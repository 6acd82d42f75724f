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

export interface Profiles {
  /** The profiles of these accounts, an empty one where no relay has any. Never fails. */
  of(accounts: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Profile>>;
}

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
  return {
    async of(accounts, signal) {
      const now = clock.now();
      const missing = [...new Set(accounts)].filter((account) => (known.get(account)?.until ?? 0) <= now);
      const found = missing.length === 0 ? undefined : await query(relays, missing, { now, signal });
      const answer = new Map(
        accounts.map((account) => [account, found?.get(account) ?? known.get(account)?.profile ?? empty]),
      );
      for (const account of found === undefined ? [] : missing)
        known.set(account, { profile: answer.get(account) ?? empty, until: now + knownMs });
      return answer;
    },
  };
}

/** Undefined: no relay answered. */
async function query(
  relays: readonly Relay[],
  accounts: readonly string[],
  { now, signal }: { readonly now: number; readonly signal: AbortSignal },
): Promise<Map<string, Profile> | undefined> {
  const filter = { kinds: [0], authors: [...accounts], limit: accounts.length };
  const answers = await Promise.all(relays.map((relay) => relay.query(filter, signal).catch(() => undefined)));
  const answered = answers.filter((answer) => answer !== undefined);
  if (answered.length === 0) return undefined;
  const latest = new Map<string, { at: number; profile: Profile }>();
  for (const received of answered.flat()) {
    const event = readEvent(received, now);
    if ('fault' in event || event.kind !== 0 || !accounts.includes(event.pubkey)) continue;
    if ((latest.get(event.pubkey)?.at ?? -1) < event.created_at)
      latest.set(event.pubkey, { at: event.created_at, profile: profileIn(event.content) });
  }
  return new Map([...latest].map(([account, { profile }]) => [account, profile]));
}

function profileIn(content: string): Profile {
  const { data } = Content.safeParse(jsonIn(content));
  const name = storable((data?.display_name || data?.name || '').trim().slice(0, 200));
  return { name: name === '' ? null : name, bot: data?.bot === true };
}
