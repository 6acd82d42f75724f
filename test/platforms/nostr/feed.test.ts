import type { Event } from 'nostr-tools/core';
import { npubEncode } from 'nostr-tools/nip19';
import { describe, expect, test } from 'vitest';
import { controlWord } from '../../../src/core/control.ts';
import { RetryLater } from '../../../src/core/errors.ts';
import type { Cursor, Page } from '../../../src/core/post.ts';
import { NostrFeed } from '../../../src/platforms/nostr/config.ts';
import { driver } from '../../../src/platforms/nostr/driver.ts';
import { drain, feedContract, textsOf } from '../../contract/feed.ts';
import { answering, startScriptedRelay } from '../../servers/nostr-script.ts';
import { startNostrRelay } from '../../servers/nostr.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { ada, bot, deletion, newPerson, note, profile, secondsAgo } from './events.ts';

type Config = Partial<Omit<NostrFeed, 'overlap' | 'firstRun'>> & { overlap?: string; firstRun?: string };

/** Polls these relays. */
async function openReader(relays: readonly { url: string; allow?: string }[], config: Config = {}) {
  const real = await openTestContext(relays.flatMap(({ allow }) => allow ?? []));
  const wall = { behindMs: 0 };
  /** Public keys of the authors whose posts the ledger has. */
  const authors: string[] = [];
  const storedAuthors = () => Promise.resolve(authors);
  const context = { ...real, storedAuthors, clock: { ...real.clock, now: () => Date.now() - wall.behindMs } };
  const parsed = NostrFeed.parse({ relays: relays.map(({ url }) => url), account: bot.key, ...config });
  const feed = await driver.openFeed!(parsed, context);
  let cursor: Cursor | undefined;
  return {
    context,
    wall,
    authors,
    open: () => driver.openFeed!(parsed, context),
    check: () => driver.checkFeed!(parsed, context),
    /** Reads until nothing more comes. */
    async poll(): Promise<Page[]> {
      const pages = await drain(feed, cursor);
      cursor = pages.at(-1)?.cursor ?? cursor;
      return pages;
    },
    async texts() {
      return textsOf(await this.poll());
    },
    async failure(): Promise<unknown> {
      return await this.poll().then(
        () => expect.unreachable('the poll should have failed'),
        (error: unknown) => error,
      );
    },
    async [Symbol.asyncDispose]() {
      await feed[Symbol.asyncDispose]();
      await context[Symbol.asyncDispose]();
    },
  };
}

feedContract('nostr', async () => {
  const relay = await startNostrRelay();
  const reader = await openReader([relay], { firstRunItems: 500 });
  let at = secondsAgo(3000);
  return {
    open: reader.open,
    check: reader.check,
    async write(texts) {
      for (const text of texts) await relay.bring(note(text, { at: (at += 1) }));
    },
    async writeHostile() {
      relay.store.upsert({ ...note('forged', { at: (at += 1) }), content: 'other words' });
    },
    stall: () => relay.stall(),
    async [Symbol.asyncDispose]() {
      await reader[Symbol.asyncDispose]();
      await relay[Symbol.asyncDispose]();
    },
  };
});

