import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Post } from '../../../src/core/post.ts';
import { RetryLater } from '../../../src/core/errors.ts';
import { XFeed } from '../../../src/platforms/x/config.ts';
import { queriesFor } from '../../../src/platforms/x/queries.ts';
import { openReconnectPolicy } from '../../../src/platforms/x/connection.ts';
import { compareIds, idAt, timeOf } from '../../../src/platforms/x/wire.ts';
import { hasUrl, limits } from '../../../src/platforms/x/publisher.ts';
import { besideIn, nothingBeside, readItem } from '../../../src/platforms/x/to-post.ts';
import { testClock } from '../../support/clock.ts';
import { parseQuery } from '../../support/fake-x/query.ts';

describe('queries', () => {
  const tag = fc.stringMatching(/^[a-z_][\p{L}\p{N}_]{0,30}$/u);
  const id = fc.stringMatching(/^\d\d[A-Z]{3,12}\d{1,5}(-a)?$/);

  test('are valid and short enough, and have every term once', () => {
    fc.assert(
      fc.property(fc.array(tag), fc.array(id), fc.boolean(), (hashtags, ids, known) => {
        const account = known ? { id: '123', handle: 'pilcrowbot' } : undefined;
        const queries = queriesFor({ hashtags, ids, sites: ['wikileaks.org/cable'], account }, 512);
        for (const query of queries) {
          expect(query.length).toBeLessThanOrEqual(512);
          expect(query).toContain(' -is:retweet');
          parseQuery(query, 512);
        }
        const terms = queries.flatMap((query) => query.slice(1, query.indexOf(')')).split(' OR '));
        expect(new Set(terms).size).toBe(terms.length);
        for (const each of hashtags) expect(terms).toContain(`#${each}`);
        for (const each of ids) expect(terms.some((term) => term.includes(each))).toBe(true);
      }),
    );
  });

  test('are as few as possible, and none if nothing is searched for', () => {
    expect(queriesFor({ hashtags: [], ids: [], sites: [], account: undefined }, 512)).toEqual([]);
    const ids = Array.from({ length: 100 }, (_, i) => `07ASTANA${1000 + i}`);
    expect(queriesFor({ hashtags: ['cablegate'], ids, sites: [], account: undefined }, 512)).toHaveLength(7);
    expect(queriesFor({ hashtags: ['cablegate'], ids, sites: [], account: undefined }, 1024)).toHaveLength(4);
  });

  test.each(['a b', 'a OR b', 'from:me', '#a', '1234', '-a', 'a"b', ''])('accept no malformed hashtag: %s', (wrong) => {
    const config = { bearerToken: { env: 'A' }, budget: { perDay: 1, perMonth: 1 }, hashtags: [wrong] };
    expect(XFeed.safeParse(config).success).toBe(false);
    expect(XFeed.safeParse({ ...config, hashtags: ['夜明け', 'a1'] }).success).toBe(true);
  });
});

describe('ids', () => {
  test('hold the time, and sort by it as numbers do', () => {
    const time = fc.integer({ min: Date.UTC(2011, 0), max: Date.UTC(2060, 0) });
    fc.assert(
      fc.property(time, time, (a, b) => {
        expect(timeOf(idAt(a))).toBe(a);
        expect(Math.sign(compareIds(idAt(a), idAt(b)))).toBe(Math.sign(a - b));
      }),
    );
    expect(compareIds('9', '10')).toBeLessThan(0);
  });
});

describe('any JSON', () => {
  test('becomes a post or a reject, and never throws', () => {
    const word = fc.oneof(
      fc.constantFrom('1', 'everyone', 'quoted', '2026-11-23T12:00:00Z', '\ud800', ''),
      fc.jsonValue(),
    );
    const tweet = fc.record(
      {
        id: fc.constantFrom('17', 17, 'x'),
        text: word,
        author_id: word,
        created_at: word,
        edit_history_tweet_ids: fc.array(word),
        entities: fc.record({ urls: fc.array(fc.record({ url: word, expanded_url: word })), mentions: fc.array(word) }),
        referenced_tweets: fc.array(fc.record({ type: word, id: word })),
        reply_settings: word,
        lang: word,
        note_tweet: word,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(tweet, fc.jsonValue()), (raw) => {
        const item = readItem(raw, besideIn(nothingBeside), { id: '1', handle: 'bot' });
        if ('reject' in item) expect(item.reject.excerpt).toBe('');
        else if ('post' in item) expect(Post.parse(item.post)).toEqual(item.post);
      }),
    );
  });
});

describe('reconnecting', () => {
  test('waits as X’s rules say', () => {
    const policy = openReconnectPolicy(testClock());
    const delays = (kind: 'network' | 'http' | 'too many', count: number) =>
      Array.from({ length: count }, () => policy.delayAfter(kind));
    expect(delays('network', 3)).toEqual([250, 500, 750]);
    expect(delays('network', 80).at(-1)).toBe(16_000);
    expect(delays('http', 8)).toEqual([5, 10, 20, 40, 80, 160, 320, 320].map((s) => s * 1000));
    expect(delays('too many', 4)).toEqual([60_000, 120_000, 240_000, 480_000]);
    policy.reset();
    expect(delays('http', 1)).toEqual([5000]);
  });

  test('never exceeds X’s number of connections, even if each one works', () => {
    const clock = testClock();
    const policy = openReconnectPolicy(clock);
    let refused: unknown;
    for (let i = 0; i < 50 && refused === undefined; i += 1) {
      try {
        policy.countConnection();
        policy.reset();
        clock.advance(1000);
      } catch (error) {
        expect(i).toBe(40);
        refused = error;
      }
    }
    expect(refused).toBeInstanceOf(RetryLater);
    clock.advance((refused as RetryLater).delayMs);
    policy.countConnection();
  });
});

describe('length', () => {
  test.each([
    ['ascii', 5],
    [`https://example.org/${'x'.repeat(300)}`, 23],
    ['夜明け', 6],
    ['🗞️', 2],
    ['é', 1],
    ['', 0],
  ])('of %j is %i by X’s own weights', (text, length) => {
    expect(limits.length(text)).toBe(length);
  });

  test('and price recognize what X counts as a URL', () => {
    expect(hasUrl('see wikileaks.org')).toBe(true);
    expect(hasUrl('https://wikileaks.org/cable/1.html')).toBe(true);
    expect(hasUrl('07ASTANA2244 ¶5. Nothing more')).toBe(false);
  });
});
