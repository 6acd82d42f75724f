import type { VerifiedEvent } from 'nostr-tools/core';
import type { Change, Page, Reject } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import { withoutSecrets } from '../../net/guarded-fetch.ts';
import type { Memory } from './cursor.ts';
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
  { seen, delivered }: Memory,
  now: number,
): Outcome[] {
  const authors = new Map(delivered.map(({ id, author }) => [id, author]));
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
      const ids = tagValues(event, 'e').filter((one) => authors.get(one) === fingerprintOf(event.pubkey));
      if (ids.length > 0) outcomes.push({ kind: 'deletion', fingerprint, ids });
    } else if (event.pubkey !== account && !isExpired(event, now)) {
      authors.set(event.id, fingerprintOf(event.pubkey));
      outcomes.push({ kind: 'note', fingerprint, event, relay });
    }
  }
  return outcomes;
}

function rejected(reason: string, id: string, relay: string): Reject {
  return { position: `${withoutSecrets(relay)} event ${storable(id)}`, reason, excerpt: storable(id) };
}

interface PageOptions {
  readonly memory: Memory;
  readonly profiles: Profiles;
  readonly interest: Interest;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Turns outcomes into a page, with what to remember of them. */
export async function pageOf(
  outcomes: readonly Outcome[],
  { memory, profiles, interest: { account }, now, signal }: PageOptions,
): Promise<{ readonly content: Omit<Page, 'cursor'>; readonly memory: Memory }> {
  const notes = outcomes.filter((outcome) => outcome.kind === 'note');
  const accounts = notes.map(({ event }) => event.pubkey);
  const profileOf = await profiles(accounts, signal);
  signal.throwIfAborted();
  const deleted = outcomes.flatMap((outcome) => (outcome.kind === 'deletion' ? outcome.ids : []));
  const delivered = notes.map(({ event }) => ({ id: event.id, author: fingerprintOf(event.pubkey) }));
  return {
    content: {
      posts: notes.map(({ event, relay }) =>
        toPost(event, { relay, profile: profileOf.get(event.pubkey), account, now }),
      ),
      changes: deleted.map((id): Change => ({ kind: 'delete', key: keyOf(id) })),
      rejects: outcomes.flatMap((outcome) => (outcome.kind === 'reject' ? [outcome.reject] : [])),
    },
    memory: {
      seen: [...memory.seen, ...outcomes.map(({ fingerprint }) => fingerprint)],
      delivered: [...memory.delivered, ...delivered].filter(({ id }) => !deleted.includes(id)),
    },
  };
}