describe('a note', () => {
  test('becomes a post with its thread, tags, language, warning, author and page', async () => {
    await using relay = await startNostrRelay();
    const [root, parent] = [note('root'), note('parent')];
    const tags = [
      ['e', root.id, '', 'root'],
      ['e', parent.id, '', 'reply'],
      ['p', bot.key],
      ['t', 'cablegate'],
      ['t', '07astana2244'],
      ['r', 'https://cables.example/1'],
      ['content-warning', 'politics'],
      ['L', 'ISO-639-1'],
      ['l', 'DE', 'ISO-639-1'],
    ];
    const npub = npubEncode(bot.key);
    const event = note(`nostr:${npub} see #cablegate #07ASTANA2244`, { tags });
    await relay.bring(profile(ada, { name: 'ada', display_name: 'Ada L.' }));
    await relay.bring(event);
    await using reader = await openReader([relay]);
    const [post] = (await reader.poll()).flatMap(({ posts }) => posts);
    expect(post).toEqual({
      key: `nostr:${event.id}`,
      platform: 'nostr',
      id: event.id,
      url: expect.stringMatching(/^https:\/\/njump\.me\/nevent1[a-z0-9]+$/),
      author: { id: ada.key, handle: expect.stringMatching(/^npub1/), name: 'Ada L.', bot: false },
      text: `@${npub} see #cablegate #07ASTANA2244`,
      language: 'de',
      createdAt: event.created_at * 1000,
      hashtags: ['cablegate', '07astana2244'],
      links: ['https://cables.example/1'],
      summoned: true,
      repost: false,
      visibility: 'public',
      inReplyTo: parent.id,
      thread: root.id,
      warning: 'politics',
      native: { relay: relay.url },
    });
  });

  test('that starts a thread is its own thread, and leaves out what is unknown', async () => {
    await using relay = await startNostrRelay();
    const event = note('hello');
    await relay.bring(event);
    await using reader = await openReader([relay]);
    const [post] = (await reader.poll()).flatMap(({ posts }) => posts);
    expect(post).toMatchObject({ thread: event.id, inReplyTo: null, language: null, summoned: false });
    expect(post).not.toHaveProperty('warning');
    expect(post?.author.name).toBeNull();
  });

  test('is by a bot if the author’s profile says so (NIP-24)', async () => {
    await using relay = await startNostrRelay();
    await relay.bring(profile(ada, { name: 'robot', bot: true }));
    await relay.bring(note('beep'));
    await using reader = await openReader([relay]);
    expect((await reader.poll()).flatMap(({ posts }) => posts)).toMatchObject([
      { author: { bot: true, name: 'robot' } },
    ]);
  });

  test('is found by its tag as written, in lower and upper case, and capitalized', async () => {
    await using relay = await startNostrRelay();
    const found = ['07ASTANA2244', '07astana2244', 'CABLEGATE', 'CableGate', 'Cablegate', 'cablegate'];
    for (const tag of [...found, 'other']) await relay.bring(note(tag, { tags: [['t', tag]] }));
    await using reader = await openReader([relay], { hashtags: ['07ASTANA2244', 'CableGate'] });
    expect((await reader.texts()).toSorted()).toEqual(found);
  });

  test('without a tag is found in a scan, by a hashtag or an ID in its text, and not without', async () => {
    await using relay = await startNostrRelay();
    const texts = ['so #CableGate it is', 'read 07ASTANA2244', 'read 07-Astana-2244 now', 'nothing here', '#cable'];
    for (const [index, text] of texts.entries())
      await relay.bring(note(text, { tags: [], at: secondsAgo(300 - index) }));
    await using plain = await openReader([relay]);
    expect(await plain.texts()).toEqual([]);
    await using scanning = await openReader([relay], { scan: true });
    expect(await scanning.texts()).toEqual(texts.slice(0, 3));
  });

  test('that tags the bot summons it, even without a hashtag', async () => {
    await using relay = await startNostrRelay();
    await relay.bring(note('help', { tags: [['p', bot.key]] }));
    await using reader = await openReader([relay]);
    expect((await reader.poll()).flatMap(({ posts }) => posts)).toMatchObject([{ text: 'help', summoned: true }]);
  });

  test('has mentions as people write them, so that control words are understood', async () => {
    await using relay = await startNostrRelay();
    const npub = npubEncode(bot.key);
    await relay.bring(note(`nostr:${npub} stop`, { tags: [['p', bot.key]] }));
    await using reader = await openReader([relay]);
    const [text = ''] = await reader.texts();
    expect(text).toBe(`@${npub} stop`);
    expect(controlWord(text)).toBe('stop');
  });

  test('by the bot itself, or that has expired (NIP-40), is skipped', async () => {
    await using relay = await startNostrRelay();
    await relay.bring(note('my own words', { by: bot }));
    const expired = [
      ['t', 'cablegate'],
      ['expiration', String(secondsAgo(10))],
    ];
    relay.store.upsert(note('expired', { tags: expired }));
    await using reader = await openReader([relay]);
    expect(await reader.poll()).toMatchObject([{ posts: [], rejects: [] }]);
  });
});

