import { describe, expect, test } from 'vitest';
import { RetryLater, messageOf } from '../../../src/core/errors.ts';
import type { Cursor, Page } from '../../../src/core/post.ts';
import { drain, textsOf } from '../../contract/feed.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { openFakeMastodon } from '../../support/fake-mastodon/fake-mastodon.ts';
import type { FakeOptions } from '../../support/fake-mastodon/state.ts';
import { feedConfig, never, openFeed, tooLarge } from './setup.ts';

const hour = 3_600_000;

/** A server, and a feed that remembers where it was. */
async function reading(options: Partial<FakeOptions> = {}, changes: Record<string, unknown> = {}) {
  const fake = await openFakeMastodon(options);
  const [bot, ada] = [fake.join('bot'), fake.join('ada')];
  const context = await openTestContext([fake.allow]);
  let config = feedConfig([{ url: fake.url, token: bot.token }], changes);
  let feed = await openFeed(config, context);
  let cursor: Cursor | undefined;
  return {
    fake,
    bot,
    ada,
    context,
    /** One poll. */
    async poll() {
      const pages: Page[] = [];
      for await (const page of feed.pages(cursor, never)) {
        pages.push(page);
        ({ cursor } = page);
      }
      return {
        pages,
        texts: textsOf(pages),
        posts: pages.flatMap(({ posts }) => posts),
        changes: pages.flatMap((page) => page.changes ?? []),
      };
    },
    /** As another process, maybe with another configuration. */
    async restart(next: Record<string, unknown> = changes) {
      config = feedConfig([{ url: fake.url, token: bot.token }], next);
      feed = await openFeed(config, context);
    },
    requests: (path: string) => fake.calls.filter((call) => call.path.startsWith(path)),
    [Symbol.asyncDispose]: async () => {
      await context[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

const small = { version: '4.0.0 (compatible; Small 1)', sourceUrl: '', anyIsKnown: false };

describe('what is new', () => {
  test.each([
    ['Mastodon', {}],
    ['a server that knows no since_id', { ...small, sinceIdIsKnown: false }],
  ])('after an outage in which much was written, comes without a gap and in order, from %s', async (_kind, options) => {
    await using place = await reading({ ...options, limit: 1000 });
    place.fake.write(place.ada, 'before #cablegate', { createdAt: Date.now() - 40 * hour });
    await place.poll();
    const written = Array.from({ length: 333 }, (_, serial) => `${serial} #cablegate`);
    for (const [serial, text] of written.entries())
      place.fake.write(place.ada, text, { createdAt: Date.now() - 36 * hour + serial * 380_000 });
    expect((await place.poll()).texts).toEqual(written);
    expect((await place.poll()).pages).toEqual([]);
  });

  test('is not lost when the poll is cut off after its first page', async () => {
    await using place = await reading();
    await place.poll();
    const written = Array.from({ length: 100 }, (_, serial) => `${serial} #cablegate`);
    for (const text of written) place.fake.write(place.ada, text);
    await using feed = await openFeed(feedConfig([{ url: place.fake.url }]), place.context);
    let cursor: Cursor | undefined;
    const taken: string[] = [];
    for await (const page of feed.pages(undefined, never)) {
      ({ cursor } = page);
      taken.push(...textsOf([page]));
      break;
    }
    expect(taken).toHaveLength(40);
    expect([...taken, ...textsOf(await drain(feed, cursor))]).toEqual(written);
  });

  test('and reached the server late, among older posts, is found all the same', async () => {
    await using place = await reading();
    place.fake.write(place.ada, 'one #cablegate', { createdAt: Date.now() - 60_000 });
    await place.poll();
    place.fake.write(place.ada, 'late #cablegate', { createdAt: Date.now() - 30 * 60_000 });
    expect((await place.poll()).texts).toEqual(['late #cablegate']);
  });

  test('and came late is found behind a page that is full of what is known', async () => {
    await using place = await reading();
    for (let serial = 0; serial < 39; serial++)
      place.fake.write(place.ada, `${serial} #cablegate`, { createdAt: Date.now() - 20 * 60_000 + serial * 1000 });
    await place.poll();
    place.fake.write(place.ada, 'late #cablegate', { createdAt: Date.now() - 30 * 60_000 });
    place.fake.write(place.ada, 'new #cablegate');
    expect((await place.poll()).texts).toEqual(['late #cablegate', 'new #cablegate']);
  });

  test('is found among the many of a busy hour, however late it came', async () => {
    await using place = await reading();
    const begin = Date.now() - 50 * 60_000;
    for (let serial = 0; serial < 100; serial++)
      place.fake.write(place.ada, `${serial} #cablegate`, { createdAt: begin + serial * 1000 });
    await place.poll();
    place.fake.write(place.ada, 'late #cablegate', { createdAt: begin + 500 });
    expect((await place.poll()).texts).toEqual(['late #cablegate']);
  });

  test('and mentions the bot is found also where it was written hours before it came', async () => {
    await using place = await reading({}, { hashtags: [], mentions: true });
    place.fake.write(place.ada, '@bot one', { createdAt: Date.now() - 2 * hour });
    await place.poll();
    const next = place.fake.write(place.ada, 'something else');
    place.fake.remove(next);
    place.fake.write(place.ada, '@bot late', { createdAt: Date.now() - 5 * hour, id: next.id });
    expect((await place.poll()).texts).toEqual(['@bot late']);
    expect((await place.poll()).pages).toEqual([]);
  });

  test('on a server where the last known post was deleted is found all the same', async () => {
    await using place = await reading({ ...small, sinceIdIsKnown: false }, { overlap: '0s' });
    const last = place.fake.write(place.ada, 'one #cablegate');
    await place.poll();
    place.fake.remove(last);
    place.fake.write(place.ada, 'two #cablegate');
    expect((await place.poll()).texts).toEqual(['two #cablegate']);
  });

  test('comes once, however many hashtags and servers have it', async () => {
    await using place = await reading(small, { hashtags: ['cablegate', 'wlfind'], mentions: true });
    place.fake.write(place.ada, '@bot #cablegate #wlfind');
    expect((await place.poll()).texts).toEqual(['@bot #cablegate #wlfind']);
    expect((await place.poll()).texts).toEqual([]);
  });

  test('at a first poll is the latest within a day, and no more than was asked for', async () => {
    await using place = await reading({}, { firstRun: '1d', firstRunItems: 3 });
    for (const age of [30, 20, 10, 5, 2, 1])
      place.fake.write(place.ada, `${age} #cablegate`, { createdAt: Date.now() - age * hour });
    expect((await place.poll()).texts).toEqual(['5 #cablegate', '2 #cablegate', '1 #cablegate']);
    expect((await place.poll()).texts).toEqual([]);
    place.fake.write(place.ada, 'new #cablegate');
    expect((await place.poll()).texts).toEqual(['new #cablegate']);
  });

  test('does not contain what the bot itself wrote', async () => {
    await using place = await reading();
    place.fake.write(place.bot, 'my own #cablegate');
    expect((await place.poll()).texts).toEqual([]);
  });
});

describe('requests', () => {
  test('ask Mastodon for four tags at a time, and other servers for one', async () => {
    const tags = ['a1', 'b2', 'c3', 'd4', 'e5'];
    await using place = await reading({}, { hashtags: tags });
    for (const tag of tags) place.fake.write(place.ada, `#${tag}`);
    expect((await place.poll()).texts).toEqual(tags.map((tag) => `#${tag}`));
    expect(new Set(place.requests('/api/v1/timelines/tag').map(({ path }) => path)).size).toBe(2);
    await using other = await reading(small, { hashtags: tags });
    for (const tag of tags) other.fake.write(other.ada, `#${tag}`);
    expect((await other.poll()).texts).toEqual(tags.map((tag) => `#${tag}`));
    expect(new Set(other.requests('/api/v1/timelines/tag').map(({ path }) => path)).size).toBe(5);
  });

  test('name further hashtags and the kind of notification as lists, one value each', async () => {
    await using place = await reading({}, { hashtags: ['a1', 'b2', 'c3'], mentions: true });
    await place.poll();
    const [timeline] = place.requests('/api/v1/timelines/tag/a1');
    expect(timeline?.query.getAll('any[]')).toEqual(['b2', 'c3']);
    const [notifications] = place.requests('/api/v1/notifications');
    expect(notifications?.query.getAll('types[]')).toEqual(['mention', 'quote']);
  });

  test('a poll without new posts costs one for each list', async () => {
    await using place = await reading();
    place.fake.write(place.ada, 'one #cablegate');
    await place.poll();
    place.fake.calls.length = 0;
    await place.poll();
    expect(place.fake.calls).toHaveLength(1);
  });

  test('a tag that is added begins anew, and the others go on where they were', async () => {
    await using place = await reading({}, { hashtags: ['cablegate'] });
    place.fake.write(place.ada, 'old #cablegate');
    await place.poll();
    place.fake.write(place.ada, 'new #cablegate');
    place.fake.write(place.ada, 'other #wlfind');
    await place.restart({ hashtags: ['wlfind', 'cablegate'] });
    expect((await place.poll()).texts.toSorted()).toEqual(['new #cablegate', 'other #wlfind']);
  });
});

describe('a post', () => {
  test('has all that the server says of it', async () => {
    await using place = await reading({}, { mentions: true });
    const first = place.fake.write(place.ada, 'first');
    place.ada.note = 'writes';
    const status = place.fake.write(
      place.ada,
      '@bot see #07ASTANA2244 https://example.org/a/very/long/address/of/a/page ¶5',
      {
        visibility: 'direct',
        spoilerText: 'politics',
        inReplyToId: first.id,
        language: 'de',
      },
    );
    const uri = (id: string) => `${place.fake.url}/users/ada/statuses/${id}`;
    expect((await place.poll()).posts).toEqual([
      {
        key: `mastodon:${uri(status.id)}`,
        platform: 'mastodon',
        id: uri(status.id),
        url: `${place.fake.url}/@ada/${status.id}`,
        author: {
          id: `${place.fake.url}/@ada`,
          handle: `ada@127.0.0.1:${place.fake.port}`,
          name: 'ada',
          bot: false,
          since: Date.parse('2020-01-02'),
        },
        text: '@bot see #07ASTANA2244 https://example.org/a/very/long/address/of/a/page ¶5',
        language: 'de',
        createdAt: status.createdAt,
        hashtags: ['07astana2244'],
        links: [],
        summoned: true,
        repost: false,
        visibility: 'direct',
        inReplyTo: uri(first.id),
        thread: uri(first.id),
        warning: 'politics',
        native: { server: place.fake.url, id: status.id },
      },
    ]);
  });

  test('that mentions the bot is summoned even if the server marks the mention only in the text', async () => {
    await using place = await reading(small);
    const status = place.fake.write(place.ada, '@bot #cablegate');
    const wire = (await (await fetch(`${place.fake.url}/api/v1/statuses/${status.id}`)).json()) as object;
    place.fake.write(place.ada, '#cablegate', {
      nonsense: { ...wire, uri: 'https://elsewhere.example/1', mentions: [] },
    });
    expect((await place.poll()).posts.map(({ summoned }) => summoned)).toEqual([true, true]);
  });

  test('that is deep in a thread names its first post and its parent', async () => {
    await using place = await reading();
    const first = place.fake.write(place.ada, 'first');
    const second = place.fake.write(place.ada, 'second', { inReplyToId: first.id });
    place.fake.write(place.ada, 'third #cablegate', { inReplyToId: second.id });
    const [post] = (await place.poll()).posts;
    expect(post?.thread).toMatch(new RegExp(`${first.id}$`));
    expect(post?.inReplyTo).toMatch(new RegExp(`${second.id}$`));
  });

  test('begins with its warning where that is its own, and not where it is that of the thread', async () => {
    await using place = await reading();
    const first = place.fake.write(place.ada, 'look #cablegate', { spoilerText: 'on 07ASTANA2244' });
    place.fake.write(place.ada, 'stop #cablegate', { spoilerText: 'on 07ASTANA2244', inReplyToId: first.id });
    expect((await place.poll()).texts).toEqual(['on 07ASTANA2244\n\nlook #cablegate', 'stop #cablegate']);
  });

  test.each([
    ['no bots please <a href="/tags/nobot" class="mention hashtag">#<span>nobot</span></a>', '#nobot'],
    ['#NoBots', '#NoBots'],
    ['＃nobot!', '＃nobot'],
  ])('is closed when its author’s profile says %s', async (note, tag) => {
    await using place = await reading();
    place.ada.note = note;
    place.fake.write(place.ada, '#cablegate');
    expect((await place.poll()).posts).toMatchObject([{ closed: `its author’s profile says ${tag}` }]);
  });

  test.each(['I am #nobotanist', 'nobot', '#nobot_friend', 'x#nobot'])('is open when it says %s', async (note) => {
    await using place = await reading();
    place.ada.note = note;
    place.fake.write(place.ada, '#cablegate');
    expect((await place.poll()).posts[0]).not.toHaveProperty('closed');
  });

  test('of a bot says so', async () => {
    await using place = await reading();
    place.ada.bot = true;
    place.fake.write(place.ada, '#cablegate');
    expect((await place.poll()).posts).toMatchObject([{ author: { bot: true } }]);
  });

  test('that is edited or deleted soon after comes as a change', async () => {
    await using place = await reading();
    const [kept, edited, retagged, deleted] = ['a', 'b', 'c', 'd'].map((text) =>
      place.fake.write(place.ada, `${text} #cablegate`),
    );
    const { posts } = await place.poll();
    place.fake.edit(edited!, 'b2 #cablegate');
    place.fake.edit(retagged!, 'c2');
    place.fake.remove(deleted!);
    const { texts, changes } = await place.poll();
    expect(texts).toEqual([]);
    expect(changes).toHaveLength(3);
    expect(changes).toContainEqual({ kind: 'delete', key: posts[3]?.key });
    expect(changes.flatMap((change) => (change.kind === 'edit' ? [change.post.text] : [])).toSorted()).toEqual([
      'b2 #cablegate',
      'c2',
    ]);
    expect((await place.poll()).pages).toEqual([]);
    expect(kept).toBeDefined();
  });

  test.each([
    ['that is merely not shown for once', () => false],
    ['in the place of which a proxy shows its page', () => true],
  ])('%s is no deletion', async (_what, isProxy) => {
    await using place = await reading();
    place.fake.write(place.ada, '#cablegate');
    await place.poll();
    place.fake.behave(({ path }, response) => {
      const isTimeline = path.startsWith('/api/v1/timelines');
      if (isTimeline) response.writeHead(200, { 'content-type': 'application/json' }).end('[]');
      else if (isProxy()) response.writeHead(404).end('<h1>Not Found</h1>');
      return isTimeline || isProxy();
    });
    expect((await place.poll()).changes).toEqual([]);
  });
});

describe('a list of its own', () => {
  const lists = { hashtags: ['neverused', 'cablegate'], mentions: true };

  test('is empty where GoToSocial has never seen the hashtag', async () => {
    await using place = await reading(small, lists);
    place.fake.write(place.ada, '#cablegate');
    place.fake.behave(({ path }, response) => {
      if (!path.endsWith('/neverused')) return false;
      response.writeHead(404, { 'content-type': 'application/json' });
      return response.end('{"error":"Not Found: tag was not found, or not useable/listable"}') !== undefined;
    });
    expect((await place.poll()).texts).toEqual(['#cablegate']);
    expect(place.context.warnings).toEqual([]);
  });

  test.each([
    ['fails', 500, ''],
    ['is behind the page of a proxy', 404, '<h1>Not Found</h1>'],
    ['is no list', 200, '{}'],
  ])('that %s rests, is reported once, and does not hold up the others', async (_what, status, body) => {
    await using place = await reading(small, lists);
    let later = 0;
    const clock = { ...place.context.clock, now: () => Date.now() + later };
    const config = feedConfig([{ url: place.fake.url, token: place.bot.token }], lists);
    await using feed = await openFeed(config, { ...place.context, clock });
    place.fake.write(place.ada, '#cablegate');
    place.fake.write(place.ada, '@bot');
    place.fake.behave(
      ({ path }, response) => path.endsWith('/neverused') && response.writeHead(status).end(body) !== undefined,
    );
    const pages = await drain(feed);
    expect(textsOf(pages).toSorted()).toEqual(['#cablegate', '@bot']);
    place.fake.write(place.ada, '@bot again');
    const next = await drain(feed, pages.at(-1)?.cursor);
    expect(textsOf(next)).toEqual(['@bot again']);
    expect(place.requests('/api/v1/timelines/tag/neverused')).toHaveLength(1);
    expect(place.context.warnings).toEqual([
      expect.stringMatching(`^${place.fake.url}, #neverused cannot be read \\(the others can\\): `),
    ]);
    place.fake.behave(() => false);
    place.fake.write(place.ada, '#neverused');
    later += 60_000;
    expect(textsOf(await drain(feed, next.at(-1)?.cursor))).toEqual(['#neverused']);
    place.fake.behave((_call, response) => response.writeHead(502).end() !== undefined);
    await expect(drain(feed, next.at(-1)?.cursor)).rejects.toThrow('no list can be read');
  });

  test('of mentions has those that the account’s policy filters', async () => {
    await using place = await reading({}, lists);
    place.ada.filtered = true;
    place.fake.write(place.ada, '@bot see 07ASTANA2244', { visibility: 'direct' });
    expect((await place.poll()).texts).toEqual(['@bot see 07ASTANA2244']);
  });

  test('of mentions has quotes of the bot, which are no summons, and says what they quote', async () => {
    await using place = await reading({}, lists);
    const own = place.fake.write(place.bot, 'an answer');
    place.fake.write(place.ada, '07ASTANA2244 too', { quotes: own });
    const uri = `${place.fake.url}/users/bot/statuses/${own.id}`;
    expect((await place.poll()).posts).toMatchObject([{ text: '07ASTANA2244 too', summoned: false, quotes: uri }]);
  });
});

describe('what strangers have made too large', () => {
  test('is read in smaller parts', async () => {
    await using place = await reading();
    const texts = Array.from({ length: 12 }, (_, serial) => `${serial} #cablegate`);
    for (const text of texts) place.fake.write(place.ada, text);
    place.fake.behave(({ path, query }, response) => {
      return path.startsWith('/api/v1/timelines') && Number(query.get('limit')) > 5 && tooLarge(response);
    });
    expect((await place.poll()).texts).toEqual(texts);
    expect((await place.poll()).pages).toEqual([]);
  });

  test('for any response is reported once, and later posts are read', async () => {
    await using place = await reading();
    const huge = place.fake.write(place.ada, 'huge #cablegate');
    const one = place.fake.write(place.ada, 'one #cablegate');
    place.fake.behave(({ path, query }, response) => {
      if (!path.startsWith('/api/v1/timelines') || query.get('since_id') === huge.id) return false;
      return (Number(query.get('limit')) > 1 || query.get('max_id') === one.id) && tooLarge(response);
    });
    const { texts, pages } = await place.poll();
    expect(texts).toEqual(['one #cablegate']);
    expect(pages.flatMap(({ rejects }) => rejects)).toMatchObject([{ reason: 'too large to be read' }]);
    place.fake.write(place.ada, 'two #cablegate');
    const next = await place.poll();
    expect([next.texts, next.pages.flatMap(({ rejects }) => rejects)]).toEqual([['two #cablegate'], []]);
  });

  test('leaves a reply without its thread, and does not hold it back', async () => {
    await using place = await reading();
    const first = place.fake.write(place.ada, 'first');
    place.fake.write(place.ada, 'reply #cablegate', { inReplyToId: first.id });
    place.fake.behave(({ path }, response) => path.endsWith('/context') && tooLarge(response));
    expect((await place.poll()).posts).toMatchObject([
      { text: 'reply #cablegate', thread: `${place.fake.url}/statuses/${first.id}` },
    ]);
  });
});

describe('what goes wrong', () => {
  async function failure(place: Awaited<ReturnType<typeof reading>>): Promise<unknown> {
    return await place.poll().then(
      () => expect.unreachable('the poll should have failed'),
      (error: unknown) => error,
    );
  }

  test('a 429 asks to wait until the time that it names', async () => {
    await using place = await reading({ limit: 2 });
    place.fake.spent.count = 2;
    place.fake.spent.resetAt = Date.now() + 120_000;
    const error = await failure(place);
    expect(error).toBeInstanceOf(RetryLater);
    expect((error as RetryLater).delayMs).toBeGreaterThan(100_000);
    expect((error as RetryLater).delayMs).toBeLessThan(130_000);
  });

  test('a budget that is nearly used up is left to others, and the server is not asked again', async () => {
    await using place = await reading({ limit: 12 });
    expect(await failure(place)).toBeInstanceOf(RetryLater);
    const asked = place.fake.calls.length;
    expect(await failure(place)).toBeInstanceOf(RetryLater);
    expect(place.fake.calls.length).toBe(asked);
  });

  test.each([
    ['a page of a proxy', 502, 'text/html', '<h1>Bad Gateway</h1>', 'answered 502 Bad Gateway'],
    [
      'a page in place of JSON',
      200,
      'text/html',
      '<h1>Welcome</h1>',
      'with something other than JSON (text/html, 16 bytes)',
    ],
    ['JSON that is cut off', 200, 'application/json', '[{"id":', 'with something other than JSON'],
    ['an answer of no type', 500, '', '', 'answered 500 Internal Server Error'],
    ['another shape', 200, 'application/json', '{"statuses":[]}', 'sent no list'],
    [
      'a refusal with a reason',
      403,
      'application/json',
      '{"error":"This is not allowed"}',
      'answered 403 Forbidden: This is not allowed',
    ],
  ])('%s is an error that says so', async (_what, status, type, body, message) => {
    await using place = await reading();
    place.fake.behave(({ path }, response) => {
      if (!path.startsWith('/api/v1/timelines')) return false;
      response.writeHead(status, type === '' ? {} : { 'content-type': type }).end(body);
      return true;
    });
    expect(messageOf(await failure(place))).toContain(message);
  });

  test('a connection that breaks is an error, and the next poll takes up where it was', async () => {
    await using place = await reading();
    await place.poll();
    place.fake.write(place.ada, 'one #cablegate');
    place.fake.behave((_call, response) => response.destroy() !== undefined);
    expect(await failure(place)).toBeInstanceOf(Error);
    place.fake.behave(() => false);
    expect((await place.poll()).texts).toEqual(['one #cablegate']);
  });

  test('a list that never comes is abandoned when the reader stops', async () => {
    await using place = await reading();
    await using feed = await openFeed(feedConfig([{ url: place.fake.url }]), place.context);
    const stop = new AbortController();
    place.fake.behave(({ path }) => {
      if (path.startsWith('/api/v1/timelines')) stop.abort(new Error('stopping'));
      return path.startsWith('/api/v1/timelines');
    });
    const pages = feed.pages(undefined, stop.signal)[Symbol.asyncIterator]();
    await expect(pages.next()).rejects.toThrow('stopping');
  });

  test('no message carries the token', async () => {
    await using place = await reading();
    place.fake.behave((call, response) => {
      response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ error: 'no' }));
      return call.path !== '';
    });
    expect(messageOf(await failure(place))).not.toContain('token-of');
  });

  test('a failing server does not hold up another, and is reported once', async () => {
    await using broken = await reading();
    await using sound = await reading();
    broken.fake.behave((_call, response) => response.writeHead(500).end() !== undefined);
    const context = await openTestContext([broken.fake.allow, sound.fake.allow]);
    await using feed = await openFeed(feedConfig([{ url: broken.fake.url }, { url: sound.fake.url }]), context);
    sound.fake.write(sound.ada, 'one #cablegate');
    const pages = await drain(feed);
    expect(textsOf(pages)).toEqual(['one #cablegate']);
    expect(context.warnings).toEqual([
      expect.stringMatching(`${broken.fake.url} cannot be read \\(the others can\\): `),
    ]);
    sound.fake.behave((_call, response) => response.writeHead(500).end() !== undefined);
    await expect(drain(feed, pages.at(-1)?.cursor)).rejects.toThrow('no server can be read');
  });

  test('a post on two servers is one post, and summons each mentioned account', async () => {
    await using place = await reading({}, { mentions: true });
    const status = place.fake.write(place.ada, '@bot #cablegate');
    const [seenHere] = (await place.poll()).posts;
    await using other = await reading();
    // The other server shows the same post, under a number of its own.
    const wire = (await (await fetch(`${place.fake.url}/api/v1/statuses/${status.id}`)).json()) as object;
    other.fake.write(other.ada, '#cablegate', { nonsense: { ...wire, id: '77' } });
    const context = await openTestContext([place.fake.allow, other.fake.allow]);
    const config = feedConfig([{ url: other.fake.url }, { url: place.fake.url, token: place.bot.token }], {
      mentions: true,
    });
    await using feed = await openFeed(config, context);
    const posts = (await drain(feed)).flatMap((page) => page.posts);
    expect(posts).toHaveLength(1);
    expect(posts[0]).toMatchObject({
      key: seenHere?.key,
      summoned: true,
      native: { server: other.fake.url, id: '77' },
    });
  });

  test('a server that cannot say who the bot is there costs no summons', async () => {
    await using place = await reading();
    await using other = await reading();
    const status = place.fake.write(place.ada, '@bot see');
    const wire = (await (await fetch(`${place.fake.url}/api/v1/statuses/${status.id}`)).json()) as object;
    const context = await openTestContext([place.fake.allow, other.fake.allow]);
    let later = 0;
    const clock = { ...context.clock, now: () => Date.now() + later };
    const config = feedConfig([{ url: place.fake.url, token: place.bot.token }, { url: other.fake.url }]);
    place.fake.behave((_call, response) => response.writeHead(500).end() !== undefined);
    const feed = await openFeed(config, { ...context, clock });
    other.fake.write(other.ada, '#cablegate', { nonsense: { ...wire, id: '77' } });
    other.fake.write(other.ada, 'not about it #cablegate');
    const before = await drain(feed);
    expect(textsOf(before)).toEqual(['not about it #cablegate']);
    place.fake.behave(() => false);
    later += 60_000;
    const after = await drain(feed, before.at(-1)?.cursor);
    expect(after.flatMap(({ posts }) => posts)).toMatchObject([{ summoned: true }]);
    // Once known, the account is known to the next process too.
    place.fake.behave((_call, response) => response.writeHead(500).end() !== undefined);
    other.fake.write(other.ada, '#cablegate', { nonsense: { ...wire, id: '78', uri: 'https://elsewhere.example/2' } });
    const fresh = await openFeed(
      feedConfig([{ url: place.fake.url, token: place.bot.token }, { url: other.fake.url }]),
      {
        ...context,
        clock,
      },
    );
    const last = await drain(fresh, after.at(-1)?.cursor);
    expect(last.flatMap(({ posts }) => posts)).toMatchObject([{ id: 'https://elsewhere.example/2', summoned: true }]);
  });

  test('a cursor that makes no sense begins anew', async () => {
    await using place = await reading();
    place.fake.write(place.ada, 'one #cablegate');
    await using feed = await openFeed(feedConfig([{ url: place.fake.url }]), place.context);
    for (const cursor of ['', 'nonsense', '[]', '{"x":1}'])
      expect(textsOf(await drain(feed, cursor))).toEqual(['one #cablegate']);
  });
});
