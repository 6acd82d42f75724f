import * as nip19 from 'nostr-tools/nip19';
import { verifyEvent } from 'nostr-tools/pure';
import { describe, expect, test } from 'vitest';
import { PermanentError, RetryLater } from '../../../src/core/errors.ts';
import type { Payload } from '../../../src/core/reply.ts';
import { NostrPublisher } from '../../../src/platforms/nostr/config.ts';
import { driver } from '../../../src/platforms/nostr/driver.ts';
import { cutContract } from '../../contract/cut.ts';
import { newPayload, publisherContract } from '../../contract/publisher.ts';
import { answering, startScriptedRelay } from '../../servers/nostr-script.ts';
import { type NostrServer, startNostrRelay } from '../../servers/nostr.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { startProxy } from '../../support/proxy.ts';
import { ada, bot, deletion, newPerson, note, profile, secretOf } from './events.ts';

const { signal } = new AbortController();

async function openWriter(relays: readonly { url: string; allow?: string }[], key = bot.hex, maxLength = 1000) {
  const context = await openTestContext(relays.flatMap(({ allow }) => allow ?? []));
  const parsed = NostrPublisher.parse({ relays: relays.map(({ url }) => url), key: { env: 'NOSTR_KEY' }, maxLength });
  const config = { ...parsed, key: secretOf(key) };
  const open = () => driver.openPublisher!(config, context);
  const publisher = await open();
  return {
    context,
    open,
    publisher,
    check: () => driver.checkPublisher!(config, context),
    publish: (payload: Payload) => publisher.publish(payload, signal),
    async failure(payload: Payload): Promise<unknown> {
      return await publisher.publish(payload, signal).then(
        () => expect.unreachable('it should have failed'),
        (error: unknown) => error,
      );
    },
    async [Symbol.asyncDispose]() {
      await publisher[Symbol.asyncDispose]();
      await context[Symbol.asyncDispose]();
    },
  };
}

/** A payload that answers this note. */
function answerTo(
  event: { id: string; pubkey: string },
  changes: Partial<Payload['replyTo']> = {},
  more: Partial<Payload> = {},
) {
  const payload = newPayload(more);
  const about = { id: event.id, platform: 'nostr', key: `nostr:${event.id}`, thread: event.id, authorId: event.pubkey };
  return { ...payload, replyTo: { ...payload.replyTo, ...about, ...changes } };
}

const repliesAt = (relay: NostrServer) =>
  relay.store.events.filter(({ kind, pubkey }) => kind === 1 && pubkey === bot.key);