describe('several relays', () => {
  test('a note at several of them is delivered once', async () => {
    await using one = await startNostrRelay();
    await using two = await startNostrRelay();
    const [both, only] = [note('on both', { at: secondsAgo(20) }), note('on one', { at: secondsAgo(10) })];
    for (const relay of [one, two]) await relay.bring(both);
    await two.bring(only);
    await using reader = await openReader([one, two]);
    expect(await reader.texts()).toEqual(['on both', 'on one']);
  });

  test('one that is down is reported once, the others are read, and it catches up without a gap', async () => {
    await using one = await startNostrRelay();
    await using two = await startNostrRelay();
    await using reader = await openReader([one, two], { overlap: '1m' });
    await reader.poll();
    await two.stop();
    two.store.upsert(note('meanwhile', { at: secondsAgo(30) }));
    await one.bring(note('second', { at: secondsAgo(1) }));
    expect(await reader.texts()).toEqual(['second']);
    expect(reader.context.warnings).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+: .*catches up later$/)]);
    await two.start();
    expect(await reader.texts()).toEqual(['meanwhile']);
    expect(reader.context.warnings).toHaveLength(1);
  });

  test('one that stays down for days does not keep the others from being read', async () => {
    await using one = await startNostrRelay();
    await using two = await startNostrRelay();
    await using reader = await openReader([one, two]);
    reader.wall.behindMs = 48 * 3_600_000;
    await reader.poll();
    await two.stop();
    reader.wall.behindMs = 24 * 3_600_000;
    await reader.poll();
    reader.wall.behindMs = 0;
    await one.bring(note('today', { at: secondsAgo(1) }));
    expect(await reader.texts()).toEqual(['today']);
  });

  test('if none can be read, the poll fails and names each', async () => {
    await using one = await startNostrRelay();
    await using two = await startNostrRelay();
    await using reader = await openReader([one, two]);
    await one.stop();
    await two.stop();
    const error = await reader.failure();
    expect(error).not.toBeInstanceOf(RetryLater);
    expect(String(error)).toContain(`127.0.0.1:${one.port}`);
    expect(String(error)).toContain(`127.0.0.1:${two.port}`);
    expect(await reader.check()).toContain('ECONNREFUSED');
  });
});

describe('catching up', () => {
  test('36 hours on a relay with small pages arrive in order, without a gap', async () => {
    await using relay = await startNostrRelay({ limitation: { max_limit: 100 } });
    await using reader = await openReader([relay]);
    reader.wall.behindMs = 37 * 3_600_000;
    await reader.poll();
    // The relay now returns fewer events than it announces, and many share a second.
    relay.store.maxLimit = 7;
    const texts = Array.from({ length: 150 }, (_, index) => `note ${index}`);
    for (const [index, text] of texts.entries())
      relay.store.upsert(note(text, { at: secondsAgo(36 * 3600 - Math.floor(index / 3) * 2500) }));
    reader.wall.behindMs = 0;
    const pages = await reader.poll();
    expect(textsOf(pages).toSorted()).toEqual(texts.toSorted());
    const times = pages.flatMap(({ posts }) => posts.map(({ createdAt }) => createdAt));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(relay.asked.flat().filter(({ limit }) => (limit as number) > 100)).toEqual([]);
  });

  test('a note that is backdated within the overlap is found', async () => {
    await using relay = await startNostrRelay();
    await using reader = await openReader([relay]);
    await reader.poll();
    await relay.bring(note('my clock is slow', { at: secondsAgo(3000) }));
    expect(await reader.texts()).toEqual(['my clock is slow']);
    expect(await reader.texts()).toEqual([]);
  });

  test('the first poll of a busy tag returns the latest posts, and the others count as seen', async () => {
    await using relay = await startNostrRelay();
    for (let index = 0; index < 60; index++) await relay.bring(note(`note ${index}`, { at: secondsAgo(600 - index) }));
    await using reader = await openReader([relay], { firstRunItems: 3 });
    expect(await reader.texts()).toEqual(['note 57', 'note 58', 'note 59']);
    await relay.bring(note('new'));
    expect(await reader.texts()).toEqual(['new']);
  });

  test('a busy hour in a scan is read completely, in shorter spans', { timeout: 240_000 }, async () => {
    await using relay = await startNostrRelay();
    await using reader = await openReader([relay], { scan: true });
    await reader.poll();
    const chatter: Event = note('chatter', { tags: [] });
    for (let index = 0; index < 5000; index++)
      relay.store.events.push({
        ...chatter,
        id: index.toString(16).padStart(64, '0'),
        created_at: secondsAgo(3500 - Math.floor(index / 2)),
      });
    await relay.bring(note('#cablegate at last', { tags: [], at: secondsAgo(1800) }));
    expect(await reader.texts()).toEqual(['#cablegate at last']);
  });
});

