import type { VerifiedEvent } from 'nostr-tools/core';
import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import type { Payload, Published } from '../../core/reply.ts';
import { throwIfStopping } from '../../net/never-sent.ts';
import type { DriverContext, Publisher } from '../platform.ts';
import type { NostrPublisher } from './config.ts';
import { keyPairOf, readEvent, tagValues } from './event.ts';
import { type Answer, closeAll, isRateLimit, Relay } from './relay.ts';
import { relayInfo } from './relay-info.ts';
import { deletionEvent, replyEvent } from './reply-event.ts';
import { webPage } from './to-post.ts';

const retryMs = 60_000;
/** How long the other relays may take after the first has accepted. */
const graceMs = 3000;

export async function openPublisher(
  config: NostrPublisher,
  { clock, fetch, notices }: DriverContext,
): Promise<Publisher & AsyncDisposable> {
  const keys = keyPairOf(config.key);
  const relays = config.relays.map((url) => new Relay(url));
  const infos = await Promise.all(relays.map(({ url }) => relayInfo(url, fetch, new AbortController().signal)));
  const lengths = infos.flatMap(({ limits }) => limits.max_content_length ?? []);
  const [first = ''] = config.relays;
  const publishedAs = (event: VerifiedEvent): Published => ({ id: event.id, url: webPage(event, first) });

  return {
    // NIP-11 counts characters.
    limits: { maxLength: Math.min(config.maxLength, ...lengths), length: (text) => Array.from(text).length },
    repeat: 'harmless',
    self: keys.public,
    async publish(payload, signal) {
      throwIfStopping(signal);
      if (!payload.alone) await checkParent(payload, relays, clock.now(), signal);
      const event = replyEvent(payload, keys);
      await offer(event, relays, signal);
      return publishedAs(event);
    },
    async find(payload, signal) {
      const event = replyEvent(payload, keys);
      const held = await heldBy(event.id, keys.public, { relays, now: clock.now(), signal });
      if (held.some(({ event: found, deleted }) => found && !deleted)) return publishedAs(event);
      return held.every(({ answered }) => answered) ? 'absent' : 'cannot-tell';
    },
    async withdraw({ id }, signal) {
      signal.throwIfAborted();
      const answers = await offer(deletionEvent(id, keys, clock.now()), relays, signal);
      for (const [index, answer] of answers.entries()) {
        if (answer.kind !== 'accepted')
          notices.warn(`${relays[index]?.name} has not accepted the deletion of a reply: ${answer.reason}`);
      }
    },
    [Symbol.asyncDispose]: () => closeAll(relays),
  };
}

/**
 * Sends to all relays at once. A relay that has not answered `graceMs` after the first acceptance counts as silent. Errors: see `failureOf`, if
 * none accepts it.
 */
async function offer(event: VerifiedEvent, relays: readonly Relay[], signal: AbortSignal): Promise<Answer[]> {
  const tooLate = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const until = AbortSignal.any([signal, tooLate.signal]);
  const answers = await Promise.all(
    relays.map(async (relay) => {
      const answer = await relay.publish(event, until);
      if (answer.kind === 'accepted') timer ??= setTimeout(() => tooLate.abort(new Error('too late')), graceMs);
      return answer;
    }),
  );
  clearTimeout(timer);
  if (!answers.some(({ kind }) => kind === 'accepted')) throw failureOf(answers, relays);
  return answers;
}

/** Checks that the parent still exists. Errors: PermanentError if it is deleted; RetryLater if no relay could tell. */
async function checkParent(
  { replyTo: { id, authorId, native } }: Payload,
  own: readonly Relay[],
  now: number,
  signal: AbortSignal,
): Promise<void> {
  // The relay where it was read need not be one that replies go to.
  const origin = native?.['relay'];
  await using other = origin !== undefined && own.every(({ url }) => url !== origin) ? new Relay(origin) : undefined;
  const held = await heldBy(id, authorId, { relays: other ? [...own, other] : own, now, signal });
  throwIfStopping(signal);
  if (held.some(({ deleted }) => deleted)) throw new PermanentError('the author has deleted the parent post');
  if (held.some(({ event }) => event)) return;
  if (held.every(({ answered }) => answered))
    throw new PermanentError('no relay has the parent post: it was deleted, or the relays dropped it');
  throw new RetryLater(`no relay could tell whether the parent post still exists: ${reasonsOf(held)}`, retryMs);
}

interface Holding {
  readonly answered: boolean;
  readonly reason: string;
  /** The relay has the event. */
  readonly event: boolean;
  /** The relay has a deletion of it by its author. */
  readonly deleted: boolean;
}

/** Asks each relay for an event and its deletion. */
async function heldBy(
  id: string,
  author: string | undefined,
  { relays, now, signal }: { readonly relays: readonly Relay[]; readonly now: number; readonly signal: AbortSignal },
): Promise<Holding[]> {
  return await Promise.all(
    relays.map(async (relay): Promise<Holding> => {
      try {
        const events = await relay.query({ ids: [id], limit: 1 }, signal);
        const found = verified(events, now).find((event) => event.id === id);
        const by = author ?? found?.pubkey;
        const deletions = by === undefined ? [] : await relay.query({ kinds: [5], authors: [by], '#e': [id] }, signal);
        const deleted = verified(deletions, now).some(
          (event) => event.kind === 5 && event.pubkey === by && tagValues(event, 'e').includes(id),
        );
        return { answered: true, reason: '', event: found !== undefined, deleted };
      } catch (error) {
        return { answered: false, reason: messageOf(error), event: false, deleted: false };
      }
    }),
  );
}

function verified(events: readonly unknown[], now: number): VerifiedEvent[] {
  return events.flatMap((received) => {
    const event = readEvent(received, now);
    return 'fault' in event ? [] : [event];
  });
}

function reasonsOf(held: readonly Holding[]): string {
  return held.flatMap(({ answered, reason }) => (answered ? [] : [reason])).join('; ');
}

/** The error when no relay has accepted a reply. Only silence leaves the outcome unknown. */
function failureOf(answers: readonly Answer[], relays: readonly Relay[]): Error {
  const reasons = answers.flatMap((answer, index) => {
    return answer.kind === 'accepted' ? [] : [`${relays[index]?.name}: ${answer.reason}`];
  });
  const message = `no relay accepted it (${reasons.join('; ')})`;
  if (answers.some(({ kind }) => kind === 'silent')) return new Error(message);
  const waits = answers.flatMap((answer) => {
    if (answer.kind === 'unreachable') return [answer.waitMs ?? retryMs];
    return answer.kind === 'refused' && isRateLimit(answer.reason) ? [retryMs] : [];
  });
  return waits.length > 0 ? new RetryLater(message, Math.min(...waits)) : new PermanentError(message);
}
