import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Post } from '../../../src/core/post.ts';
import { MastodonFeed, MastodonPublisher } from '../../../src/platforms/mastodon/config.ts';
import { type FeedState, readState, writeState } from '../../../src/platforms/mastodon/cursor.ts';
import { lettersOf } from '../../../src/platforms/mastodon/publisher.ts';
import { planLists } from '../../../src/platforms/mastodon/lists.ts';
import { lengthOf } from '../../../src/platforms/mastodon/new-status.ts';
import { toPost } from '../../../src/platforms/mastodon/to-post.ts';
import { Instance, Status } from '../../../src/platforms/mastodon/wire.ts';

describe('length', () => {
  test.each([
    ['plain words', 11],
    ['👩‍👩‍👧‍👦🗞️é', 3],
    ['https://example.org/a/very/long/address/that/goes/on/and/on', 23],
    ['https://a.io', 23],
    ['(see https://example.org/x).', 5 + 23 + 2],
    ['https://example.org/x、夜', 25],
    ['@ada@social.example hi', 7],
    ['two https://a.io https://b.io', 4 + 23 + 1 + 23],
    ['', 0],
  ])('of %j is %d', (text, length) => expect(lengthOf(text, 23)).toBe(length));

  test('of a text with one more character is never smaller', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.constantFrom('a', '夜', ' '), (text, more) => {
        expect(lengthOf(`${text} ${more}`, 23)).toBeGreaterThanOrEqual(lengthOf(text, 23));
      }),
    );
  });
});

test('letters and digits of a text are those of its HTML', () => {
  const html =
    '<p><span class="h-card"><a href="https://a.example/@ada">@<span>ada</span></a></span> See <b>07ASTANA2244</b>:<br/><a href="https://wikileaks.org/x"><span class="invisible">https://</span><span>wikileaks.org/x</span></a></p>';
  expect(lettersOf(html)).toBe(lettersOf('See 07ASTANA2244:\nhttps://wikileaks.org/x'));
  expect(lettersOf('Reply 15')).not.toBe(lettersOf('Reply 5'));
});

describe('a status from a stranger', () => {
  const account = fc.record(
    {
      id: fc.string(),
      acct: fc.string(),
      url: fc.oneof(fc.webUrl(), fc.string(), fc.constant(null)),
      note: fc.string(),
      bot: fc.boolean(),
      created_at: fc.oneof(fc.constant('2020-01-01'), fc.string()),
      fields: fc.anything(),
    },
    { requiredKeys: ['id', 'acct'] },
  );
  const status = fc.record(
    {
      id: fc.string(),
      uri: fc.oneof(fc.webUrl(), fc.string()),
      account,
      created_at: fc.constant('2026-11-25T10:00:00Z'),
      content: fc.string({ unit: 'binary' }),
      spoiler_text: fc.string({ unit: 'binary' }),
      visibility: fc.anything(),
      language: fc.anything(),
      in_reply_to_id: fc.oneof(fc.string(), fc.constant(null)),
      tags: fc.array(fc.record({ name: fc.string({ unit: 'binary' }), url: fc.anything() })),
      mentions: fc.array(fc.record({ url: fc.oneof(fc.string(), fc.constant(null)) })),
    },
    { requiredKeys: ['id', 'uri', 'account', 'created_at', 'content'] },
  );

  test('is read where a compatible server leaves out its text, numbers its posts, or lists something odd', () => {
    const raw = {
      id: 17,
      uri: 'https://a.example/p/17',
      account: { id: 3, acct: 'ada@a.example' },
      created_at: '2026-11-25T10:00:00Z',
      content: null,
      spoiler_text: '07ASTANA2244',
      mentions: [null, { url: 'https://b.example/@bot' }, 7],
      tags: [{ name: 'cablegate' }, null, { name: 5 }],
    };
    const ownAccounts = new Set(['https://b.example/@bot']);
    const context = { server: 'https://a.example', ownAccounts, mentioned: false, thread: undefined, readAt: 0 };
    const post = toPost(Status.parse(raw), context);
    expect(post).toMatchObject({ text: '07ASTANA2244', summoned: true, hashtags: ['cablegate'], native: { id: '17' } });
  });

  test('is a well-formed post, or is refused with a reason', () => {
    fc.assert(
      fc.property(status, (raw) => {
        const read = Status.safeParse(raw);
        if (!read.success) return;
        const post = toPost(read.data, {
          server: 'https://a.example',
          ownAccounts: new Set(),
          mentioned: false,
          thread: undefined,
          readAt: 0,
        });
        expect(Post.parse(post)).toEqual(post);
        expect(post.text.isWellFormed()).toBe(true);
      }),
    );
  });

  test('has no links but those that it gives: none to its hashtags, in any script', () => {
    const link = (path: string) => `<a href="https://b.example${path}">x</a>`;
    const tagged = Status.parse({
      id: '1',
      uri: 'https://b.example/statuses/1',
      account: { id: '2', acct: 'ada@b.example', url: 'https://b.example/@ada' },
      created_at: '2026-11-23T12:00:00Z',
      content:
        link('/tags/Cablegate') + link('/tags/r%C3%A9sum%C3%A9') + link('/tag/夜/') + link('/tags/other') + link('/'),
      tags: ['cablegate', 'résumé', '夜'].map((name) => ({ name, url: `https://a.example/tags/${name}` })),
    });
    const context = {
      server: 'https://a.example',
      ownAccounts: new Set<string>(),
      mentioned: false,
      thread: undefined,
      readAt: 0,
    };
    expect(toPost(tagged, context).links).toEqual(['https://b.example/tags/other', 'https://b.example/']);
  });

  test('never throws, whatever it is', () => {
    fc.assert(fc.property(fc.anything(), (raw) => void Status.safeParse(raw)));
  });
});

