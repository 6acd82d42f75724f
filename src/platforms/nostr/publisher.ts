import type { VerifiedEvent } from 'nostr-tools/core';
import { finalizeEvent } from 'nostr-tools/pure';
import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import type { Payload, Published } from '../../core/reply.ts';
import { throwIfStopping } from '../../net/never-sent.ts';
import type { DriverContext, Publisher } from '../platform.ts';
import type { NostrPublisher } from './config.ts';
import { type KeyPair, keyPairOf, readEvent, tagValues } from './event.ts';
import { type Answer, closeAll, Relay } from './relay.ts';
import { relayInfo } from './relay-info.ts';
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

  /** A note of the account that answers this one: its plan had another time, so it has another id. */
  async function lostReplyTo(parent: string, signal: AbortSignal): Promise<Published | 'absent' | 'cannot-tell'> {
    const filter = { kinds: [note], authors: [keys.public], '#e': [parent] };
    const now = clock.now();
    const answers = await Promise.allSettled(relays.map((relay) => relay.query(filter, signal)));
    const events = answers.flatMap((answer) => (answer.status === 'fulfilled' ? verified(answer.value, now) : []));
    const replies = events.filter((event) => event.pubkey === keys.public && parentOf(event) === parent);
    for (const reply of replies) {
      const held = await heldBy(reply.id, keys.public, { relays, now, signal });
      if (held.every(({ deleted }) => !deleted)) return publishedAs(reply);
    }
    const isComplete = answers.every(
      (answer) => answer.status === 'fulfilled' && verified(answer.value, now).length === answer.value.length,
    );
    return isComplete ? 'absent' : 'cannot-tell';
  }

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
    async find(payload, signal, lost) {
      const event = replyEvent(payload, keys);
      const held = await heldBy(event.id, keys.public, { relays, now: clock.now(), signal });
      if (held.some(({ event: found, deleted }) => found && !deleted)) return publishedAs(event);
      if (held.some(({ fault }) => fault !== undefined)) return 'cannot-tell';
      return lost?.anyWords === true && !payload.alone ? await lostReplyTo(payload.replyTo.id, signal) : 'absent';
    },
    async withdraw({ id }, signal) {
      signal.throwIfAborted();
      for (const answer of await offer(deletionEvent(id, keys, clock.now()), relays, signal))
        if (answer.kind !== 'accepted')
          notices.warn(`${answer.relay} has not accepted the deletion of a reply: ${answer.reason}`);
    },
    [Symbol.asyncDispose]: () => closeAll(relays),
  };
}

const note = 1;
const deletion = 5;

/** The event's id depends on the payload alone, so a repeat is the same event. */
function replyEvent({ createdAt, text, language, alone, replyTo, warning }: Payload, keys: KeyPair): VerifiedEvent {
  const code = language === null ? undefined : /^[a-z]{2}(?=$|-)/i.exec(language)?.[0].toLowerCase();
  const tags = [
    ...(alone ? [] : threadTags(replyTo)),
    // NIP-36
    ...(warning === undefined ? [] : [['content-warning', warning]]),
    // NIP-32
    ...(code === undefined
      ? []
      : [
          ['L', 'ISO-639-1'],
          ['l', code, 'ISO-639-1'],
        ]),
  ];
  return finalizeEvent({ kind: note, created_at: Math.floor(createdAt / 1000), tags, content: text }, keys.secret);
}

/** NIP-10: root and parent with their markers, and a p tag for the author alone, not for everybody in the thread. */
function threadTags({ id, thread, authorId, native }: Payload['replyTo']): string[][] {
  const hint = native?.['relay'] ?? '';
  const author = authorId === undefined ? [] : [authorId];
  const parent = (marker: string) => ['e', id, hint, marker, ...author];
  const marked = thread === id ? [parent('root')] : [['e', thread, hint, 'root'], parent('reply')];
  return [...marked, ...author.map((key) => ['p', key])];
}

/** The note that an event answers, by the markers of NIP-10. */
function parentOf({ tags }: VerifiedEvent): string | undefined {
  const marked = (marker: string) => tags.find(([name, , , role]) => name === 'e' && role === marker)?.[1];
  return marked('reply') ?? marked('root');
}

/** A deletion request (NIP-09). `now` in milliseconds. */
function deletionEvent(id: string, keys: KeyPair, now: number): VerifiedEvent {
  const tags = [
    ['e', id],
    ['k', String(note)],
  ];
  return finalizeEvent({ kind: deletion, created_at: Math.floor(now / 1000), tags, content: '' }, keys.secret);
}

/** `relay`: its name. */
type Offered = Answer & { readonly relay: string };

/**
 * Sends to all relays at once. A relay that has not answered `graceMs` after the first acceptance counts as silent. Errors: see `failureOf`, if
 * none accepts it.
 */
async function offer(event: VerifiedEvent, relays: readonly Relay[], signal: AbortSignal): Promise<Offered[]> {
  const tooLate = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const until = AbortSignal.any([signal, tooLate.signal]);
  const answers = await Promise.all(
    relays.map(async (relay) => {
      const answer = await relay.publish(event, until);
      if (answer.kind === 'accepted') timer ??= setTimeout(() => tooLate.abort(new Error('too late')), graceMs);
      return { ...answer, relay: relay.name };
    }),
  );
  clearTimeout(timer);
  if (!answers.some(({ kind }) => kind === 'accepted')) throw failureOf(answers);
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
        if (found === undefined && events.length > 0) throw new Error(`${relay.name}: an event cannot be read`);
        const by = author ?? found?.pubkey;
        const filter = by !== undefined && { kinds: [deletion], authors: [by], '#e': [id] };
        const deletions = filter ? await relay.query(filter, signal) : [];
        const deleted = verified(deletions, now).some(
          (event) => event.kind === deletion && event.pubkey === by && tagValues(event, 'e').includes(id),
        );
        return { event: found !== undefined, deleted };
      } catch (error) {
        return { event: false, deleted: false, fault: messageOf(error) };
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

/** The error when no relay has accepted a reply. Only silence leaves the outcome unknown, and only a refusal by all is one. */
function failureOf(answers: readonly Offered[]): Error {
  const failures = answers.filter((answer) => answer.kind !== 'accepted');
  const message = `no relay accepted it (${failures.map(({ relay, reason }) => `${relay}: ${reason}`).join('; ')})`;
  if (failures.some(({ kind }) => kind === 'silent')) return new Error(message);
  if (failures.every(({ meaning }) => meaning === 'refused')) return new PermanentError(message, { answered: true });
  const waits = failures.flatMap(({ waitMs }) => waitMs ?? []);
  if (waits.length > 0) return new RetryLater(message, Math.min(...waits), { answered: true });
  const trouble = failures.some(({ meaning }) => meaning === 'account') ? 'login' : 'passing';
  return new RetryLater(message, retryMs, { trouble, answered: true });
}
