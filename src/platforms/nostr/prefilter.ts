import type { VerifiedEvent } from 'nostr-tools/core';
import type { Change, Page, Reject } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import { withoutSecrets } from '../../net/guarded-fetch.ts';
import type { Delivered, Position } from './cursor.ts';
import { claimsOf, fingerprintOf, isExpired, readEvent, tagValues } from './event.ts';
import type { Interest } from './interest.ts';
import type { Profiles } from './profiles.ts';
import type { Received } from './catch-up.ts';
import { keyOf, toPost } from './to-post.ts';

/** What an event means to the feed. */
export type Outcome =
  | { readonly kind: 'note'; readonly fingerprint: string; readonly event: VerifiedEvent; readonly relay: string }
  /** `ids`: delivered posts that their author has deleted. */
  | { readonly kind: 'deletion'; readonly fingerprint: string; readonly ids: readonly string[] }
  | { readonly kind: 'reject'; readonly fingerprint: string; readonly reject: Reject };

/**
 * Returns the new events, each once, the oldest first. An id counts as seen only after its event was verified, so nonsense sent under the id
 * of a post does not hide that post.
 */
export function prefilter(
  received: readonly Received[],
  { matches, account }: Interest,
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
    if (known.has(fingerprintOf(id)) || (kind !== 5 && !matches(raw))) continue;
    const event = readEvent(raw, now);
    const fingerprint = fingerprintOf('fault' in event ? raw : event.id);
    if (known.has(fingerprint)) continue;
    known.add(fingerprint);
    if ('fault' in event) outcomes.push({ kind: 'reject', fingerprint, reject: rejected(event.fault, { id, relay }) });
    else if (event.kind === 5) {
      const ids = tagValues(event, 'e').filter((one) => authors.get(one) === fingerprintOf(event.pubkey));
      if (ids.length > 0) outcomes.push({ kind: 'deletion', fingerprint, ids });
    } else if (event.pubkey !== account && !isExpired(event, now)) {
      authors.set(event.id, fingerprintOf(event.pubkey));
      outcomes.push({ kind: 'note', fingerprint, event, relay });
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

interface PageOptions {
  readonly position: Pick<Position, 'seen' | 'delivered' | 'relays'>;
  readonly profiles: Profiles;
  /** Public key of the bot. */
  readonly account: string | undefined;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Turns outcomes into a page, with the position behind them. */
export async function pageOf(
  outcomes: readonly Outcome[],
  { position, profiles, account, now, signal }: PageOptions,
): Promise<Omit<Page, 'cursor'> & { readonly position: Position }> {
  const notes = outcomes.filter((outcome) => outcome.kind === 'note');
  const profileOf = await profiles.of(
    notes.map(({ event }) => event.pubkey),
    signal,
  );
  signal.throwIfAborted();
  const posts = notes.map(({ event, relay }) =>
    toPost(event, { relay, profile: profileOf.get(event.pubkey), account, now }),
  );
  const deleted = outcomes.flatMap((outcome) => (outcome.kind === 'deletion' ? outcome.ids : []));
  const delivered = notes.map(({ event }) => ({ id: event.id, author: fingerprintOf(event.pubkey) }));
  return {
    posts,
    changes: deleted.map((id): Change => ({ kind: 'delete', key: keyOf(id) })),
    rejects: outcomes.flatMap((outcome) => (outcome.kind === 'reject' ? [outcome.reject] : [])),
    position: {
      relays: position.relays,
      seen: [...position.seen, ...outcomes.map(({ fingerprint }) => fingerprint)],
      delivered: [...position.delivered, ...delivered].filter(({ id }) => !deleted.includes(id)),
    },
  };
}
