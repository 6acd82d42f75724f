import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Post } from '../../../src/core/post.ts';
import { readPlace, writePlace } from '../../../src/platforms/nostr/cursor.ts';
import { readEvent } from '../../../src/platforms/nostr/event.ts';
import { interestOf } from '../../../src/platforms/nostr/interest.ts';
import { NostrFeed } from '../../../src/platforms/nostr/config.ts';
import { toPost } from '../../../src/platforms/nostr/to-post.ts';
import { paginate } from '../../../src/platforms/nostr/paginate.ts';
import { bot, note, secondsAgo } from './events.ts';

const now = Date.now();

describe('whatever a relay sends', () => {
  const interest = interestOf(NostrFeed.parse({ relays: ['wss://relay.example'], account: bot.key, scan: true }));

  test('is an event or has a fault, and never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (received) => {
        interest.takes(received);
        expect(readEvent(received, now)).toHaveProperty('fault');
      }),
    );
  });

  test('is a well-formed post where its signature is right, whatever its text and tags', () => {
    const tag = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('e', 'p', 't', 'r', 'l', 'root')), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(tag, { maxLength: 8 }), (content, tags) => {
        const event = readEvent(JSON.parse(JSON.stringify(note(content, { tags }))), now);
        if ('fault' in event) throw new Error(event.fault);
        const post = toPost(event, { relay: 'wss://relay.example', profile: undefined, account: bot.key, now });
        expect(Post.parse(post)).toEqual(post);
        expect(post.text.isWellFormed()).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a place', () => {
  const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'.split('')), minLength: 64, maxLength: 64 });
  const mark = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_'.split('')), minLength: 11, maxLength: 11 });

  test('is the same after it was written and read', () => {
    const progress = fc.record({ readTo: fc.nat(), floor: fc.nat() });
    const relays = fc.array(fc.tuple(fc.webUrl(), progress)).map((list) => new Map(list));
    const delivered = fc.array(fc.record({ id: hex, author: mark }));
    fc.assert(
      fc.property(fc.record({ relays, seen: fc.array(mark), delivered }), (place) => {
        expect(readPlace(writePlace(place))).toEqual(place);
      }),
    );
  });

  test('is at most 64 KB, with as many relays and posts as can be', () => {
    const relays = new Map(
      Array.from({ length: 20 }, (_, index) => [`wss://${'x'.repeat(200)}${index}`, { readTo: 2e9, floor: 2e9 }]),
    );
    const delivered = Array.from({ length: 5000 }, () => ({ id: 'f'.repeat(64), author: 'x'.repeat(11) }));
    const cursor = writePlace({ relays, seen: Array.from({ length: 5000 }, () => 'x'.repeat(11)), delivered });
    expect(Buffer.byteLength(cursor)).toBeLessThan(65_536);
  });
});

describe('a walk', () => {
  test('says where a second holds more than the relay gives at a time', async () => {
    const events = [5, 5, 5, 5, 3].map((created_at, index) => ({ id: String(index), created_at }));
    const ask = async ({ since = 0, until = 0 }) =>
      events.filter(({ created_at: at }) => at >= since && at <= until).slice(0, 3);
    const found = await paginate(ask, {}, { since: 0, until: 9 }, { most: 1000, gives: 3 });
    expect(found.cut).toBe(true);
    expect(found.events).toContainEqual({ id: '4', created_at: 3 });
  });

  test('finds every event of a span, however few a relay gives at a time, as long as no second holds more', async () => {
    const times = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 1, max: 30 }), fc.nat(60), fc.nat(60), async (list, gives, a, b) => {
        const perSecond = Math.max(0, ...Object.values(Object.groupBy(list, String)).map((all) => all?.length ?? 0));
        const cap = Math.max(gives, perSecond + 1);
        const events = list.map((created_at, index) => ({ id: String(index), kind: 1, created_at }));
        const ask = async ({ since = 0, until = 0 }) =>
          events
            .filter(({ created_at: at }) => at >= since && at <= until)
            .toSorted((x, y) => y.created_at - x.created_at)
            .slice(0, cap);
        const span = { since: Math.min(a, b), until: Math.max(a, b) };
        const found = await paginate(ask, {}, span, { most: 1000, gives: cap });
        const wanted = events.filter(({ created_at: at }) => at >= span.since && at <= span.until);
        expect(found).toMatchObject({ complete: true, cut: false });
        expect(new Set(found.events)).toEqual(new Set(wanted));
      }),
    );
  });

  test('ends at a relay that does not care what it is asked for', async () => {
    let asked = 0;
    const stubborn = async () => {
      asked += 1;
      return [{ id: 'a', created_at: 30 }, { id: 'b', created_at: 90 }, 'x', null];
    };
    const { events } = await paginate(stubborn, {}, { since: 0, until: 60 }, { most: 1000, gives: 10 });
    expect(events).toEqual([{ id: 'a', created_at: 30 }, 'x', null]);
    expect(asked).toBeLessThan(5);
  });
});

test('a relay’s address holds nothing secret: replies name it to everybody', () => {
  const accepts = (relay: string) => NostrFeed.safeParse({ relays: [relay] }).success;
  expect(accepts('wss://relay.example/path')).toBe(true);
  for (const relay of ['wss://me:secret@relay.example', 'wss://relay.example/?token=secret', 'wss://relay.example/#x'])
    expect(accepts(relay)).toBe(false);
});

test('a note of the past is dated as written, one a little ahead as now', () => {
  const around = { relay: 'wss://relay.example', profile: undefined, account: undefined, now };
  const at = secondsAgo(77);
  expect(toPost(note('x', { at }), around).createdAt).toBe(at * 1000);
  expect(toPost(note('x', { at: secondsAgo(-600) }), around).createdAt).toBe(now);
});
