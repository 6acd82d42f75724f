import type { VerifiedEvent } from 'nostr-tools/core';
import type { Change, Page, Reject } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import { withoutSecrets } from '../../net/guarded-fetch.ts';
import { claimsOf, fingerprintOf, isExpired, readEvent, tagValues } from './event.ts';
import type { Interest } from './interest.ts';
import type { Profiles } from './profiles.ts';
import type { Received } from './catch-up.ts';
import type { Relay } from './relay.ts';
import { threadOf } from './thread.ts';
import { keyOf, toPost } from './to-post.ts';

/** What an event means to the feed. */
export type Outcome =
  | { readonly kind: 'note'; readonly fingerprint: string; readonly event: VerifiedEvent; readonly relay: string }
  /** `ids`: posts that `by` deletes, if they are theirs: the ledger knows. */
  | { readonly kind: 'deletion'; readonly fingerprint: string; readonly by: string; readonly ids: readonly string[] }
  | { readonly kind: 'reject'; readonly fingerprint: string; readonly reject: Reject };

/**
 * Returns the new events, each once, the oldest first. An id counts as seen only after its event was verified, so nonsense sent under the id
 * of a post does not hide that post.
 */
export function prefilter(
  received: readonly Received[],
  { matches, account }: Interest,
  seen: readonly string[],
  now: number,
): Outcome[] {
  const known = new Set(seen);
  const outcomes: Outcome[] = [];
  const claimed = received.map((one) => ({ ...one, ...claimsOf(one.event) }));
  for (const { event: raw, relay, id, kind } of claimed.toSorted((a, b) => a.created_at - b.created_at)) {
    if (known.has(fingerprintOf(id)) || (kind !== 5 && !matches(raw))) continue;
    const event = readEvent(raw, now);
    const fingerprint = fingerprintOf('fault' in event ? raw : event.id);
    if (known.has(fingerprint)) continue;
    known.add(fingerprint);
    if ('fault' in event) outcomes.push({ kind: 'reject', fingerprint, reject: rejected(event.fault, id, relay) });
    else if (event.kind === 5) {
      const ids = tagValues(event, 'e').map(storable);
      if (ids.length > 0) outcomes.push({ kind: 'deletion', fingerprint, by: event.pubkey, ids });
    } else if (event.pubkey !== account && !isExpired(event, now))
      outcomes.push({ kind: 'note', fingerprint, event, relay });
  }
  return outcomes;
}

function rejected(reason: string, id: string, relay: string): Reject {
  return { position: `${withoutSecrets(relay)} event ${storable(id)}`, reason, excerpt: storable(id) };
}

interface PageOptions {
  readonly profiles: Profiles;
  /** To ask which events are the bot's own. */
  readonly relays: readonly Relay[];
  readonly interest: Interest;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Turns outcomes into a page. */
export async function pageOf(
  outcomes: readonly Outcome[],
  { profiles, relays, interest: { account }, now, signal }: PageOptions,
): Promise<Omit<Page, 'cursor'>> {
  const notes = outcomes.filter((outcome) => outcome.kind === 'note');
  const accounts = notes.map(({ event }) => event.pubkey);
  const profileOf = await profiles(accounts, signal);
  const own = await ownParents(
    notes.map(({ event }) => event),
    { account, relays, now, signal },
  );
  signal.throwIfAborted();
  const deletions = outcomes.filter((outcome) => outcome.kind === 'deletion');
  return {
    posts: notes.map(({ event, relay }) =>
      toPost(event, { relay, profile: profileOf.get(event.pubkey), account, own, now }),
    ),
    changes: deletions.flatMap(({ ids, by }) => ids.map((id): Change => ({ kind: 'delete', key: keyOf(id), by }))),
    rejects: outcomes.flatMap((outcome) => (outcome.kind === 'reject' ? [outcome.reject] : [])),
  };
}

/** Ids of the bot's events that these answer: few clients say whose event they answer, and all name its author in a p tag. */
async function ownParents(
  events: readonly VerifiedEvent[],
  { account, relays, now, signal }: Pick<PageOptions, 'relays' | 'now' | 'signal'> & Pick<Interest, 'account'>,
): Promise<ReadonlySet<string>> {
  const unclear = events.flatMap((event) => {
    const { parent } = threadOf(event);
    const mayBeOwn = account !== undefined && parent?.author === undefined && tagValues(event, 'p').includes(account);
    return mayBeOwn ? (parent?.id ?? []) : [];
  });
  if (account === undefined || unclear.length === 0) return new Set();
  const filter = { ids: [...new Set(unclear)], authors: [account] };
  const answers = await Promise.all(relays.map((relay) => relay.query(filter, signal).catch(() => [])));
  const found = answers.flat().map((received) => readEvent(received, now));
  return new Set(found.flatMap((event) => ('fault' in event || event.pubkey !== account ? [] : [event.id])));
}