describe('a deletion', () => {
  test('is a change, once, with the name of who says so; of other notes than theirs nobody is asked', async () => {
    await using relay = await startNostrRelay();
    const event = note('regretted');
    await relay.bring(event);
    await using reader = await openReader([relay]);
    expect(await reader.texts()).toEqual(['regretted']);
    reader.authors.push(ada.key);
    await relay.bring(deletion(event, newPerson()));
    expect(await reader.poll()).toEqual([]);
    await relay.bring(deletion(event, ada));
    const pages = await reader.poll();
    expect(pages.flatMap(({ changes }) => changes)).toEqual([
      { kind: 'delete', key: `nostr:${event.id}`, by: ada.key },
    ]);
    expect(await reader.poll()).toEqual([]);
  });

  test('of a note that this cursor never brought is a change, if the ledger has posts of its author', async () => {
    await using relay = await startNostrRelay();
    await using reader = await openReader([relay]);
    reader.authors.push(ada.key);
    await reader.poll();
    const { id } = note('of last year');
    await relay.bring(deletion({ id }, ada));
    const [page] = await reader.poll();
    expect(page).toMatchObject({ changes: [{ kind: 'delete', key: `nostr:${id}`, by: ada.key }] });
  });

  test('of a note in the same span of a catch-up is found with it, at another relay', async () => {
    await using one = await startNostrRelay();
    await using two = await startNostrRelay();
    await using reader = await openReader([one, two], { overlap: '1m' });
    reader.wall.behindMs = 600_000;
    await reader.poll();
    reader.wall.behindMs = 0;
    const event = note('regretted');
    await one.bring(event);
    await two.bring(deletion(event, ada));
    const [page] = await reader.poll();
    expect(page).toMatchObject({ posts: [{ text: 'regretted' }], changes: [{ kind: 'delete', by: ada.key }] });
  });
});

