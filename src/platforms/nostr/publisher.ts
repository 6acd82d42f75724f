import type { VerifiedEvent } from 'nostr-tools/core';
import { finalizeEvent } from 'nostr-tools/pure';
import type { Payload, Published } from '../../core/reply.ts';
import { throwIfStopping } from '../../net/never-sent.ts';
import type { DriverContext, Publisher } from '../platform.ts';
import type { NostrPublisher } from './config.ts';
import { type KeyPair, keyPairOf } from './event.ts';
import { type Asked, checkParent, heldBy, verified } from './holdings.ts';
import { offer, openBeside } from './offers.ts';
import { closeAll, openRelays, Relay } from './relay.ts';
import { relayInfo } from './relay-info.ts';
import { kinds, threadOf, readKinds, threadTags } from './thread.ts';
import { relaysIn, webPage } from './to-post.ts';

export async function openPublisher(
  config: NostrPublisher,
  context: DriverContext,
): Promise<Publisher & AsyncDisposable> {
  const { clock, fetch, notices } = context;
  const keys = keyPairOf(config.key);
  const relays = openRelays(config, context);
  const offerBeside = openBeside(relays, context);
  const infos = await Promise.all(relays.map(({ url }) => relayInfo(url, fetch, new AbortController().signal)));
  const lengths = infos.flatMap(({ limits }) => limits.max_content_length ?? []);
  const [first = ''] = config.relays;
  const publishedAs = (event: VerifiedEvent, others: readonly string[] = []): Published => {
    return { id: event.id, url: webPage(event, first, ...others) };
  };

  return {
    // NIP-11 counts characters.
    limits: { maxLength: Math.min(config.maxLength, ...lengths), length: (text) => Array.from(text).length },
    repeat: 'harmless',
    self: keys.public,
    async publish(payload, signal) {
      throwIfStopping(signal);
      await using origin = originOf(payload, config.relays, keys);
      const beside = origin === undefined ? [] : [origin];
      if (!payload.alone)
        await checkParent(payload.replyTo, { relays: [...relays, ...beside], now: clock.now(), signal });
      const event = replyEvent(payload, keys);
      const { native, authorId } = payload.replyTo;
      // NIP-70: it stays where its author keeps it.
      const isProtected = !payload.alone && native?.['protected'] !== undefined;
      const keepers = [...beside, ...relays].filter(({ url }) => url === native?.['relay']);
      await offer(event, isProtected ? keepers : relays, signal);
      if (isProtected || payload.alone === true) return publishedAs(event);
      return publishedAs(event, await offerBeside(event, { at: beside, reader: authorId }, signal));
    },
    async find(payload, signal, lost) {
      const event = replyEvent(payload, keys);
      await using origin = originOf(payload, config.relays, keys);
      const asked = origin === undefined ? relays : [...relays, origin];
      const held = await heldBy(event.id, keys.public, { relays: asked, now: clock.now(), signal });
      if (held.some(({ event: found, deleted, fault }) => found && !deleted && fault === undefined))
        return publishedAs(event);
      if (held.some(({ fault }) => fault !== undefined)) return 'cannot-tell';
      if (lost?.anyWords !== true || payload.alone === true) return 'absent';
      const answer = await answerTo(payload.replyTo.id, keys.public, { relays, now: clock.now(), signal });
      return typeof answer === 'string' ? answer : publishedAs(answer);
    },
    async withdraw({ id, url }, signal) {
      signal.throwIfAborted();
      const request = deletionEvent(id, keys, clock.now());
      for (const answer of await offer(request, relays, signal))
        if (answer.kind !== 'accepted')
          notices.warn(`${answer.relay} has not accepted the deletion of a reply: ${answer.reason}`);
      await offerBeside(request, { strangers: relaysIn(url) }, signal);
    },
    [Symbol.asyncDispose]: () => closeAll(relays),
  };
}

/** The relay where the parent was read, unless it is among those of the publisher. */
function originOf({ replyTo, alone }: Payload, own: readonly string[], keys: KeyPair): Relay | undefined {
  const url = alone === true ? undefined : replyTo.native?.['relay'];
  return url === undefined || own.includes(url) ? undefined : new Relay(url, { keys });
}

/** A note of the account that answers this one: its plan had another time, so it has another id. */
async function answerTo(
  parent: string,
  account: string,
  asked: Asked,
): Promise<VerifiedEvent | 'absent' | 'cannot-tell'> {
  const { relays, now, signal } = asked;
  const filter = { kinds: [...readKinds], authors: [account], '#e': [parent] };
  const answers = await Promise.allSettled(relays.map((relay) => relay.query(filter, signal)));
  const events = answers.flatMap((answer) => (answer.status === 'fulfilled' ? verified(answer.value, now) : []));
  const replies = events.filter((event) => event.pubkey === account && threadOf(event).parent?.id === parent);
  for (const reply of replies) {
    const held = await heldBy(reply.id, account, asked);
    if (held.every(({ deleted }) => !deleted)) return reply;
  }
  const isComplete = answers.every(
    (answer) => answer.status === 'fulfilled' && verified(answer.value, now).length === answer.value.length,
  );
  return isComplete ? 'absent' : 'cannot-tell';
}

/** The event's id depends on the payload alone, so a repeat is the same event. */
function replyEvent({ createdAt, text, language, alone, replyTo, warning }: Payload, keys: KeyPair): VerifiedEvent {
  const code = language === null ? undefined : /^[a-z]{2}(?=$|-)/i.exec(language)?.[0].toLowerCase();
  const { root, expiration, protected: isProtected } = (alone ? undefined : replyTo.native) ?? {};
  const tags = [
    ...(alone ? [] : threadTags(replyTo)),
    // NIP-36
    ...(warning === undefined ? [] : [['content-warning', warning]]),
    // NIP-40: a reply does not outlive what it answers.
    ...(expiration === undefined ? [] : [['expiration', expiration]]),
    // NIP-70
    ...(isProtected === undefined ? [] : [['-']]),
    // NIP-32
    ...(code === undefined
      ? []
      : [
          ['L', 'ISO-639-1'],
          ['l', code, 'ISO-639-1'],
        ]),
  ];
  const kind = root === undefined ? kinds.note : kinds.comment;
  return finalizeEvent({ kind, created_at: Math.floor(createdAt / 1000), tags, content: text }, keys.secret);
}

/** A deletion request (NIP-09). `now` in milliseconds. */
function deletionEvent(id: string, keys: KeyPair, now: number): VerifiedEvent {
  const tags = [['e', id], ...readKinds.map((kind) => ['k', String(kind)])];
  return finalizeEvent({ kind: kinds.deletion, created_at: Math.floor(now / 1000), tags, content: '' }, keys.secret);
}
