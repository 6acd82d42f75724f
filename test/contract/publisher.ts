import { describe, expect, test } from 'vitest';
import { PermanentError, RetryLater } from '../../src/core/errors.ts';
import type { Payload } from '../../src/core/reply.ts';
import type { Publisher } from '../../src/platforms/platform.ts';

/** A place to publish to, empty at first. */
export interface PublisherSetup extends AsyncDisposable {
  /** A publisher as a fresh process would open it. */
  open(): Promise<Publisher & AsyncDisposable>;
  /** How many copies of a reply stand there for readers, found without the publisher's help. */
  copies(payload: Payload): Promise<number>;
  /** The place itself refuses what it has already, though it does not promise that: a repeat is surely not out. */
  readonly repeats?: 'refused';
  /** Why nothing that is out there can be looked up; left out where it can. */
  readonly blind?: string;
  /** Why what is out there stays there for good; left out where it can be withdrawn. */
  readonly lasting?: string;
  /** The driver's check of this place; left out where it has none. */
  check?(): Promise<string | undefined>;
  /** Puts there what a payload answers, and returns the payload that answers it. Left out: no such thing need be there. */
  answering?(payload: Payload): Promise<Payload>;
}

let serial = 0;

/** A payload like the ledger's; every call gives another key. */
export function newPayload(changes: Partial<Payload> = {}): Payload {
  serial += 1;
  const key = changes.key ?? `reply:file:p${serial}`;
  return {
    key,
    text: `Reply ${serial}: https://wikileaks.org/cable/2007/08/07ASTANA2244.html`,
    language: 'en',
    createdAt: 1_700_000_000_000 + serial,
    idempotencyKey: `id-${key}`,
    replyTo: {
      key: `file:p${serial}`,
      platform: 'file',
      id: `p${serial}`,
      url: null,
      author: 'ada',
      thread: `p${serial}`,
    },
    ...changes,
  };
}

