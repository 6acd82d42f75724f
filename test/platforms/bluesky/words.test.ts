import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bluesky } from '../../../src/platforms/bluesky/config.ts';
import { compose, facetsOf, lengthOf, recordKey, recordKeyOf } from '../../../src/platforms/bluesky/post-record.ts';
import { decodeV1, decodeV2 } from '../../../src/platforms/bluesky/jetstream.ts';
import { interestIn, hashtagsOf } from '../../../src/platforms/bluesky/hashtags.ts';
import { readRecord, toPost } from '../../../src/platforms/bluesky/to-post.ts';
import { type PostRecord, PostRecord as Schema } from '../../../src/platforms/bluesky/wire.ts';
import { Post } from '../../../src/core/post.ts';
import { newPayload } from '../../contract/publisher.ts';

const record = (raw: object): PostRecord => Schema.parse({ text: '', ...raw });
const marked = (...tags: string[]) => ({ facets: [{ features: tags.map((tag) => ({ tag })) }] });

describe('hashtags', () => {
  test.each<[string, object, string[]]>([
    ['plain', { text: '#07ASTANA2244 #cablegate' }, ['07ASTANA2244', 'cablegate']],
    ['in brackets, which clients do not mark', { text: '(#07ASTANA2244)' }, ['07ASTANA2244']],
    ['in quotation marks, which clients do not mark', { text: '"#07ASTANA2244"' }, ['07ASTANA2244']],
    [
      'with a comma between, which clients mark as one',
      marked('07ASTANA2244,#cablegate'),
      ['07ASTANA2244', 'cablegate'],
    ],
    ['one after the other, which clients mark as one', { text: '#a#b', ...marked('a#b') }, ['a', 'b']],
    ['full-width', { text: '＃cablegate' }, ['cablegate']],
    ['with hyphens', { text: '#07-ASTANA-2244-' }, ['07-ASTANA-2244']],
    ['before an apostrophe', { text: '#cablegate’s' }, ['cablegate']],
    ['in the list alone', { tags: ['cablegate'] }, ['cablegate']],
    ['of two scripts', { text: '#夜明け #cable·gate' }, ['夜明け', 'cable·gate']],
    ['none: within a word, an entity, a URL', { text: 'x#07A &#07; https://a.b/c#d https://a.b/#e' }, []],
  ])('%s', (_what, raw, expected) => {
    expect(hashtagsOf(record(raw))).toEqual(expected);
  });

  test('of any text are found in linear time and without their sign', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('#', '＃', 'a', '-', ' ', ',', '’', '夜', '1'), { maxLength: 300 }),
        (signs) => {
          for (const tag of hashtagsOf(record({ text: signs.join('') }))) expect(tag).not.toMatch(/[#＃\s]/);
        },
      ),
    );
  });
});

describe('posts that may cite cables', () => {
  const interest = interestIn(['cablegate', 'WLFind']);
  const accepts = (raw: object) => interest.accepts(record(raw));

  test.each<[string, object, boolean]>([
    ['a tag in other letters', { text: '#WLFIND' }, true],
    ['a full-width tag', { text: '＃ｃａｂｌｅｇａｔｅ' }, true],
    ['an ID without a tag', { text: 'see 07ASTANA2244' }, true],
    ['an ID with hyphens', { text: '07-ASTANA-2244' }, true],
    ['an ID of two words', { text: '07 SAN JOSE 2244' }, true],
    ['a full-width ID', { text: '０７ＡＳＴＡＮＡ２２４４' }, true],
    ['an ID in a tag alone', { tags: ['07ASTANA2244'] }, true],
    ['a cable’s address', { text: 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html' }, true],
    [
      'a card with a cable’s address',
      { embed: { external: { uri: 'https://cablegatesearch.wikileaks.org/x' } } },
      true,
    ],
    ['a longer tag', { text: '#cablegates' }, true],
    ['a time', { text: 'at 10am, 60 minutes, 08 more days' }, false],
    ['nothing of the kind', { text: 'a cat' }, false],
  ])('%s', (_what, raw, expected) => expect(accepts(raw)).toBe(expected));
});

test('whatever a host sends is decoded or named a fault, never thrown over', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (frame) => {
      for (const decode of [decodeV1, decodeV2]) expect(typeof decode(frame)).toBe('object');
    }),
  );
});

test('whatever a record is, it becomes a well-formed post or a reason', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.anything(),
        fc.record({
          text: fc.string({ unit: 'binary' }),
          tags: fc.anything(),
          facets: fc.anything(),
          langs: fc.anything(),
          createdAt: fc.anything(),
        }),
      ),
      (raw) => {
        const read = readRecord(raw);
        expect(read).not.toBe('');
        if (typeof read === 'string') return;
        const found = { uri: 'at://did:plc:ada/app.bsky.feed.post/1', cid: 'c', record: read, seenAt: 5 };
        const post = toPost(found, undefined);
        expect(Post.parse(post)).toEqual(post);
        expect(post.text.isWellFormed()).toBe(true);
      },
    ),
  );
});

test('a post has what is known about its author', () => {
  const author = {
    did: 'did:plc:ada',
    handle: 'ada.example',
    displayName: 'Ada',
    createdAt: '2024-01-01T00:00:00Z',
    labels: [{ src: 'did:plc:else', val: 'bot' }],
    viewer: { blockedBy: true },
  };
  const found = {
    uri: 'at://did:plc:ada/app.bsky.feed.post/1',
    cid: 'c',
    record: record({ createdAt: '2099-01-01' }),
    seenAt: 7,
  };
  expect(toPost(found, undefined, { author })).toMatchObject({
    author: {
      id: 'did:plc:ada',
      handle: 'ada.example',
      name: 'Ada',
      since: Date.UTC(2024, 0, 1),
      bot: false,
      follower: false,
    },
    closed: 'its author blocks the bot',
    createdAt: 7,
  });
});

