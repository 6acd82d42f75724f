import type { VerifiedEvent } from 'nostr-tools/core';
import type { Change, Page, Reject } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import { withoutSecrets } from '../../net/guarded-fetch.ts';
import type { Delivered, Place } from './cursor.ts';
import { claimsOf, isExpired, markOf, readEvent, tagValues } from './event.ts';
import type { Interest } from './interest.ts';
import type { Profiles } from './profiles.ts';
import type { Received } from './catch-up.ts';
import { keyOf, toPost } from './to-post.ts';

/** What an event comes to. */
export type Outcome =
  | { readonly kind: 'note'; readonly mark: string; readonly event: VerifiedEvent; readonly relay: string }
  /** `ids` of what was delivered before, taken back by its author. */
  | { readonly kind: 'deletion'; readonly mark: string; readonly ids: readonly string[] }
  | { readonly kind: 'reject'; readonly mark: string; readonly reject: Reject };

/**
 * What is new among the events, each once, the oldest first. An id counts as seen only once it was verified: who sends
 * nonsense under the id of a post hides nothing.
 */
export function prefilter(
  received: readonly Received[],
  { takes, account }: Interest,
  {
    seen,
    delivered,
    now,
  }: { readonly seen: ReadonlySet<string>; readonly delivered: readonly Delivered[]; readonly now: number },
): Outcome[] {
  const authors = new Map(delivered.map(({ id, author }) => [id, author]));
  const known = new Set(seen);
  const outcomes: Outcome[] = [];
  for (const { event: raw, relay } of oldestFirst(received)) {
    const { id, kind } = claimsOf(raw);
    if (known.has(markOf(id)) || (kind !== 5 && !takes(raw))) continue;
    const event = readEvent(raw, now);
    const mark = 'fault' in event ? markOf(raw) : markOf(event.id);
    if (known.has(mark)) continue;
    known.add(mark);
    if ('fault' in event) outcomes.push({ kind: 'reject', mark, reject: rejected(event.fault, { id, relay }) });
    else if (event.kind === 5) {
      const ids = tagValues(event, 'e').filter((one) => authors.get(one) === markOf(event.pubkey));
      if (ids.length > 0) outcomes.push({ kind: 'deletion', mark, ids });
    } else if (event.pubkey !== account && !isExpired(event, now)) {
      authors.set(event.id, markOf(event.pubkey));
      outcomes.push({ kind: 'note', mark, event, relay });
    }
  }
  return outcomes;
}

function oldestFirst(received: readonly Received[]): Received[] {
  return received
    .map((one) => ({ one, at: claimsOf(one.event).created_at }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

function rejected(reason: string, { id, relay }: { readonly id: string; readonly relay: string }): Reject {
  return { position: `${withoutSecrets(relay)} event ${storable(id)}`, reason, excerpt: storable(id) };
}

interface Around {
  readonly place: Pick<Place, 'seen' | 'delivered' | 'relays'>;
  readonly profiles: Profiles;
  /** Public key of the bot. */
  readonly account: string | undefined;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** What outcomes are to the bot, and the place behind them. */
export async function pageOf(
  outcomes: readonly Outcome[],
  { place, profiles, account, now, signal }: Around,
): Promise<Omit<Page, 'cursor'> & { readonly place: Place }> {
  const notes = outcomes.filter((outcome) => outcome.kind === 'note');
  const said = await profiles.of(
    notes.map(({ event }) => event.pubkey),
    signal,
  );
  signal.throwIfAborted();
  const posts = notes.map(({ event, relay }) =>
    toPost(event, { relay, profile: said.get(event.pubkey), account, now }),
  );
  const deleted = outcomes.flatMap((outcome) => (outcome.kind === 'deletion' ? outcome.ids : []));
  const delivered = notes.map(({ event }) => ({ id: event.id, author: markOf(event.pubkey) }));
  return {
    posts,
    changes: deleted.map((id): Change => ({ kind: 'delete', key: keyOf(id) })),
    rejects: outcomes.flatMap((outcome) => (outcome.kind === 'reject' ? [outcome.reject] : [])),
    place: {
      relays: place.relays,
      seen: [...place.seen, ...outcomes.map(({ mark }) => mark)],
      delivered: [...place.delivered, ...delivered].filter(({ id }) => !deleted.includes(id)),
    },
  };
}
