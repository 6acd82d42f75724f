import type { VerifiedEvent } from 'nostr-tools/core';
import type { Context, DriverContext } from '../platform.ts';
import type { NostrFeed } from './config.ts';
import { isExpired, readEvent, tagValues } from './event.ts';
import { faultOf } from './feed.ts';
import { openProfiles } from './profiles.ts';
import { closeAll, openRelays, type Relay } from './relay.ts';
import { kinds } from './thread.ts';
import { toPost } from './to-post.ts';

/** Reads notes by id from all relays of the feed, with their deletions (NIP-09): a relay may have a note that was deleted at another. */
export async function openContext(config: NostrFeed, context: DriverContext): Promise<Context & AsyncDisposable> {
  const { clock } = context;
  const relays = openRelays(config, context);
  const profiles = openProfiles(relays, clock);
  return {
    async posts(refs, signal) {
      const now = clock.now();
      const ids = refs.map(({ id }) => id).filter((id) => /^[0-9a-f]{64}$/.test(id));
      const notes = ids.length === 0 ? [] : await notesWithin(relays, ids, { now, signal });
      const authors = notes.map(({ event }) => event.pubkey);
      const profileOf = await profiles(authors, signal);
      const posts = notes.map(({ event, relay }) =>
        toPost(event, { relay, profile: profileOf.get(event.pubkey), account: undefined, own: new Set(), now }),
      );
      return new Map(posts.map((post) => [post.id, post]));
    },
    [Symbol.asyncDispose]: () => closeAll(relays),
  };
}

/** Those that still stand. Errors: as `Context`, if one is missing and a relay could not tell. */
async function notesWithin(
  relays: readonly Relay[],
  ids: readonly string[],
  { now, signal }: { readonly now: number; readonly signal: AbortSignal },
) {
  const filters = [{ ids: [...ids] }, { kinds: [kinds.deletion], '#e': [...ids] }];
  const faults: unknown[] = [];
  const answers = await Promise.all(
    relays.map(async (relay) => {
      try {
        const events = await Promise.all(filters.map((filter) => relay.query(filter, signal)));
        return events.flat().flatMap((received) => {
          const event = readEvent(received, now);
          return 'fault' in event ? [] : [{ event, relay: relay.url }];
        });
      } catch (error) {
        faults.push(error);
        return [];
      }
    }),
  );
  const events = answers.flat();
  const found = new Map(events.filter(({ event }) => ids.includes(event.id)).map((one) => [one.event.id, one]));
  if (found.size < new Set(ids).size && faults.length > 0) throw faultOf(faults);
  const deletions = events.map(({ event }) => event).filter(({ kind }) => kind === kinds.deletion);
  const isDeleted = ({ id, pubkey }: VerifiedEvent) =>
    deletions.some((event) => event.pubkey === pubkey && tagValues(event, 'e').includes(id));
  return [...found.values()].filter(({ event }) => !isExpired(event, now) && !isDeleted(event));
}
