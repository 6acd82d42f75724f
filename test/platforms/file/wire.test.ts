import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Post } from '../../../src/core/post.ts';
import { readEntry } from '../../../src/platforms/shared/post-lines.ts';

function postOf(line: string, now: number) {
  const entry = readEntry(line, now);
  return 'post' in entry ? entry.post : entry;
}

const now = Date.UTC(2026, 10, 23);

function read(wire: unknown): Post {
  const post = postOf(JSON.stringify(wire), now);
  if (!('key' in post)) throw new Error(`no post: ${JSON.stringify(post)}`);
  return post;
}

test('a line needs a text and nothing else', () => {
  const post = read({ text: 'hello' });
  expect(post).toMatchObject({
    platform: 'file',
    text: 'hello',
    createdAt: now,
    author: { handle: 'anonymous' },
    thread: post.id,
    visibility: 'public',
    url: null,
  });
});

test('a complete line keeps all its fields, and may name another platform', () => {
  const wire = {
    id: '9',
    platform: 'mastodon',
    author: { id: 'a1', handle: '@ada', name: 'Ada', bot: true },
    text: 't',
    createdAt: '2026-11-23T20:00:00+01:00',
    hashtags: ['#cablegate', 'wlfind'],
    links: ['https://a.example/'],
    url: 'https://m.example/@ada/9',
    language: 'en',
    summoned: true,
    repost: true,
    visibility: 'unlisted',
    inReplyTo: '8',
    thread: '7',
    somethingElse: { is: 'passed over' },
  };
  expect(read(wire)).toEqual({
    key: 'mastodon:9',
    id: '9',
    platform: 'mastodon',
    author: { id: 'a1', handle: 'ada', name: 'Ada', bot: true },
    text: 't',
    createdAt: Date.UTC(2026, 10, 23, 19),
    hashtags: ['cablegate', 'wlfind'],
    links: ['https://a.example/'],
    url: 'https://m.example/@ada/9',
    language: 'en',
    summoned: true,
    repost: true,
    visibility: 'unlisted',
    inReplyTo: '8',
    thread: '7',
  });
});

test('an author may be a handle', () => {
  expect(read({ text: 't', author: '@ada' }).author).toEqual({ id: 'ada', handle: 'ada', name: null, bot: false });
});

test('without an id the key is the same whenever the line is read, and differs by author, time and text', () => {
  const wire = { author: '@ada', createdAt: 5, text: 't' };
  const later = postOf(JSON.stringify(wire), now + 1000);
  expect(later).toEqual(read(wire));
  expect(postOf('{"text":"t"}', now + 1000)).toMatchObject({ key: read({ text: 't' }).key });
  const keys = [wire, { ...wire, author: '@bob' }, { ...wire, createdAt: 6 }, { ...wire, text: 'u' }].map(
    (line) => read(line).key,
  );
  expect(new Set(keys).size).toBe(4);
});

test('two people without a name are not one', () => {
  expect(read({ text: 'a' }).author.id).not.toBe(read({ text: 'b' }).author.id);
});

describe('times', () => {
  test.each([
    ['2026-11-23T20:00:00Z', Date.UTC(2026, 10, 23, 20)],
    ['2026-11-23T20:00:00.123456Z', Date.UTC(2026, 10, 23, 20, 0, 0, 123)],
    ['2026-11-23T20:00', Date.UTC(2026, 10, 23, 20)],
    ['2026-11-23 20:00:00', Date.UTC(2026, 10, 23, 20)],
    ['2026-11-23', Date.UTC(2026, 10, 23)],
    ['2026-11-23T20:00:00-0500', Date.UTC(2026, 10, 24, 1)],
    [1_700_000_000_000, 1_700_000_000_000],
  ])('%s is read, in UTC if it has no zone', (createdAt, time) => {
    expect(read({ text: 't', createdAt }).createdAt).toBe(time);
  });

  test.each(['tomorrow', '', '2026-13-01', '23.11.2026', 1e20])('%s is a fault', (createdAt) => {
    expect(postOf(JSON.stringify({ text: 't', createdAt }), now)).toMatchObject({
      fault: expect.stringContaining('createdAt'),
    });
  });
});

test.each(['javascript:alert(1)', 'data:text/html,x', 'nowhere'])('%s is no URL of a post', (url) => {
  expect(read({ text: 't', url }).url).toBeNull();
});

test('lone surrogates and NUL are replaced, in the id as in the text', () => {
  const post = postOf('{"id":"a\\ud800","text":"x\\u0000y\\udc00"}', now);
  expect(post).toMatchObject({ id: 'a\uFFFD', text: 'x\uFFFDy\uFFFD' });
});

test('any JSON is a well-formed post or a fault, never an exception', () => {
  const wire = fc.oneof(
    fc.json(),
    fc.record({ text: fc.string({ unit: 'binary' }), id: fc.jsonValue() }).map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(wire, (line) => {
      const post = postOf(line, now);
      expect('fault' in post ? post.fault !== '' : Post.safeParse(post).data).toEqual('fault' in post ? true : post);
    }),
  );
});
