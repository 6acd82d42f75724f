import { describe, expect, test, vi } from 'vitest';
import type { Page } from '../../../src/core/post.ts';
import { NostrFeed } from '../../../src/platforms/nostr/config.ts';
import { driver } from '../../../src/platforms/nostr/driver.ts';
import { streamContract } from '../../contract/stream.ts';
import { startScriptedRelay } from '../../servers/nostr-script.ts';
import { type NostrServer, startNostrRelay } from '../../servers/nostr.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { ada, bot, deletion, newPerson, note, profile, secondsAgo } from './events.ts';
import { wait } from '../../support/wait.ts';

/** A stream of these relays that is listening; `next` waits for a page. */
async function openListener(relays: readonly { readonly url: string }[]) {
  const context = await openTestContext();
  const config = NostrFeed.parse({ relays: relays.map(({ url }) => url), account: bot.key });
  const stream = await driver.openStream!(config, context);
  const stop = new AbortController();
  const pages = stream.pages(undefined, stop.signal)[Symbol.asyncIterator]();
  let waiting: Promise<IteratorResult<Page>> | undefined = pages.next();
  waiting.catch(() => {});
  return {
    stop,
    next: async () => {
      const page = await (waiting ?? pages.next());
      waiting = undefined;
      return page.value as Page;
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('the test is over'));
      await (waiting ?? pages.next()).catch(() => {});
      await stream[Symbol.asyncDispose]();
      await context[Symbol.asyncDispose]();
    },
  };
}

async function subscribed(relay: NostrServer, times = 1): Promise<void> {
  const subscriptions = () => relay.asked.filter(([filter]) => filter?.['limit'] === 0).length;
  await vi.waitUntil(() => subscriptions() === times, wait);
}

streamContract('nostr', async () => {
  const relay = await startNostrRelay();
  const context = await openTestContext();
  const config = NostrFeed.parse({ relays: [relay.url] });
  let last = note('none');
  return {
    open: () => driver.openStream!(config, context),
    listening: (connections) => subscribed(relay, connections),
    write: (text) => relay.bring((last = note(text))),
    remove: () => relay.bring(deletion(last, ada)),
    drop: () => relay.drop(),
    async [Symbol.asyncDispose]() {
      await context[Symbol.asyncDispose]();
      await relay[Symbol.asyncDispose]();
    },
  };
});

describe('the stream', () => {
  test('brings notes as they are written, with their authors’ profiles, and nothing from before', async () => {
    await using relay = await startNostrRelay();
    await relay.bring(note('old', { at: secondsAgo(1) }));
    await relay.bring(profile(ada, { bot: true }));
    await using listener = await openListener([relay]);
    await subscribed(relay);
    await relay.bring(note('new', { at: secondsAgo(0) }));
    expect(await listener.next()).toMatchObject({ posts: [{ text: 'new', author: { bot: true } }], cursor: 'live' });
  });

  test('brings an old note that somebody uploads to the relay today', async () => {
    await using relay = await startNostrRelay();
    await using listener = await openListener([relay]);
    await subscribed(relay);
    await relay.bring(note('old', { at: secondsAgo(90 * 86_400) }));
    expect((await listener.next()).posts).toMatchObject([{ text: 'old' }]);
  });

  test('brings a note of several relays once, and nothing that was not subscribed to', async () => {
    await using one = await startNostrRelay();
    await using two = await startNostrRelay();
    await using listener = await openListener([one, two]);
    await subscribed(one);
    await subscribed(two);
    // This relay does not compare tags when it forwards events.
    await one.bring(note('cats', { tags: [['t', 'cats']] }));
    const event = note('both');
    await one.bring(event);
    expect((await listener.next()).posts).toMatchObject([{ text: 'both' }]);
    await two.bring(event);
    await two.bring(note('next'));
    expect((await listener.next()).posts).toMatchObject([{ text: 'next' }]);
  });

  test('brings deletions with the name of who deletes: the ledger knows whose a note is', async () => {
    await using relay = await startNostrRelay();
    await using listener = await openListener([relay]);
    await subscribed(relay);
    const event = note('regretted');
    const mallory = newPerson();
    const key = `nostr:${event.id}`;
    for (const by of [mallory, ada]) {
      await relay.bring(deletion(event, by));
      expect(await listener.next()).toMatchObject({ posts: [], changes: [{ kind: 'delete', key, by: by.key }] });
    }
  });

  test('reconnects to one lost relay, and listens to the others meanwhile', async () => {
    await using one = await startNostrRelay();
    await using two = await startNostrRelay();
    await using listener = await openListener([one, two]);
    await subscribed(one);
    await subscribed(two);
    one.drop();
    await two.bring(note('meanwhile'));
    expect((await listener.next()).posts).toMatchObject([{ text: 'meanwhile' }]);
    await subscribed(one, 2);
    await one.bring(note('back'));
    expect((await listener.next()).posts).toMatchObject([{ text: 'back' }]);
  });

  test('ends when all relays are lost, so that the feed is polled', async () => {
    await using one = await startNostrRelay();
    await using two = await startNostrRelay();
    await using listener = await openListener([one, two]);
    await subscribed(one);
    await subscribed(two);
    await one.stop();
    await two.stop();
    await expect(listener.next()).rejects.toThrow(/127\.0\.0\.1:\d+: .*; 127\.0\.0\.1:\d+: /);
  });

  test('rejects malformed events and goes on', async () => {
    const forged = { ...note('x'), content: 'forged' };
    await using relay = await startScriptedRelay(([kind, id], send) => {
      if (kind === 'REQ')
        for (const message of [
          ['EOSE', id],
          ['EVENT', id, forged],
          ['EVENT', id, note('good')],
        ])
          send(message);
      else if (kind === 'CLOSE') send(['CLOSED', id, '']);
    });
    await using listener = await openListener([relay]);
    const first = await listener.next();
    const both = first.posts.length > 0 ? [first] : [first, await listener.next()];
    expect(both.flatMap(({ posts }) => posts)).toMatchObject([{ text: 'good' }]);
    expect(both.flatMap(({ rejects }) => rejects)).toMatchObject([{ reason: 'its id or its signature is wrong' }]);
  });

  test('stops at once when aborted', async () => {
    await using relay = await startNostrRelay();
    await using listener = await openListener([relay]);
    await subscribed(relay);
    listener.stop.abort(new Error('stopping'));
    expect(await listener.next()).toBeUndefined();
  });
});