test('init asks where the account logs in, for the feed and the publisher', () => {
  expect(bluesky.setup?.questions[0]).toMatchObject({ key: 'service', usual: 'https://bsky.social' });
  const answers = new Map([
    ['service', 'https://pds.example'],
    ['identifier', 'bot.example'],
  ]);
  const account = { service: 'https://pds.example', identifier: 'bot.example', password: { env: 'BLUESKY_PASSWORD' } };
  expect(bluesky.setup?.feed?.(answers, () => ({ env: 'BLUESKY_PASSWORD' }))).toEqual({ account });
});

const at = fc.integer({ min: 0, max: Date.UTC(2200, 0) });

describe('a record’s key', () => {
  const key = fc.string({ maxLength: 50 });

  test('is a TID, the same for the same reply, and in the order of time', () => {
    fc.assert(
      fc.property(at, key, key, (ms, one, other) => {
        expect(recordKey(ms, one)).toMatch(/^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$/);
        expect(recordKey(ms, one)).toBe(recordKey(ms, one));
        expect(recordKey(ms, one) < recordKey(ms + 1, other)).toBe(true);
      }),
    );
  });

  test('is another for each of a thousand replies of the same second', () => {
    const keys = Array.from({ length: 1000 }, (_, i) => recordKey(1_700_000_000_000 + i, `reply:${i}`));
    expect(new Set(keys).size).toBe(1000);
  });
});

describe('the key of a record that answers a post', () => {
  const payload = (id: string, createdAt: number) => {
    const base = newPayload({ key: `bluesky:${id}`, createdAt });
    return { ...base, replyTo: { ...base.replyTo, id } };
  };
  const plannedAt = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) });

  test('is the same whenever the reply is planned, and of the time of that post', () => {
    fc.assert(
      fc.property(at, plannedAt, plannedAt, (ms, early, late) => {
        const id = `at://did:plc:ada/app.bsky.feed.post/${recordKey(ms, 'by another client')}`;
        expect(recordKeyOf(payload(id, early))).toBe(recordKeyOf(payload(id, late)));
        expect(recordKeyOf(payload(id, early))).toBe(recordKey(ms, `bluesky:${id}`));
      }),
    );
  });

  test('is the same as well where the post has no such key, as the edition of a digest', () => {
    const [early, late] = [payload('daily 2026-11-02 bot', 5), payload('daily 2026-11-02 bot', 7_000_000)];
    expect(recordKeyOf(early)).toBe(recordKeyOf(late));
    expect(recordKeyOf(early)).not.toBe(recordKeyOf(payload('daily 2026-11-03 bot', 5)));
    expect(recordKeyOf(early)).toMatch(/^3[2-7a-z]{12}$/);
  });
});

describe('facets', () => {
  const words = fc.constantFrom(
    '@ada.example',
    'https://a.example/¶_(x)',
    'é',
    '🗞️',
    ' ',
    '\n',
    '.',
    '(',
    ')',
    '夜',
    'x',
  );

  test('hold exactly what they lead to, in bytes, however the text is written', () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 20 }), (all) => {
        const text = all.join('');
        const bytes = Buffer.from(text);
        for (const { index, features } of facetsOf(text, { handle: 'ada.example', did: 'did:plc:ada' })) {
          const held = bytes.subarray(index.byteStart, index.byteEnd).toString();
          const [feature] = features;
          expect(held).toBe(feature?.['uri'] ?? '@ada.example');
          expect(held).not.toContain('\uFFFD');
        }
      }),
    );
  });

  test.each([
    ['https://a.example/b.', 'https://a.example/b'],
    ['(https://a.example/b)', 'https://a.example/b'],
    ['https://a.example/b_(c).', 'https://a.example/b_(c)'],
    ['“https://a.example/b”', 'https://a.example/b'],
    ['https://a.example/b?c=d&e=f#g, and', 'https://a.example/b?c=d&e=f#g'],
  ])('%s leads to %s', (text, uri) => {
    expect(facetsOf(text, undefined).flatMap(({ features }) => features.map((feature) => feature['uri']))).toEqual([
      uri,
    ]);
  });

  test.each(['@adam.example', '@ada.example.org', 'x@ada.example', '@eve.example'])(
    '%s is no mention of @ada.example',
    (text) => {
      expect(facetsOf(text, { handle: 'ada.example', did: 'did:plc:ada' })).toEqual([]);
    },
  );
});

test('a text is as long as its graphemes, or its bytes where those are too many', () => {
  expect(lengthOf('é👩‍👩‍👧')).toBe(2);
  expect(lengthOf('abc')).toBe(3);
  expect(lengthOf('👩‍👩‍👧'.repeat(200))).toBeGreaterThan(300);
});

test('the same payload makes the same record, byte for byte', () => {
  const replyTo = { ...newPayload().replyTo, id: 'at://did:plc:ada/app.bsky.feed.post/1', native: { cid: 'c' } };
  const payload = newPayload({ replyTo });
  expect(JSON.stringify(compose(payload))).toBe(JSON.stringify(compose(structuredClone(payload))));
});
