import type { Change, Page } from '../../core/post.ts';
import type { Place } from './cursor.ts';
import { markOf } from './event.ts';
import type { Profiles } from './profiles.ts';
import type { Outcome } from './sift.ts';
import { keyOf, toPost } from './to-post.ts';

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
