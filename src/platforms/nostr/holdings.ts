import type { VerifiedEvent } from 'nostr-tools/core';
import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import type { Payload } from '../../core/reply.ts';
import { throwIfStopping } from '../../net/never-sent.ts';
import { readEvent, tagValues } from './event.ts';
import type { Relay } from './relay.ts';
import { kinds } from './thread.ts';

const retryMs = 60_000;

/** Whom to ask, and when. */
export interface Asked {
  readonly relays: readonly Relay[];
  /** Milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Checks that the parent still exists. Errors: PermanentError if it is deleted or has expired; RetryLater if no relay could tell. */
export async function checkParent({ id, authorId, native }: Payload['replyTo'], asked: Asked): Promise<void> {
  const { now, signal } = asked;
  if (Number(native?.['expiration'] ?? Infinity) * 1000 <= now) throw new PermanentError('the parent post has expired');
  const held = await heldBy(id, authorId, asked);
  throwIfStopping(signal);
  if (held.some(({ deleted }) => deleted)) throw new PermanentError('the author has deleted the parent post');
  if (held.some(({ event }) => event)) return;
  const faults = held.flatMap(({ fault }) => fault ?? []);
  if (faults.length === 0)
    throw new PermanentError('no relay has the parent post: it was deleted, or the relays dropped it');
  throw new RetryLater(`no relay could tell whether the parent post still exists: ${faults.join('; ')}`, retryMs);
}

/** Whether a relay has an event, and a deletion of it by its author. `fault`: why it gave no answer. */
interface Holding {
  readonly event: boolean;
  readonly deleted: boolean;
  readonly fault?: string;
}

/** Asks each relay for an event and its deletion. */
export async function heldBy(
  id: string,
  author: string | undefined,
  { relays, now, signal }: Asked,
): Promise<Holding[]> {
  return await Promise.all(
    relays.map(async (relay): Promise<Holding> => {
      let event = false;
      try {
        const events = await relay.query({ ids: [id], limit: 1 }, signal);
        const found = verified(events, now).find((one) => one.id === id);
        event = found !== undefined;
        if (!event && events.length > 0) throw new Error(`${relay.name}: an event cannot be read`);
        const by = author ?? found?.pubkey;
        const filter = by !== undefined && { kinds: [kinds.deletion], authors: [by], '#e': [id] };
        const deletions = filter ? await relay.query(filter, signal) : [];
        const deleted = verified(deletions, now).some(
          (one) => one.kind === kinds.deletion && one.pubkey === by && tagValues(one, 'e').includes(id),
        );
        return { event, deleted };
      } catch (error) {
        return { event, deleted: false, fault: messageOf(error) };
      }
    }),
  );
}

/** Those that can be read and are signed. */
export function verified(events: readonly unknown[], now: number): VerifiedEvent[] {
  return events.flatMap((received) => {
    const event = readEvent(received, now);
    return 'fault' in event ? [] : [event];
  });
}