describe('a hostile relay', () => {
  const good = note('good', { at: secondsAgo(10) });
  test.each<[string, unknown, RegExp]>([
    ['other words under a good id', { ...note('x'), content: 'forged' }, /id or its signature is wrong/],
    ['another’s signature', { ...note('x'), sig: note('y').sig }, /id or its signature is wrong/],
    ['a malformed id', { ...note('x'), id: 'abc' }, /id: expected 64 hexadecimal digits/],
    ['a huge text', note('x'.repeat(70_000)), /content: Too big/],
    [
      'huge tags',
      note('x', {
        tags: [
          ['t', 'cablegate'],
          ['x', 'y'.repeat(300_000)],
        ],
      }),
      /tags are too long/,
    ],
    ['a date in the future', note('x', { at: secondsAgo(-3600) }), /dated in the future/],
    ['tags that are not strings', { ...note('x'), tags: [[5]] }, /tags\.0\.0/],
    ['a number', 17, /not an event/],
    ['nothing', null, /not an event/],
  ])('sending %s gets it rejected, and the rest is delivered', async (_what, event, reason) => {
    await using relay = await startScriptedRelay(answering([good]));
    await using reader = await openReader([relay], { overlap: '1h' });
    await reader.poll();
    // The query excludes future dates, but this relay ignores it.
    relay.script = answering([event, note('and more', { at: secondsAgo(5) })]);
    const pages = await reader.poll();
    expect(textsOf(pages)).toEqual(['and more']);
    const rejects = pages.flatMap(({ rejects: list }) => list);
    if (reason.source.includes('future')) expect(rejects).toEqual([]);
    else expect(rejects).toMatchObject([{ reason: expect.stringMatching(reason) }]);
    for (const { excerpt } of rejects) expect(excerpt.length).toBeLessThanOrEqual(200);
  });

  test('cannot hide a note by sending nonsense under its id', async () => {
    await using bad = await startScriptedRelay(answering([{ ...good, content: 'forged' }]));
    await using honest = await startScriptedRelay(answering([good]));
    await using reader = await openReader([bad, honest]);
    const pages = await reader.poll();
    expect(textsOf(pages)).toEqual(['good']);
    expect(pages.flatMap(({ rejects }) => rejects)).toHaveLength(1);
  });

  test('that sends events outside the query delivers nothing', async () => {
    await using relay = await startScriptedRelay(
      answering([note('long ago', { at: secondsAgo(9 * 86_400) }), note('off topic', { tags: [['t', 'cats']] })]),
    );
    await using reader = await openReader([relay]);
    expect(await reader.texts()).toEqual([]);
  });

  test('that sends nonsense between its messages is understood all the same', async () => {
    await using relay = await startScriptedRelay(([kind, id], send) => {
      if (kind !== 'REQ') return;
      for (const words of ['<html>', '{}', [], ['NOTICE', 'hi'], ['EVENT'], ['EVENT', 5, {}], ['OK', id]]) send(words);
      answering([good])([kind, id], send, undefined as never);
    });
    await using reader = await openReader([relay]);
    expect(await reader.texts()).toEqual(['good']);
  });

  test('that sends endlessly is disconnected', async () => {
    await using relay = await startScriptedRelay(([kind, id], send) => {
      if (kind === 'REQ') for (let index = 0; index < 10_001; index++) send(['EVENT', id, index]);
    });
    await using reader = await openReader([relay]);
    expect(String(await reader.failure())).toContain('sends far more events than requested');
  });

  test('that closes the subscription is reported with its reason; a rate limit is waited for', async () => {
    await using relay = await startScriptedRelay(([kind, id], send) => {
      if (kind === 'REQ') send(['CLOSED', id, 'auth-required: who are you?']);
    });
    await using reader = await openReader([relay]);
    expect(String(await reader.failure())).toContain('the relay refuses: auth-required: who are you?');
    expect(await reader.check()).toContain('auth-required');
    relay.script = ([kind, id], send) => {
      if (kind === 'REQ') send(['CLOSED', id, 'rate-limited: slow down']);
    };
    expect(await reader.failure()).toBeInstanceOf(RetryLater);
  });

  test('that answers 429 with a time is left alone until then', async () => {
    await using relay = await startScriptedRelay(answering([]));
    await using reader = await openReader([relay]);
    relay.refuse = { status: 429, headers: { 'retry-after': '120' } };
    expect(await reader.failure()).toMatchObject({ name: 'RetryLater', delayMs: 120_000 });
    relay.refuse = { status: 403 };
    expect(String(await reader.failure())).toContain('the relay answered 403 instead of connecting');
  });

  test('that breaks the connection in the middle of an answer loses no note', async () => {
    await using relay = await startScriptedRelay(([kind, id], send, client) => {
      if (kind !== 'REQ') return;
      send(['EVENT', id, good]);
      client.terminate();
    });
    await using reader = await openReader([relay]);
    await reader.failure();
    relay.script = answering([good]);
    expect(await reader.texts()).toEqual(['good']);
  });
});

test('a mistyped key is reported before anything is read', async () => {
  await using relay = await startNostrRelay();
  const typo = 'npub1' + 'q'.repeat(58);
  const parsed = NostrFeed.parse({ relays: [relay.url], account: typo });
  await using context = await openTestContext();
  expect(await driver.checkFeed!(parsed, context)).toMatch(/npub1q.*is no public key/);
  await expect(driver.openFeed!(parsed, context)).rejects.toThrow('is no public key');
});

test('an unreadable cursor starts over', async () => {
  await using relay = await startNostrRelay();
  await relay.bring(note('hello'));
  await using reader = await openReader([relay]);
  await using feed = await reader.open();
  for (const cursor of ['', 'live', '{"relays":5}', '[]'])
    expect(textsOf(await drain(feed, cursor))).toEqual(['hello']);
});
