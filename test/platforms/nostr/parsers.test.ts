import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Post } from '../../../src/core/post.ts';
import { decodeCursor, encodeCursor } from '../../../src/platforms/nostr/cursor.ts';
import { readEvent } from '../../../src/platforms/nostr/event.ts';
import { interestOf } from '../../../src/platforms/nostr/interest.ts';
import { NostrFeed } from '../../../src/platforms/nostr/config.ts';
import { toPost } from '../../../src/platforms/nostr/to-post.ts';
import { paginate } from '../../../src/platforms/nostr/catch-up.ts';
import { oddities } from '../../support/oddities.ts';
import { bot, note, secondsAgo } from './events.ts';

const now = Date.now();

describe('anything a relay sends', () => {
  const interest = interestOf(NostrFeed.parse({ relays: ['wss://relay.example'], account: bot.key, scan: true }));

  test('is an event or a fault, and never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (received) => {
        interest.matches(received);
        expect(readEvent(received, now)).toHaveProperty('fault');
      }),
    );
  });

  test('becomes a well-formed post if its signature is valid, whatever its text and tags', () => {
    const tag = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('e', 'p', 't', 'r', 'l', 'root')), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(tag, { maxLength: 8 }), (content, tags) => {
        const event = readEvent(JSON.parse(JSON.stringify(note(content, { tags }))), now);
        if ('fault' in event) throw new Error(event.fault);
        const post = toPost(event, {
          relay: 'wss://relay.example',
          profile: undefined,
          account: bot.key,
          own: new Set<string>(),
          now,
        });
        expect(Post.parse(post)).toEqual(post);
        expect(post.text.isWellFormed()).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

test('a note is never lost by one of its tags that is missing, empty or of another shape', () => {
  const named = [
    ['e', 'a'.repeat(64), '', 'root', bot.key],
    ['p', bot.key, ''],
    ['t', 'cablegate'],
    ['r', 'https://cables.example/'],
    ['imeta', 'url https://a.example/1.png', 'alt a page'],
    ['l', 'en', 'ISO-639-1'],
    ['content-warning', 'politics'],
    ['expiration', String(secondsAgo(-3600))],
    ['-'],
  ];
  for (const kind of [1, 1111])
    for (const { name, change } of oddities(named)) {
      // What is no list of texts is no event (NIP-01): no client can sign it, and no relay takes it.
      const tags = z.array(z.array(z.string())).safeParse(change(named)).data;
      if (tags === undefined) continue;
      const event = readEvent(JSON.parse(JSON.stringify(note('07ASTANA2244', { tags, kind }))), now);
      if ('fault' in event) throw new Error(`${name}: ${event.fault}`);
      const options = {
        relay: 'wss://relay.example',
        profile: undefined,
        account: bot.key,
        own: new Set<string>(),
        now,
      };
      expect(toPost(event, options).text, name).toContain('07ASTANA2244');
    }
});

describe('a cursor', () => {
  const fingerprint = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_'.split('')), minLength: 11, maxLength: 11 });

  test('survives encoding and decoding', () => {
    const progress = fc.record({ readTo: fc.nat(), floor: fc.nat() });
    const relays = fc.array(fc.tuple(fc.webUrl(), progress)).map((list) => new Map(list));
    fc.assert(
      fc.property(fc.record({ relays, seen: fc.array(fingerprint) }), (position) => {
        expect(decodeCursor(encodeCursor(position))).toEqual(position);
      }),
    );
  });

  test('is at most 64 KB, with as many relays and posts as possible', () => {
    const relays = new Map(
      Array.from({ length: 20 }, (_, index) => [`wss://${'x'.repeat(200)}${index}`, { readTo: 2e9, floor: 2e9 }]),
    );
    const cursor = encodeCursor({ relays, seen: Array.from({ length: 5000 }, () => 'x'.repeat(11)) });
    expect(Buffer.byteLength(cursor)).toBeLessThan(65_536);
  });
});

describe('paginate', () => {
  test('reports a second that holds more events than one answer', async () => {
    const events = [5, 5, 5, 5, 3].map((created_at, index) => ({ id: String(index), created_at }));
    const query = async ({ since = 0, until = 0 }) =>
      events.filter(({ created_at: at }) => at >= since && at <= until).slice(0, 3);
    const found = await paginate(query, {}, { since: 0, until: 9 }, 3);
    expect(found.truncated).toBe(true);
    expect(found.events).toContainEqual({ id: '4', created_at: 3 });
  });

  test('finds every event of a span, however small the pages are, if no second holds more than one', async () => {
    const times = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 1, max: 30 }), fc.nat(60), fc.nat(60), async (list, size, a, b) => {
        const perSecond = Math.max(0, ...Object.values(Object.groupBy(list, String)).map((all) => all?.length ?? 0));
        const pageSize = Math.max(size, perSecond + 1);
        const events = list.map((created_at, index) => ({ id: String(index), kind: 1, created_at }));
        const query = async ({ since = 0, until = 0 }) =>
          events
            .filter(({ created_at: at }) => at >= since && at <= until)
            .toSorted((x, y) => y.created_at - x.created_at)
            .slice(0, pageSize);
        const span = { since: Math.min(a, b), until: Math.max(a, b) };
        const found = await paginate(query, {}, span, pageSize);
        const wanted = events.filter(({ created_at: at }) => at >= span.since && at <= span.until);
        expect(found).toMatchObject({ complete: true, truncated: false });
        expect(new Set(found.events)).toEqual(new Set(wanted));
      }),
    );
  });

  test('ends at a relay that ignores the filter', async () => {
    let queries = 0;
    const ignorant = async () => {
      queries += 1;
      return [{ id: 'a', created_at: 30 }, { id: 'b', created_at: 90 }, 'x', null];
    };
    const { events } = await paginate(ignorant, {}, { since: 0, until: 60 }, 10);
    expect(events).toEqual([{ id: 'a', created_at: 30 }, 'x', null]);
    expect(queries).toBeLessThan(5);
  });
});

test('a relay’s address may hold no secret, because replies publish it', () => {
  const accepts = (relay: string) => NostrFeed.safeParse({ relays: [relay] }).success;
  expect(accepts('wss://relay.example/path')).toBe(true);
  for (const relay of ['wss://me:secret@relay.example', 'wss://relay.example/?token=secret', 'wss://relay.example/#x'])
    expect(accepts(relay)).toBe(false);
});

test('a past note keeps its date; a note dated slightly ahead is dated now', () => {
  const around = { relay: 'wss://relay.example', profile: undefined, account: undefined, own: new Set<string>(), now };
  const at = secondsAgo(77);
  expect(toPost(note('x', { at }), around).createdAt).toBe(at * 1000);
  expect(toPost(note('x', { at: secondsAgo(-600) }), around).createdAt).toBe(now);
});
