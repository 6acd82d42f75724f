import { describe, expect, test } from 'vitest';
import { PermanentError, RetryLater } from '../../src/core/errors.ts';
import { httpPlaces, type Place } from './places.ts';

/**
 * What becomes of a reply: refused for good; it waits, and the account has a cooldown because of its login or because it passes; it waits as long as the
 * platform says (limit), or a minute (later); or nobody knows.
 */
export type Fate = 'refused' | 'login' | 'passing' | 'limit' | 'later' | 'unknown';

export function fateOf(error: unknown): Fate {
  if (error instanceof PermanentError) return 'refused';
  if (!(error instanceof RetryLater)) return 'unknown';
  return error.trouble ?? (error.account ? 'limit' : 'later');
}

const page = '<html><h1>Please stand by</h1></html>';
type Words = 'refuses' | 'login' | typeof page | '';

/** An answer, what becomes of the reply that it answers, and of one that was not sent yet. */
const table: readonly (readonly [status: number, words: Words, sent: Fate, before: Fate])[] = [
  [301, page, 'passing', 'passing'],
  [302, '', 'passing', 'passing'],
  [307, page, 'passing', 'passing'],
  [400, 'refuses', 'refused', 'refused'],
  [400, page, 'passing', 'passing'],
  [401, 'refuses', 'login', 'login'],
  [401, page, 'login', 'login'],
  [403, 'refuses', 'refused', 'refused'],
  [403, 'login', 'login', 'login'],
  [403, page, 'passing', 'passing'],
  [403, '', 'passing', 'passing'],
  [404, 'refuses', 'refused', 'refused'],
  [404, page, 'passing', 'passing'],
  [408, '', 'unknown', 'later'],
  [409, 'refuses', 'refused', 'refused'],
  [410, page, 'passing', 'passing'],
  [421, page, 'passing', 'passing'],
  [422, 'refuses', 'refused', 'refused'],
  [422, page, 'passing', 'passing'],
  [425, '', 'passing', 'passing'],
  [429, page, 'limit', 'limit'],
  [500, 'refuses', 'unknown', 'later'],
  [502, page, 'unknown', 'later'],
  [503, '', 'unknown', 'later'],
  [200, page, 'unknown', 'later'],
];

/** A redirect of a look is followed, here to a server that does not exist. */
const followed = ['mastodon GET 301 page', 'mastodon GET 302', 'mastodon GET 307 page'];
const exceptions = new Map<string, Fate>(
  followed.flatMap((row) => [row, row.replace('mastodon', 'a compatible server')]).map((row) => [row, 'later']),
);

const { signal } = new AbortController();

async function fate(place: Place, method: 'GET' | 'POST', { status, words }: { status: number; words: Words }) {
  place.answer([method], { status, body: words === 'refuses' || words === 'login' ? place.own[words] : words });
  const fault = await place.publisher.publish(place.payload(`${status} ${words}`), signal).then(
    () => undefined,
    (error: unknown) => error,
  );
  place.answer([method], undefined);
  return fault === undefined ? ('sent' as const) : fateOf(fault);
}

/** What becomes of a reply by each of these answers, on every platform. */
export function answersContract(statuses?: readonly number[]): void {
  const rows = table.filter(([status]) => statuses?.includes(status) ?? true);
  describe.each(Object.entries(httpPlaces))('an answer of %s', (name, open) => {
    test('means what the table says, to a reply that is sent and to the look before it', async () => {
      const found: string[] = [];
      const expected: string[] = [];
      for (const [status, words, sent, before] of rows) {
        for (const [method, usual] of [
          ['POST', sent],
          ['GET', before],
        ] as const) {
          // One account each: a 429 holds the next call back.
          await using place = await open(() => Date.now());
          const row = `${method} ${status} ${words === page ? 'page' : words}`.trim();
          expected.push(`${row}: ${exceptions.get(`${name} ${row}`) ?? usual}`);
          found.push(`${row}: ${await fate(place, method, { status, words })}`);
        }
      }
      expect(found).toEqual(expected);
    });
  });
}
