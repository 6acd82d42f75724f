import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { PermanentError, RetryLater } from '../../src/core/errors.ts';
import type { Payload, Published } from '../../src/core/reply.ts';
import type { Publisher } from '../../src/platforms/platform.ts';
import type { Cut, startProxy } from '../support/proxy.ts';
import { newPayload, type PublisherSetup } from './publisher.ts';
import { wait } from '../support/wait.ts';

/** A platform behind a network that can be cut. */
export interface CutSetup extends Pick<PublisherSetup, 'copies' | 'answering' | 'blind'>, AsyncDisposable {
  readonly proxy: Awaited<ReturnType<typeof startProxy>>;
  /** Through the proxy. */
  open(): Promise<Publisher & AsyncDisposable>;
}

const moments = (['before', 'after'] as const).flatMap((when) =>
  (['reset', 'black hole'] as const).map((how) => ({ when, how })),
);
/** No publisher here sends so much for one reply. */
const mostPieces = 40;
/** A black hole never answers: the publisher is stopped this long after the cut. */
const stopAfterMs = 1000;

/**
 * The network is cut at each piece that a publisher sends, one after the other, until one reply comes through untouched: it is never
 * there twice, and what is said of it holds.
 */
export function cutContract(name: string, setUp: () => Promise<CutSetup>): void {
  describe(`a network that is cut: ${name}`, () => {
    // They mostly wait.
    test.concurrent.each(moments)('by a $how, $when any piece arrives', { timeout: 120_000 }, async ({ when, how }) => {
      await using place = await setUp();
      let untouched = false;
      for (let nth = 1; !untouched; nth += 1) {
        expect(nth).toBeLessThan(mostPieces);
        untouched = await publishOver(place, { nth, when, how });
      }
    });
  });
}

/** True when the cut never came, so that there is nothing more to be cut. */
async function publishOver(place: CutSetup, where: Cut): Promise<boolean> {
  await using publisher = await place.open();
  const payload = (await place.answering?.(newPayload())) ?? newPayload();
  const happened = place.proxy.cutAt(where);
  const outcome = await outcomeOf(publisher, payload, happened);
  place.proxy.become('fair');
  place.proxy.reset();
  if (!happened()) expect(outcome).not.toBeInstanceOf(Error);
  await holds(place, publisher, payload, outcome);
  return !happened();
}

/** What the bot would take it for. Only a cut stops the publisher: a slow machine does not. */
async function outcomeOf(publisher: Publisher, payload: Payload, happened: () => boolean): Promise<Published | Error> {
  const stop = new AbortController();
  const published = new AbortController();
  const stopped = vi
    .waitUntil(() => happened() || published.signal.aborted, wait)
    .then(() => delay(stopAfterMs, undefined, { signal: published.signal }))
    .then(() => stop.abort(new Error('the network was cut')))
    .catch(() => {});
  try {
    return await publisher.publish(payload, stop.signal);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    published.abort();
    await stopped;
  }
}

/** As the ledger goes on from an outcome; the copies that readers see are the judge. */
async function holds(place: CutSetup, publisher: Publisher, payload: Payload, outcome: Published | Error) {
  const again = () => publishAtLast(publisher, payload);
  if (!(outcome instanceof Error)) return expect(await place.copies(payload)).toBe(1);
  if (outcome instanceof PermanentError) return expect(await place.copies(payload)).toBe(0);
  if (outcome instanceof RetryLater) {
    expect(await place.copies(payload)).toBe(0);
    await again();
    return expect(await place.copies(payload)).toBe(1);
  }
  const found = await lookFor(publisher, payload);
  if (typeof found === 'object') return expect(await place.copies(payload)).toBe(1);
  if (place.blind !== undefined) return expect(await place.copies(payload)).toBeLessThanOrEqual(1);
  if (publisher.repeat === 'doubles') return expect(await place.copies(payload)).toBe(0);
  await again();
  return expect(await place.copies(payload)).toBe(1);
}

/** A driver may rest a connection that broke: it is asked until it has rested. */
async function publishAtLast(publisher: Publisher, payload: Payload): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await publisher.publish(payload, AbortSignal.timeout(wait.timeout));
      return;
    } catch (error) {
      if (!(error instanceof RetryLater) || attempt === 100) throw error;
      await delay(100);
    }
  }
}

/** It may show a while later, as the bot knows: it looks several times. */
async function lookFor(publisher: Publisher, payload: Payload) {
  let found: Awaited<ReturnType<Publisher['find']>> = 'cannot-tell';
  for (let look = 0; look < 10 && typeof found === 'string'; look += 1) {
    found = await publisher.find(payload, AbortSignal.timeout(wait.timeout)).catch(() => 'cannot-tell' as const);
    if (typeof found === 'string') await delay(100);
  }
  return found;
}