describe('a cursor', () => {
  const text = fc.string({ maxLength: 300 });
  const list = fc.record({
    position: fc.record({ id: text, at: fc.nat() }),
    trail: fc.array(
      fc.record({ id: text, statusId: text.filter((id) => id !== ''), globalId: text, edited: fc.nat() }),
    ),
  });
  const state = fc.array(fc.tuple(fc.webUrl(), fc.array(fc.tuple(text, list))));

  test('gives back what was put in', () => {
    fc.assert(
      fc.property(state, (servers) => {
        const before: FeedState = new Map(
          servers.map(([url, lists]) => [url, new Map(lists.filter(([key]) => key !== '__proto__'))]),
        );
        expect(readState(writeState(before))).toEqual(before);
      }),
    );
  });

  test('is at most 64 KB, however much was delivered, and keeps every position', () => {
    const trail = Array.from({ length: 60 }, (_, serial) => ({
      id: `${serial}`,
      statusId: `${serial}`,
      globalId: 'x'.repeat(900),
      edited: 0,
    }));
    const lists = new Map(
      Array.from({ length: 41 }, (_, serial) => [`tag${serial}`, { position: { id: `${serial}`, at: 5 }, trail }]),
    );
    const before: FeedState = new Map(
      Array.from({ length: 8 }, (_, serial) => [`https://server${serial}.example`, lists]),
    );
    const cursor = writeState(before);
    expect(Buffer.byteLength(cursor)).toBeLessThanOrEqual(65_536);
    const positions = [...readState(cursor).values()].flatMap((read) =>
      [...read.values()].map(({ position }) => position),
    );
    expect(positions).toHaveLength(8 * 41);
  });
});

test('lists request every hashtag once, whatever was read before', () => {
  const tag = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
  const known = fc.uniqueArray(fc.uniqueArray(tag, { minLength: 1, maxLength: 4 }), { maxLength: 3 });
  fc.assert(
    fc.property(known, fc.uniqueArray(tag), fc.constantFrom(1, 4), (before, tags, size) => {
      const at = { position: { id: '5', at: 5 }, trail: [] };
      const planned = planLists(new Map(before.map((list) => [list.join(' '), at])), { tags, mentions: false }, size);
      const asked = [...planned.keys()].flatMap((key) => key.split(' '));
      expect(asked.toSorted()).toEqual(tags.toSorted());
      for (const key of planned.keys()) expect(key.split(' ').length).toBeLessThanOrEqual(size);
    }),
  );
});

describe('the description of a server', () => {
  test('may be of version 1, or say next to nothing', () => {
    const old = Instance.parse({
      version: '3.5.0',
      max_toot_chars: 1000,
      urls: { streaming_api: 'wss://a.example' },
      rules: null,
    });
    expect(old).toEqual({
      tagsPerRequest: 1,
      maxCharacters: 1000,
      urlLength: 23,
      keepsKeysMs: undefined,
      streaming: 'wss://a.example/',
      rules: [],
      notificationTypes: ['mention'],
      hashtagAccess: undefined,
    });
    expect(Instance.parse({ version: '' })).toMatchObject({
      maxCharacters: 500,
      urlLength: 23,
      streaming: undefined,
    });
  });
});

describe('configuration', () => {
  test.each([
    ['a path behind the server', { servers: [{ url: 'https://a.example/@bot' }] }],
    ['a server twice', { servers: [{ url: 'https://a.example' }, { url: 'https://a.example/' }] }],
    ['a tag with its sign', { servers: [{ url: 'https://a.example' }], hashtags: ['#cablegate'] }],
    ['nothing to read', { servers: [{ url: 'https://a.example' }], hashtags: [] }],
    ['a password in the address', { servers: [{ url: 'https://me:secret@a.example' }] }],
  ])('with %s is refused', (_what, config) => expect(MastodonFeed.safeParse(config).success).toBe(false));

  test('with a token in the open is refused', () => {
    expect(MastodonPublisher.safeParse({ server: 'https://a.example', token: 'abc' }).success).toBe(false);
  });
});
