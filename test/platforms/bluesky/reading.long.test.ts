import { chmod, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { PermanentError, RetryLater } from '../../../src/core/errors.ts';
import type { Cursor, Page, Post } from '../../../src/core/post.ts';
import { BlueskyFeed } from '../../../src/platforms/bluesky/config.ts';
import { driver } from '../../../src/platforms/bluesky/driver.ts';
import type { Feed } from '../../../src/platforms/platform.ts';
import { drain, feedContract, textsOf } from '../../contract/feed.ts';
import { type BlueskyNetwork, type Member, blueskyIsHere, startBluesky } from '../../servers/bluesky.ts';
import { type TestContext, openTestContext } from '../../support/driver-context.ts';
import { feedFrom } from '../../support/fake-jetstream/feed-from.ts';
import { openFakeJetstream } from '../../support/fake-jetstream/server.ts';
import { loginOf, secretOf } from './accounts.ts';
import { openGate } from './gate.ts';
import { untilMarked } from './marked.ts';
import { wait } from '../../support/wait.ts';

const { signal } = new AbortController();
const collection = 'app.bsky.feed.post';

describe.skipIf(!blueskyIsHere)('on a real network', () => {
  let network: BlueskyNetwork;
  let ada: Member;
  let serial = 0;
  beforeAll(async () => {
    network = await startBluesky();
    ada = await network.join('ada');
  }, 120_000);
  afterAll(() => network[Symbol.asyncDispose]());

  const newBot = () => network.join(`cable-bot-${(serial += 1)}`);
  const relay = () => network.pds.replace('http', 'ws');

  /** Each a millisecond after the last, so that the order is theirs. */
  let clockMs = Date.now() - 60_000;
  async function write(author: Member, record: object): Promise<{ uri: string; cid: string }> {
    clockMs += 1;
    const { data } = await author.agent.com.atproto.repo.createRecord({
      repo: author.did,
      collection,
      record: { $type: collection, createdAt: new Date(clockMs).toISOString(), ...record },
      validate: false,
    });
    return data;
  }

  const mentionOf = (did: string) => [
    { index: { byteStart: 0, byteEnd: 1 }, features: [{ $type: 'app.bsky.richtext.facet#mention', did }] },
  ];

  async function contextHere(): Promise<TestContext> {
    const context = await openTestContext();
    onTestFinished(() => context[Symbol.asyncDispose]());
    return context;
  }

  async function openFeed(
    account: object,
    options: object = {},
    valuesList?: TestContext,
  ): Promise<Feed & AsyncDisposable> {
    const context = valuesList ?? (await contextHere());
    const config = { ...BlueskyFeed.parse({ source: 'none', ...options }), account };
    const feed = await driver.openFeed!(config as BlueskyFeed, context);
    onTestFinished(() => feed[Symbol.asyncDispose]());
    return feed;
  }

  const postsOf = (pages: readonly Page[]): Post[] => pages.flatMap(({ posts }) => posts);

  feedContract('bluesky: mentions', async () => {
    const bot = await newBot();
    const context = await openTestContext();
    const gate = await openGate(network.pds);
    gate.rule('app.bsky.notification.listNotifications', async ({ forward, answer }) => {
      const { status, body, headers } = await forward();
      const changed = JSON.parse(body) as { notifications?: { record: { text: unknown } }[] };
      for (const { record } of changed.notifications ?? []) if (record.text === 'hostile') record.text = 5;
      answer(status, changed, { 'content-type': headers['content-type'] ?? '' });
    });
    const config = { ...BlueskyFeed.parse({ source: 'none' }), account: loginOf(gate.url, bot) };
    return {
      open: () => driver.openFeed!(config, context),
      async write(texts: readonly string[]) {
        for (const text of texts) await write(ada, { text, facets: mentionOf(bot.did) });
        await network.settle();
      },
      async writeHostile() {
        await write(ada, { text: 'hostile', facets: mentionOf(bot.did) });
        await network.settle();
      },
      check: () => driver.checkFeed!(config, context),
      stall: () => gate.rule('app.bsky.notification.listNotifications', () => {}),
      async [Symbol.asyncDispose]() {
        await gate[Symbol.asyncDispose]();
        await context[Symbol.asyncDispose]();
      },
    };
  });

  feedContract('bluesky: firehose', async () => {
    const context = await openTestContext();
    const config = BlueskyFeed.parse({ source: 'firehose', hosts: [relay()], silence: '10s' });
    const put = async (text: string) => void (await write(ada, { text }));
    const open = async () => untilMarked(await driver.openStream!(config, context), put);
    const start = await tipOf(config, context);
    return {
      // A relay cannot start at a time, so the first poll starts with the test.
      async open() {
        const feed = await open();
        return { ...feed, pages: (after, until) => feed.pages(after ?? start, until) };
      },
      async write(texts: readonly string[]) {
        for (const text of texts) await write(ada, { text, tags: ['cablegate'] });
      },
      writeHostile: async () => void (await write(ada, { text: { not: 'a text' }, tags: ['cablegate'] })),
      check: () => driver.checkFeed!(config, context),
      [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
    };
  });

  /** The place behind all that was written until now. */
  async function tipOf(config: BlueskyFeed, context: TestContext): Promise<Cursor> {
    await using stream = await driver.openStream!(config, context);
    const done = new AbortController();
    let cursor: Cursor | undefined;
    const reading = (async () => {
      for await (const page of stream.pages(undefined, done.signal)) {
        cursor = page.cursor;
        done.abort();
      }
    })();
    // Nothing is received before the connection is open.
    while (!done.signal.aborted) await write(ada, { text: 'the tip' });
    await reading;
    // Posts that were written meanwhile.
    for await (const page of untilMarked(stream, async (text) => void (await write(ada, { text }))).pages(
      cursor,
      signal,
    )) {
      cursor = page.cursor;
    }
    if (cursor === undefined) throw new Error('no page came');
    return cursor;
  }

  async function readUntil(stream: Feed, text: string, after?: Cursor): Promise<Page[]> {
    const done = new AbortController();
    const pages: Page[] = [];
    for await (const page of stream.pages(after, AbortSignal.any([done.signal, AbortSignal.timeout(wait.timeout)]))) {
      pages.push(page);
      if (textsOf([page]).includes(text)) done.abort();
    }
    return pages;
  }

  describe('mentions', () => {
    test('summon, so do replies to the bot; quotes do not', async () => {
      const bot = await newBot();
      const own = await write(bot, { text: 'I am a bot' });
      await network.settle();
      await write(ada, { text: 'hey', facets: mentionOf(bot.did) });
      await write(ada, { text: 'stop', reply: { root: own, parent: own } });
      await write(ada, { text: 'quoting', embed: { $type: 'app.bsky.embed.record', record: own } });
      await write(ada, { text: 'both', facets: mentionOf(bot.did), reply: { root: own, parent: own } });
      await network.settle();
      const posts = postsOf(await drain(await openFeed(loginOf(network.pds, bot))));
      expect(posts.map(({ text, summoned }) => [text, summoned])).toEqual([
        ['hey', true],
        ['stop', true],
        ['quoting', false],
        ['both', true],
      ]);
      expect(posts[1]).toMatchObject({
        inReplyTo: own.uri,
        thread: own.uri,
        native: { rootUri: own.uri, rootCid: own.cid },
      });
      expect(posts[0]?.author).toMatchObject({ id: ada.did, handle: ada.handle, bot: false, follower: false });
    });

    test('say who is a bot, who follows, and where nobody may reply', async () => {
      const bot = await newBot();
      const robot = await network.join('robot-one');
      await robot.agent.upsertProfile((profile) => ({
        ...profile,
        displayName: 'Robot',
        labels: { $type: 'com.atproto.label.defs#selfLabels', values: [{ val: 'bot' }] },
      }));
      await robot.agent.follow(bot.did);
      const { uri } = await write(robot, {
        text: 'beep',
        facets: mentionOf(bot.did),
        langs: ['de'],
        labels: { $type: 'com.atproto.label.defs#selfLabels', values: [{ val: 'graphic-media' }] },
      });
      const gate = { $type: 'app.bsky.feed.threadgate', post: uri, allow: [], createdAt: new Date().toISOString() };
      const rkey = uri.split('/').at(-1)!;
      const repo = robot.did;
      await robot.agent.com.atproto.repo.createRecord({
        repo,
        collection: 'app.bsky.feed.threadgate',
        rkey,
        record: gate,
      });
      await network.settle();
      const [post] = postsOf(await drain(await openFeed(loginOf(network.pds, bot))));
      expect(post).toMatchObject({
        author: { bot: true, name: 'Robot', follower: true },
        closed: 'its author limits who may reply',
        warning: 'graphic-media',
        language: 'de',
        url: `https://bsky.app/profile/${robot.did}/post/${rkey}`,
      });
    });

    test('of before the first poll, and a post that is backdated by hours, come or not as they should', async () => {
      const bot = await newBot();
      const old = { createdAt: new Date(Date.now() - 7_200_000).toISOString(), facets: mentionOf(bot.did) };
      await write(ada, { ...old, text: 'before' });
      await write(ada, { text: 'now', facets: mentionOf(bot.did) });
      await network.settle();
      const feed = await openFeed(loginOf(network.pds, bot));
      const pages = await drain(feed);
      expect(textsOf(pages)).toEqual(['now']);
      const late = { createdAt: new Date(Date.now() - 1_800_000).toISOString(), facets: mentionOf(bot.did) };
      await write(ada, { ...late, text: 'late' });
      await network.settle();
      expect(textsOf(await drain(feed, pages.at(-1)?.cursor))).toEqual(['late']);
    });

    test('without an account are none', async () => {
      const context = await contextHere();
      const feed = await driver.openFeed!(BlueskyFeed.parse({}), context);
      expect(await drain(feed)).toEqual([]);
    });
  });

  describe('a search', () => {
    test('is made at the first poll where it is wanted, and after an absence only', async () => {
      const bot = await newBot();
      const word = `wlfind${serial}`;
      await write(ada, { text: `found by #${word}` });
      await network.settle();
      const gate = await openGate(network.pds);
      onTestFinished(() => gate[Symbol.asyncDispose]());
      const feed = await openFeed(loginOf(gate.url, bot), { search: true, hashtags: [word] });
      const pages = await drain(feed);
      expect(textsOf(pages)).toEqual([`found by #${word}`]);
      const searches = () => gate.passed.filter((name) => name === 'app.bsky.feed.searchPosts').length;
      expect(searches()).toBe(1);
      const state = JSON.parse(pages.at(-1)!.cursor) as { polledAt: number };
      expect(await drain(feed, JSON.stringify(state))).toEqual([]);
      expect(searches()).toBe(1);
      const away = JSON.stringify({ ...state, polledAt: state.polledAt - 37 * 3_600_000 });
      expect(textsOf(await drain(feed, away))).toEqual([]);
      expect(searches()).toBe(2);
    });
  });

  describe('the firehose', () => {
    /** A stream without a position receives only posts written after it has connected, at an unknown time: write until one arrives. */
    async function whileWriting<T>(text: string, work: Promise<T>): Promise<T> {
      const done = new AbortController();
      const finished = work.finally(() => done.abort());
      finished.catch(() => {});
      while (!done.signal.aborted) await write(ada, { text });
      return await finished;
    }

    test('of a server that restarted elsewhere resumes from now on, and the gap is reported', async () => {
      const context = await contextHere();
      const config = BlueskyFeed.parse({ source: 'firehose', hosts: [relay()], silence: '10s' });
      const cursor = {
        v: 1,
        source: 'firehose',
        host: 'wss://else.example',
        timeUs: Date.now() * 1000,
        seq: 5,
        last: [],
      };
      const stream = await driver.openStream!(config, context);
      const reading = readUntil(stream, 'later #cablegate', JSON.stringify(cursor));
      const read = await whileWriting('later #cablegate', reading);
      expect(textsOf(read)).toContain('later #cablegate');
      expect(context.warnings.join()).toMatch(/posts since then are missed/);
    });

    test('with a sequence number from the future is reported, and the stream resumes from now on', async () => {
      const context = await contextHere();
      const config = BlueskyFeed.parse({ source: 'firehose', hosts: [relay()], silence: '10s' });
      const cursor = { v: 1, source: 'firehose', host: relay(), timeUs: Date.now() * 1000, seq: 999_999_999, last: [] };
      const stream = await driver.openStream!(config, context);
      const reading = readUntil(stream, 'later #cablegate', JSON.stringify(cursor));
      const read = await whileWriting('later #cablegate', reading);
      expect(textsOf(read)).toContain('later #cablegate');
      expect(context.warnings.join()).toMatch(/FutureCursor/);
    });
  });

  describe('a Jetstream that is fed from the network', () => {
    test.each(['v1', 'v2'] as const)(
      '%s: posts, mentions, edits and deletions come with their authors',
      async (wire) => {
        const bot = await newBot();
        const fake = await openFakeJetstream();
        onTestFinished(() => fake[Symbol.asyncDispose]());
        await using _feeding = await feedFrom(relay(), fake, async () => void (await write(ada, { text: 'begin' })));
        const context = await contextHere();
        const config = {
          ...BlueskyFeed.parse({ hosts: [fake[wire]], silence: '10s' }),
          account: loginOf(network.pds, bot),
        };
        const stream = await driver.openStream!(config, context);
        onTestFinished(() => stream[Symbol.asyncDispose]());
        const first = await write(ada, { text: '#cablegate #07ASTANA2244 ¶5' });
        await write(ada, { text: 'you there', facets: mentionOf(bot.did) });
        await write(bot, { text: 'my own #cablegate' });
        await network.settle();
        await ada.agent.com.atproto.repo.putRecord({
          repo: ada.did,
          collection,
          rkey: first.uri.split('/').at(-1)!,
          record: { $type: collection, text: 'never mind', createdAt: new Date().toISOString() },
        });
        await ada.agent.deletePost(first.uri);
        await write(ada, { text: 'the end #cablegate' });
        const pages = await readUntil(stream, 'the end #cablegate');
        expect(postsOf(pages).map(({ text, summoned }) => [text, summoned])).toEqual([
          ['#cablegate #07ASTANA2244 ¶5', false],
          ['you there', true],
          ['the end #cablegate', false],
        ]);
        expect(postsOf(pages)[0]).toMatchObject({
          id: first.uri,
          native: { cid: first.cid },
          author: { handle: ada.handle },
        });
        expect(pages.flatMap(({ changes = [] }) => changes)).toMatchObject([
          { kind: 'edit', post: { id: first.uri, text: 'never mind' } },
          { kind: 'delete', key: `bluesky:${first.uri}` },
        ]);
      },
    );
  });

  describe('the session', () => {
    const logins = (passed: readonly string[]) => passed.filter((name) => name.endsWith('createSession')).length;
    async function gateHere() {
      const gate = await openGate(network.pds);
      onTestFinished(() => gate[Symbol.asyncDispose]());
      return gate;
    }
    const poll = async (feed: Feed) => await feed.pages(undefined, signal)[Symbol.asyncIterator]().next();

    test('is kept over restarts in a file for nobody else’s eyes, and shared', async () => {
      const [bot, gate, context] = [await newBot(), await gateHere(), await contextHere()];
      for (let run = 0; run < 3; run += 1) {
        await using feed = await openFeed(loginOf(gate.url, bot), {}, context);
        await using publisher = await driver.openPublisher!(loginOf(gate.url, bot), context);
        await poll(feed);
        expect(publisher.self).toBe(bot.did);
      }
      expect(logins(gate.passed)).toBe(1);
      const [name = ''] = await readdir(context.folder);
      expect((await stat(join(context.folder, name))).mode & 0o777).toBe(0o600);
      expect(await readFile(join(context.folder, name), 'utf8')).not.toContain(bot.password);
    });

    test('that is damaged or void is replaced', async () => {
      const [bot, gate, context] = [await newBot(), await gateHere(), await contextHere()];
      {
        await using feed = await openFeed(loginOf(gate.url, bot), {}, context);
        await poll(feed);
      }
      const [name = ''] = await readdir(context.folder);
      const file = join(context.folder, name);
      const { session } = JSON.parse(await readFile(file, 'utf8')) as { session: object };
      for (const text of ['{', JSON.stringify({ session: { ...session, refreshJwt: 'void' } })]) {
        await chmod(file, 0o600);
        await writeFile(file, text);
        await using feed = await openFeed(loginOf(gate.url, bot), {}, context);
        await poll(feed);
      }
      expect(logins(gate.passed)).toBe(3);
    });

    test('is not asked for again before its time, over restarts too, when logins are too many', async () => {
      const [bot, gate, context] = [await newBot(), await gateHere(), await contextHere()];
      gate.rule('com.atproto.server.createSession', ({ answer }) =>
        answer(429, { error: 'RateLimitExceeded', message: 'Rate Limit Exceeded' }, { 'retry-after': '289' }),
      );
      for (let run = 0; run < 3; run += 1) {
        await using feed = await openFeed(loginOf(gate.url, bot), {}, context);
        const error = await poll(feed).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(RetryLater);
        expect((error as RetryLater).delayMs).toBeGreaterThan(280_000);
      }
      expect(logins(gate.passed)).toBe(1);
    });

    test('with a wrong password is refused in words, once, and the password is not in them', async () => {
      const [bot, gate, context] = [await newBot(), await gateHere(), await contextHere()];
      const login = { ...loginOf(gate.url, bot), password: secretOf('wrong-and-secret') };
      for (let run = 0; run < 3; run += 1) {
        await using feed = await openFeed(login, {}, context);
        const error = await poll(feed).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(PermanentError);
        expect(String(error)).toMatch(/refuses the login of cable-bot/);
        expect(String(error)).not.toContain('secret');
      }
      expect(logins(gate.passed)).toBe(1);
      expect(await driver.checkPublisher!(login, context)).toMatch(/refuses the login/);
    });
  });

  test('a check reports a missing label, the account’s main password and a wrong clock', async () => {
    const bot = await newBot();
    const context = await contextHere();
    const own = { ...loginOf(network.pds, bot), password: secretOf('main-password') };
    const clock = { ...context.clock, now: () => Date.now() + 300_000 };
    const words = await driver.checkPublisher!(own, { ...context, clock });
    expect(words).toMatch(/no self-label `bot`/);
    expect(words).toMatch(/main password/);
    expect(words).toMatch(/clock is (299|300|301) s fast/);
  });
});
