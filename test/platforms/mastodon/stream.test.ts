import { once } from 'node:events';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Page } from '../../../src/core/post.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { openFakeMastodon } from '../../support/fake-mastodon/fake-mastodon.ts';
import type { FakeOptions, FakeStatus } from '../../support/fake-mastodon/state.ts';
import { feedConfig, openFeed, openStream } from './setup.ts';
import { streamContract } from '../../contract/stream.ts';
import { drain, textsOf } from '../../contract/feed.ts';

/** A bot that listens to a server; `pages` has the pages of its stream. */
async function listening(options: Partial<FakeOptions> = {}, changes: Record<string, unknown> = {}) {
  const fake = await openFakeMastodon(options);
  const [bot, ada] = [fake.join('bot'), fake.join('ada')];
  const context = await openTestContext([fake.allow]);
  const config = feedConfig([{ url: fake.url, token: bot.token }], { mentions: true, ...changes });
  const stream = await openStream(config, context);
  const stop = new AbortController();
  const pages = stream.pages(undefined, stop.signal)[Symbol.asyncIterator]();
  const next = async (): Promise<Page> => {
    const { value, done } = await pages.next();
    if (done === true) throw new Error('the stream has ended');
    return value;
  };
  return {
    fake,
    bot,
    ada,
    config,
    context,
    stop,
    pages,
    next,
    /** Begins to listen and waits until the server knows of it. */
    async begin() {
      const first = pages.next();
      first.catch(() => {});
      await fake.subscribed('hashtag:cablegate', 'user:notification');
      return { first };
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error('the test is over'));
      await pages.return?.().catch(() => {});
      await context[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

streamContract('mastodon', async () => {
  const fake = await openFakeMastodon({});
  const [bot, ada] = [fake.join('bot'), fake.join('ada')];
  const context = await openTestContext([fake.allow]);
  const config = feedConfig([{ url: fake.url, token: bot.token }]);
  let last: FakeStatus | undefined;
  return {
    open: () => openStream(config, context),
    listening: () => fake.subscribed('hashtag:cablegate'),
    write: (text) => (last = fake.write(ada, text)),
    remove: () => last && fake.remove(last),
    async drop() {
      const disconnected = once(fake.streaming.changes, 'change');
      fake.streaming.drop();
      await disconnected;
    },
    async [Symbol.asyncDispose]() {
      await context[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
});

describe('a stream', () => {
  test('delivers posts, edits, deletions and mentions as they happen', async () => {
    await using place = await listening();
    const { first } = await place.begin();
    const post = place.fake.write(place.ada, 'one #cablegate');
    expect((await first).value.posts).toMatchObject([{ text: 'one #cablegate', summoned: false }]);
    const key = `mastodon:${place.fake.url}/users/ada/statuses/${post.id}`;
    place.fake.edit(post, 'two #cablegate');
    expect((await place.next()).changes).toMatchObject([{ kind: 'edit', post: { key, text: 'two #cablegate' } }]);
    place.fake.remove(post);
    expect((await place.next()).changes).toEqual([{ kind: 'delete', key }]);
    place.fake.write(place.ada, '@bot #07ASTANA2244');
    expect((await place.next()).posts).toMatchObject([{ text: '@bot #07ASTANA2244', summoned: true }]);
    place.fake.write(place.ada, '07ASTANA2244 too', { quotes: place.fake.write(place.bot, 'an answer') });
    expect((await place.next()).posts).toMatchObject([{ text: '07ASTANA2244 too', summoned: false }]);
  });

  test('knows what to delete from what the feed delivered before it began', async () => {
    await using place = await listening();
    const post = place.fake.write(place.ada, 'one #cablegate');
    await using feed = await openFeed(place.config, place.context);
    await drain(feed);
    const { first } = await place.begin();
    place.fake.remove(post);
    expect((await first).value.changes).toMatchObject([{ kind: 'delete' }]);
  });

  test('ends when its connection breaks, and the feed finds what was missed meanwhile', async () => {
    await using place = await listening();
    await using feed = await openFeed(place.config, place.context);
    const { first } = await place.begin();
    place.fake.write(place.ada, 'live #cablegate');
    await first;
    const before = await drain(feed);
    place.fake.streaming.drop();
    expect((await place.pages.next()).done).toBe(true);
    place.fake.write(place.ada, 'missed #cablegate');
    expect(textsOf(await drain(feed, before.at(-1)?.cursor))).toEqual(['missed #cablegate']);
  });

  test('ends at a message that cannot be read, for it would hear no more', async () => {
    await using place = await listening();
    const { first } = await place.begin();
    place.fake.write(place.ada, 'live #cablegate');
    await first;
    place.fake.streaming.say('{"event":');
    expect((await place.pages.next()).done).toBe(true);
  });

  test('that ends before any event is an error, so that it is retried with backoff', async () => {
    await using place = await listening();
    const { first } = await place.begin();
    place.fake.streaming.drop();
    await expect(first).rejects.toThrow('ended before any event');
  });

  test('hears on after frames that name no stream, and says what the server complains of', async () => {
    await using place = await listening();
    const { first } = await place.begin();
    place.fake.streaming.say('{"event":"pleroma:respond","payload":"{\\"result\\":\\"success\\"}"}');
    place.fake.streaming.say('{"error":"Unknown stream type","status":400}');
    place.fake.streaming.say('null');
    place.fake.write(place.ada, 'one #cablegate');
    expect(textsOf([(await first).value as Page])).toEqual(['one #cablegate']);
    expect(place.context.warnings).toEqual([`${place.fake.url} reports on its stream: Unknown stream type`]);
  });

  test('leaves a reply whose thread cannot be fetched to the feed, and goes on', async () => {
    await using place = await listening();
    const parent = place.fake.write(place.ada, 'parent');
    const { first } = await place.begin();
    place.fake.behave(
      ({ path }, response) => path.endsWith('/context') && response.writeHead(429).end('{}') !== undefined,
    );
    place.fake.write(place.ada, 'reply #cablegate', { inReplyToId: parent.id });
    expect((await first).value).toMatchObject({ posts: [] });
    place.fake.write(place.ada, 'two #cablegate');
    expect(textsOf([await place.next()])).toEqual(['two #cablegate']);
  });

  test('that nobody offers leaves no timer behind that would keep the process', async () => {
    await using place = await listening();
    await place.fake.streaming.close();
    const timers = vi.spyOn(globalThis, 'setTimeout');
    onTestFinished(() => timers.mockRestore());
    await expect(place.pages.next()).rejects.toThrow('opens no stream');
    const long = timers.mock.calls.flatMap(([, ms], index) =>
      Number(ms) > 600_000 ? [timers.mock.results[index]!] : [],
    );
    expect(long).toHaveLength(1);
    expect(long.map(({ value }) => (value as NodeJS.Timeout).hasRef())).toEqual([false]);
  });

  test('rejects a post that cannot be read and hears on', async () => {
    await using place = await listening();
    const { first } = await place.begin();
    place.fake.write(place.ada, 'broken #cablegate', { nonsense: { id: '5', content: 7 } });
    expect((await first).value.rejects).toHaveLength(1);
    place.fake.write(place.ada, 'sound #cablegate');
    expect(textsOf([await place.next()])).toEqual(['sound #cablegate']);
  });

  test('that nobody offers is an error with a reason, so that it is tried later and later', async () => {
    await using place = await listening();
    place.fake.people.delete('bot');
    place.fake.people.set('other', { ...place.bot, name: 'other', token: place.bot.token });
    await place.fake.streaming.close();
    await expect(place.pages.next()).rejects.toThrow('opens no stream for this token');
  });

  test('on another domain does not get the token', async () => {
    await using place = await listening();
    const description = { version: '4.5.0', configuration: { urls: { streaming: 'wss://thief.example' } } };
    place.fake.behave(({ path }, response) => {
      if (path !== '/api/v2/instance') return false;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(description));
      return true;
    });
    await expect(place.pages.next()).rejects.toThrow('names a stream on another domain, thief.example');
  });

  test.each([
    ['that is switched off', { stream: false }],
    ['of servers without a token', { mentions: false, stream: true }],
  ])('%s waits until the bot stops, and connects nowhere', async (what, changes) => {
    await using place = await listening({}, changes);
    const config = what.includes('token') ? feedConfig([{ url: place.fake.url }], changes) : place.config;
    await using stream = await openStream(config, place.context);
    const stop = new AbortController();
    const pages = stream.pages(undefined, stop.signal)[Symbol.asyncIterator]();
    const ended = pages.next();
    stop.abort();
    expect((await ended).done).toBe(true);
    expect(place.fake.calls).toEqual([]);
  });

  test('closes its connection when the bot stops', async () => {
    await using place = await listening();
    const { first } = await place.begin();
    place.stop.abort(new Error('stopping'));
    await (
      await first
    ).value;
    while (place.fake.streaming.count() > 0)
      await new Promise((resolve) => place.fake.streaming.changes.once('change', resolve));
  });
});