cutContract('nostr', async () => {
  const relay = await startNostrRelay();
  const proxy = await startProxy(relay.port);
  const writer = await openWriter([{ url: `ws://127.0.0.1:${proxy.port}/` }]);
  return {
    proxy,
    open: writer.open,
    copies: ({ text }) => Promise.resolve(repliesAt(relay).filter(({ content }) => content === text).length),
    async answering(payload) {
      const parent = note('#cablegate', { by: newPerson() });
      await relay.bring(parent);
      return { ...payload, replyTo: answerTo(parent).replyTo };
    },
    async [Symbol.asyncDispose]() {
      await writer[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await relay[Symbol.asyncDispose]();
    },
  };
});

publisherContract('nostr', async () => {
  const relays = [await startNostrRelay(), await startNostrRelay()] as const;
  const writer = await openWriter(relays);
  await relays[0].bring(profile(bot, { name: 'pilcrow', bot: true }));
  return {
    open: writer.open,
    check: writer.check,
    // On each relay: more than one there would be a second reply.
    async copies({ text, replyTo }) {
      const counts = relays.map((relay) => {
        const same = repliesAt(relay).filter(
          ({ content, tags }) => content === text && tags.some(([, id]) => id === replyTo.id),
        );
        return same.length;
      });
      return Math.max(...counts);
    },
    async answering(payload) {
      const event = note(`about ${payload.key}`);
      await relays[1].bring(event);
      return { ...payload, replyTo: answerTo(event).replyTo };
    },
    async [Symbol.asyncDispose]() {
      await writer[Symbol.asyncDispose]();
      for (const relay of relays) await relay[Symbol.asyncDispose]();
    },
  };
});

describe('a reply', () => {
  test('is in the thread, mentions the author alone, and carries warning and language', async () => {
    await using relay = await startNostrRelay();
    const parent = note('parent', { tags: [['p', newPerson().key]] });
    await relay.bring(parent);
    await using writer = await openWriter([relay]);
    const { native, thread } = { native: { relay: relay.url }, thread: note('root').id };
    const payload = answerTo(parent, { thread, native }, { language: 'de-AT', warning: 'politics' });
    const published = await writer.publish(payload);
    const [reply] = repliesAt(relay);
    expect(reply).toMatchObject({
      id: published.id,
      content: payload.text,
      created_at: Math.floor(payload.createdAt / 1000),
      tags: [
        ['e', thread, relay.url, 'root'],
        ['e', parent.id, relay.url, 'reply', ada.key],
        ['p', ada.key],
        ['content-warning', 'politics'],
        ['L', 'ISO-639-1'],
        ['l', 'de', 'ISO-639-1'],
      ],
    });
    expect(verifyEvent(reply as never)).toBe(true);
    const page = nip19.decode(published.url?.replace('https://njump.me/', '') ?? '');
    expect(page).toMatchObject({ type: 'nevent', data: { id: published.id, author: bot.key, relays: [relay.url] } });
  });

  test('to the first post of a thread names it as the root', async () => {
    await using relay = await startNostrRelay();
    const parent = note('parent');
    await relay.bring(parent);
    await using writer = await openWriter([relay]);
    await writer.publish(answerTo(parent));
    expect(repliesAt(relay)[0]?.tags.slice(0, 2)).toEqual([
      ['e', parent.id, '', 'root', ada.key],
      ['p', ada.key],
    ]);
  });

  test('without a parent refers to nobody and needs no parent post', async () => {
    await using relay = await startNostrRelay();
    await using writer = await openWriter([relay]);
    await writer.publish(newPayload({ alone: true, language: null }));
    expect(repliesAt(relay)).toMatchObject([{ tags: [] }]);
  });

  test('is the same event in every process, by nsec or hexadecimal key', async () => {
    await using relay = await startNostrRelay();
    const parent = note('parent');
    await relay.bring(parent);
    const payload = answerTo(parent);
    const ids = [];
    for (const key of [bot.hex, nip19.nsecEncode(bot.secret), ` ${bot.hex.toUpperCase()}\n`]) {
      await using writer = await openWriter([relay], key);
      expect(writer.publisher).toMatchObject({ self: bot.key, repeat: 'harmless' });
      ids.push((await writer.publish(payload)).id);
    }
    expect(new Set(ids).size).toBe(1);
    expect(repliesAt(relay)).toHaveLength(1);
  });

  test('goes to every relay, and one that is down does no harm', async () => {
    await using one = await startNostrRelay();
    await using two = await startNostrRelay();
    await using down = await startNostrRelay();
    const parent = note('parent');
    await two.bring(parent);
    await using writer = await openWriter([down, one, two]);
    await down.stop();
    const payload = answerTo(parent);
    const published = await writer.publish(payload);
    expect([repliesAt(one), repliesAt(two)]).toMatchObject([[{ id: published.id }], [{ id: published.id }]]);
    expect(await writer.publisher.find(payload, signal)).toEqual(published);
  });
});

describe('the parent post', () => {
  test('is missing: refused, and nothing is sent', async () => {
    await using relay = await startNostrRelay();
    await using writer = await openWriter([relay]);
    expect(await writer.failure(answerTo(note('never seen')))).toMatchObject({
      name: 'PermanentError',
      message: expect.stringContaining('no relay has the parent post'),
    });
    expect(repliesAt(relay)).toEqual([]);
  });

  test('was deleted by its author at one relay, though another still has it: refused', async () => {
    await using one = await startNostrRelay();
    await using two = await startNostrRelay();
    const parent = note('parent');
    for (const relay of [one, two]) await relay.bring(parent);
    await two.bring(deletion(parent, ada));
    await using writer = await openWriter([one, two]);
    expect(await writer.failure(answerTo(parent))).toMatchObject({
      name: 'PermanentError',
      message: 'the author has deleted the parent post',
    });
  });

  test('is answered although somebody else asked for its deletion', async () => {
    await using relay = await startNostrRelay();
    const parent = note('parent');
    await relay.bring(parent);
    relay.store.upsert(deletion(parent, newPerson()));
    await using writer = await openWriter([relay]);
    await writer.publish(answerTo(parent));
    expect(repliesAt(relay)).toHaveLength(1);
  });

  test('is looked up at the relay where it was read as well', async () => {
    await using own = await startNostrRelay();
    await using origin = await startNostrRelay();
    const parent = note('parent');
    await origin.bring(parent);
    await using writer = await openWriter([own]);
    await writer.publish(answerTo(parent, { native: { relay: origin.url } }));
    expect(repliesAt(own)).toHaveLength(1);
  });

  test('cannot be looked up, because no relay is up: tried later, and nothing is sent', async () => {
    await using relay = await startNostrRelay();
    const parent = note('parent');
    await relay.bring(parent);
    await using writer = await openWriter([relay]);
    await relay.stop();
    expect(await writer.failure(answerTo(parent))).toBeInstanceOf(RetryLater);
    await relay.start();
    expect(repliesAt(relay)).toEqual([]);
  });
});

const parent = note('parent');

/** A relay that has the parent, and answers a published event with these words. */
const replying = (...words: unknown[]) =>
  startScriptedRelay((message, send, client) => {
    const [kind, event] = message;
    if (kind === 'EVENT') send(['OK', (event as { id: string }).id, ...words]);
    else answering([parent])(message, send, client);
  });

describe('the answers of the relays', () => {
  test('one that accepts is enough', async () => {
    await using no = await replying(false, 'blocked: no bots');
    await using yes = await replying(true, '');
    await using writer = await openWriter([no, yes]);
    expect(await writer.publish(answerTo(parent))).toMatchObject({ url: expect.any(String) });
  });

  test('a duplicate counts as published', async () => {
    await using relay = await replying(false, 'duplicate: have it');
    await using writer = await openWriter([relay]);
    await writer.publish(answerTo(parent));
  });

  test.each(['blocked: no bots', 'invalid: too old', 'pow: 20 bits needed'])(
    'all refuse with %j: a refusal, in the relay’s words',
    async (reason) => {
      await using one = await replying(false, reason);
      await using two = await replying(false, reason);
      await using writer = await openWriter([one, two]);
      const error = await writer.failure(answerTo(parent));
      expect(error).toBeInstanceOf(PermanentError);
      expect(String(error)).toContain(reason);
    },
  );

  test('a rate limit is waited for', async () => {
    await using one = await replying(false, 'blocked: no bots');
    await using two = await replying(false, 'rate-limited: slow down');
    await using writer = await openWriter([one, two]);
    expect(await writer.failure(answerTo(parent))).toMatchObject({ name: 'RetryLater', delayMs: 60_000 });
  });

  test('refused by those that are up, while another is down: later', async () => {
    await using no = await replying(false, 'blocked: no bots');
    await using down = await startNostrRelay();
    await using writer = await openWriter([no, down]);
    await down.stop();
    expect(await writer.failure(answerTo(parent))).toBeInstanceOf(RetryLater);
  });

  test('a connection that ends after the event was sent leaves the outcome unknown', async () => {
    await using relay = await startScriptedRelay((message, send, client) => {
      if (message[0] === 'EVENT') client.terminate();
      else answering([parent])(message, send, client);
    });
    await using writer = await openWriter([relay]);
    const error = await writer.failure(answerTo(parent));
    expect(error).not.toBeInstanceOf(RetryLater);
    expect(error).not.toBeInstanceOf(PermanentError);
  });

  test('silence leaves the outcome unknown, also when somebody else refuses', async () => {
    await using no = await replying(false, 'blocked: no bots');
    await using silent = await startScriptedRelay((message, send, client) => {
      if (message[0] === 'EVENT') stop.abort(new Error('no answer within 10 s'));
      else answering([parent])(message, send, client);
    });
    const stop = new AbortController();
    await using writer = await openWriter([no, silent]);
    const error: unknown = await writer.publisher
      .publish(answerTo(parent), stop.signal)
      .catch((reason: unknown) => reason);
    expect(error).not.toBeInstanceOf(RetryLater);
    expect(error).not.toBeInstanceOf(PermanentError);
    expect(String(error)).toContain('no answer came');
  });

  test('a lost answer: the reply is found afterwards, and exists once', async () => {
    await using relay = await startNostrRelay();
    await relay.bring(parent);
    await using proxy = await startProxy(relay.port);
    await using writer = await openWriter([{ url: `ws://127.0.0.1:${proxy.port}/` }]);
    const payload = answerTo(parent);
    // The relay stores the event, but the network fails before its answer arrives.
    const upsert = relay.store.upsert.bind(relay.store);
    relay.store.upsert = (event) => {
      proxy.become('black hole');
      setImmediate(() => proxy.reset());
      return upsert(event);
    };
    const error = await writer.failure(payload);
    expect(error instanceof RetryLater || error instanceof PermanentError).toBe(false);
    proxy.become('fair');
    expect(await writer.publisher.find(payload, signal)).toMatchObject({ id: repliesAt(relay)[0]?.id });
    relay.store.upsert = upsert;
    await writer.publish(payload);
    expect(repliesAt(relay)).toHaveLength(1);
  });
});

describe('looking for a reply', () => {
  test('it is absent only if every relay has answered', async () => {
    await using one = await startNostrRelay();
    await using two = await startNostrRelay();
    await using writer = await openWriter([one, two]);
    expect(await writer.publisher.find(answerTo(parent), signal)).toBe('absent');
    await two.stop();
    expect(await writer.publisher.find(answerTo(parent), signal)).toBe('cannot-tell');
  });

  test('a withdrawn reply is absent, even at a relay that stores it beside the deletion', async () => {
    await using relay = await startNostrRelay();
    await relay.bring(parent);
    relay.store.deleteByDeletionRequest = async (event) => void relay.store.upsert(event);
    await using writer = await openWriter([relay]);
    const payload = answerTo(parent);
    await writer.publisher.withdraw(await writer.publish(payload), signal);
    expect(repliesAt(relay)).toHaveLength(1);
    expect(await writer.publisher.find(payload, signal)).toBe('absent');
  });

  test('a withdrawal that one relay does not accept is reported; one that none accepts is tried again', async () => {
    await using one = await startNostrRelay();
    await using two = await startNostrRelay();
    await one.bring(parent);
    await using writer = await openWriter([one, two]);
    const published = await writer.publish(answerTo(parent));
    await two.stop();
    await writer.publisher.withdraw(published, signal);
    expect(writer.context.warnings).toEqual([expect.stringContaining('has not accepted the deletion of a reply')]);
    await one.stop();
    await expect(writer.publisher.withdraw(published, signal)).rejects.toThrow('no relay accepted it');
  });
});

describe('limits', () => {
  test('are those of the relay that allows the least (NIP-11), in characters', async () => {
    await using one = await startNostrRelay({ limitation: { max_content_length: 280 } });
    await using two = await startNostrRelay({ limitation: { max_content_length: 'many' } });
    await using writer = await openWriter([one, two]);
    expect(writer.publisher.limits.maxLength).toBe(280);
    expect(writer.publisher.limits.length('¶🗞️')).toBe(3);
  });
});

describe('the check', () => {
  test('reports a profile without the bot flag, and what relays require of writers', async () => {
    const limitation = { payment_required: true, restricted_writes: true, min_pow_difficulty: 20 };
    await using relay = await startNostrRelay({ limitation });
    await relay.bring(profile(bot, { name: 'pilcrow' }));
    await using writer = await openWriter([relay]);
    const faults = await writer.check();
    for (const word of ['"bot": true', 'paying accounts', 'accounts that it knows', 'proof of work'])
      expect(faults).toContain(word);
  });

  test('reports a wrong clock', async () => {
    await using relay = await startNostrRelay();
    await relay.bring(profile(bot, { bot: true }));
    await using writer = await openWriter([relay]);
    const clock = { ...writer.context.clock, now: () => Date.now() + 600_000 };
    const config = { ...NostrPublisher.parse({ relays: [relay.url], key: { env: 'K' } }), key: secretOf(bot.hex) };
    expect(await driver.checkPublisher!(config, { ...writer.context, clock })).toMatch(
      /this clock is (599|600|601) s ahead of/,
    );
  });

  test.each(['nsec1wrong', 'abc', nip19.npubEncode(bot.key), ''])(
    'says that %j is not a secret key, and never quotes one',
    async (key) => {
      await using context = await openTestContext();
      const config = {
        ...NostrPublisher.parse({ relays: ['ws://127.0.0.1:9'], key: { env: 'K' } }),
        key: secretOf(key),
      };
      const fault = await driver.checkPublisher!(config, context);
      expect(fault).toBe('the secret key cannot be read: expected nsec1… or 64 hexadecimal digits');
    },
  );
});