/** What every publisher must do, however it does it. */
export function publisherContract(name: string, setUp: () => Promise<PublisherSetup>): void {
  const signal = new AbortController().signal;

  describe(`publisher contract: ${name}`, () => {
    test('what was published is there once, and found by another process', async () => {
      await using place = await setUp();
      const payload = await payloadFor(place);
      const published = await publishWith(place, payload);
      expect(await place.copies(payload)).toBe(1);
      await using fresh = await place.open();
      expect(await fresh.find(payload, signal)).toEqual(place.blind === undefined ? published : 'cannot-tell');
    });

    test('what a lost ledger published is found, though it would be other words at another time', async () => {
      await using place = await setUp();
      const payload = await payloadFor(place);
      const lost = { since: payload.createdAt, anyWords: true };
      await using before = await place.open();
      expect(await before.find(payload, signal, lost)).toBeOneOf(['absent', 'cannot-tell']);
      const published = await publishWith(place, payload);
      const again = { ...payload, createdAt: payload.createdAt + 3_600_000, text: 'Other words about 07ASTANA2244' };
      await using fresh = await place.open();
      expect(await fresh.find(again, signal, lost)).toEqual(place.blind === undefined ? published : 'cannot-tell');
    });

    test('what was never published is not found', async () => {
      await using place = await setUp();
      await using publisher = await place.open();
      await publisher.publish(await payloadFor(place), signal);
      expect(await publisher.find(await payloadFor(place), signal)).toBeOneOf(['absent', 'cannot-tell']);
    });

    test('a repeat does what is declared, in this process and in the next', async () => {
      await using place = await setUp();
      const payload = await payloadFor(place);
      await publishWith(place, payload);
      await repeat(place, publishWith(place, payload));
      await using publisher = await place.open();
      const again = () => repeat(place, publisher.publish(payload, signal));
      await Promise.all([again(), again()]);
      expect(await place.copies(payload)).toBe(doubles(place, publisher) ? 4 : 1);
    });

    test('the first publication twice at the same time does what is declared', async () => {
      await using place = await setUp();
      await using publisher = await place.open();
      const payload = await payloadFor(place);
      const both = await Promise.allSettled([publisher.publish(payload, signal), publisher.publish(payload, signal)]);
      const refused = both.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
      expect(refused.every((reason) => reason instanceof PermanentError)).toBe(true);
      expect(refused.length).toBe(place.repeats === 'refused' ? 1 : 0);
      expect(await place.copies(payload)).toBe(doubles(place, publisher) ? 2 : 1);
    });

    test.each([
      ['a key with colons and slashes', 'reply:x:https://example.org/a?b=1#c'],
      ['a key of digits', '1234567890'],
      ['a key with quotation marks and backslashes', 'reply:"\\"\\\\'],
      ['a key in another script', 'reply:рассвет:¶'],
      ['a key that begins another', 'reply:file:p'],
    ])('%s is a key like any other', async (_what, key) => {
      await using place = await setUp();
      await using publisher = await place.open();
      const [payload, longer] = [await payloadFor(place, { key }), await payloadFor(place, { key: `${key}2` })];
      await publisher.publish(longer, signal);
      expect(await publisher.find(payload, signal)).toBeOneOf(['absent', 'cannot-tell']);
      await publisher.publish(payload, signal);
      expect([await place.copies(payload), await place.copies(longer)]).toEqual([1, 1]);
      expect(await publisher.find(payload, signal)).toBeTypeOf(place.blind === undefined ? 'object' : 'string');
    });

    test('a text with line breaks, quotation marks and emoji arrives as one reply', async () => {
      await using place = await setUp();
      const payload = await payloadFor(place, { text: 'two\nlines\r\n"quoted"\u2028\\n ¶5 🗞️' });
      await publishWith(place, payload);
      expect(await place.copies(payload)).toBe(1);
    });

    test('twenty at the same time are all there, once each', async () => {
      await using place = await setUp();
      await using publisher = await place.open();
      const payloads = await Promise.all(Array.from({ length: 20 }, () => payloadFor(place)));
      await Promise.all(payloads.map((payload) => publisher.publish(payload, signal)));
      const copies = await Promise.all(payloads.map((payload) => place.copies(payload)));
      expect(copies.every((count) => count === 1)).toBe(true);
    });

    test('what was withdrawn is there no more, the rest is', async (context) => {
      await using place = await setUp();
      context.skip(place.lasting !== undefined, place.lasting);
      await using publisher = await place.open();
      const [ingested, gone] = [await payloadFor(place), await payloadFor(place)];
      await publisher.publish(ingested, signal);
      const published = await publisher.publish(gone, signal);
      await publisher.withdraw(published, signal);
      await publisher.withdraw(published, signal);
      expect([await place.copies(ingested), await place.copies(gone)]).toEqual([1, 0]);
      expect(await publisher.find(gone, signal)).toBeOneOf(['absent', 'cannot-tell']);
    });

    test('what was replaced is there once, with the new text, and the rest is as it was', async (context) => {
      await using place = await setUp();
      await using publisher = await place.open();
      context.skip(publisher.replace === undefined, 'the platform cannot edit replies');
      const [other, first] = [await payloadFor(place), await payloadFor(place)];
      await publisher.publish(other, signal);
      const published = await publisher.publish(first, signal);
      const next = { ...first, text: `another ${first.text}` };
      for (let time = 0; time < 2; time += 1)
        expect((await publisher.replace!(published, next, signal)).id).toBe(published.id);
      expect([await place.copies(other), await place.copies(first), await place.copies(next)]).toEqual([1, 0, 1]);
      expect(await publisher.find(next, signal)).toMatchObject({ id: published.id });
    });

    test('a publication that is aborted before it begins is surely not out', async () => {
      await using place = await setUp();
      await using publisher = await place.open();
      const payload = await payloadFor(place);
      const aborted = publisher.publish(payload, AbortSignal.abort(new Error('stopping')));
      const error = await aborted.catch((reason: unknown) => reason);
      expect(error instanceof RetryLater || error instanceof PermanentError).toBe(true);
      expect(await place.copies(payload)).toBe(0);
    });

    test('another that is opened and closed beside it while it publishes costs no reply', async () => {
      await using place = await setUp();
      await using publisher = await place.open();
      const payloads = await Promise.all(Array.from({ length: 30 }, () => payloadFor(place)));
      const publishing = Promise.all(payloads.map((payload) => publisher.publish(payload, signal)));
      for (const payload of payloads.slice(0, 10)) {
        await using beside = await place.open();
        await beside.find(payload, signal);
      }
      await publishing;
      const copies = await Promise.all(payloads.map((payload) => place.copies(payload)));
      expect(copies.every((count) => count === 1)).toBe(true);
    });

    test('a check finds nothing in the way, before and beside publications, and changes nothing', async (context) => {
      await using place = await setUp();
      context.skip(place.check === undefined, 'this publisher has no check');
      expect(await place.check?.()).toBeUndefined();
      await using publisher = await place.open();
      const payload = await payloadFor(place);
      await publisher.publish(payload, signal);
      expect(await place.check?.()).toBeUndefined();
      await publisher.publish(await payloadFor(place), signal);
      expect(await place.copies(payload)).toBe(1);
    });

    test('limits count every text the same each time', async () => {
      await using place = await setUp();
      await using publisher = await place.open();
      expect(publisher.limits.length('')).toBe(0);
      expect(publisher.limits.length('short')).toBeLessThanOrEqual(publisher.limits.maxLength);
    });
  });

  async function payloadFor(place: PublisherSetup, changes?: Partial<Payload>): Promise<Payload> {
    const payload = newPayload(changes);
    return (await place.answering?.(payload)) ?? payload;
  }

  /** Where the place refuses repeats, each of them must say so. */
  async function repeat(place: PublisherSetup, repeated: Promise<unknown>): Promise<void> {
    if (place.repeats === 'refused') await expect(repeated).rejects.toThrow(PermanentError);
    else await repeated;
  }

  function doubles(place: PublisherSetup, publisher: Publisher): boolean {
    return publisher.repeat === 'doubles' && place.repeats !== 'refused';
  }

  async function publishWith(place: PublisherSetup, payload: Payload) {
    await using publisher = await place.open();
    return await publisher.publish(payload, signal);
  }
}
