import { expect, test } from 'vitest';
import { answersContract, type Fate, fateOf } from './answers.ts';
import { nostrPlace } from './places.ts';

const { signal } = new AbortController();

// The other rows: answers.long.test.ts.
answersContract([302, 403, 422, 502]);

test.each<[string, Fate]>([
  ['blocked: no bots', 'refused'],
  ['invalid: too old', 'refused'],
  ['pow: 20 bits needed', 'refused'],
  ['restricted: members only', 'refused'],
  ['mute: not here', 'refused'],
  ['auth-required: who are you?', 'login'],
  ['error: could not connect to the database', 'passing'],
  ['error: too fast, slow down please', 'passing'],
  ['shadowed: hm', 'passing'],
  ['no colon at all', 'passing'],
  ['', 'passing'],
  ['rate-limited: slow down', 'later'],
])('a relay that refuses with %j: %s', async (words, expected) => {
  await using place = await nostrPlace(() => words);
  const error = await place.publisher.publish(place.payload('x'), signal).catch((fault: unknown) => fault);
  expect(fateOf(error)).toBe(expected);
});
