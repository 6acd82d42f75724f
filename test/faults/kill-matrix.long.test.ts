import { describe } from 'vitest';
import { sampleOfCommit } from '../support/kill-matrix/by-commit.ts';
import { postgresIsHere } from '../servers/postgres.ts';
import { fallbackCases, restoreCases } from '../support/kill-matrix/cases.ts';
import { testKills } from '../support/kill-matrix/test-kills.ts';

const { seed, sample, rest } = sampleOfCommit();

describe('kill -9, and then a restore, at every point on the way of a reply', () => {
  // Publishers in turn.
  testKills(restoreCases([seed]).filter((_, at) => at % 3 === Math.floor(at / 3) % 3));
});

describe.skipIf(!postgresIsHere)('kill -9 while Redis does not answer', () => {
  // Every third.
  testKills(fallbackCases([seed]).filter((_, at) => at % 3 === seed % 3));
});

describe(`kill -9 at the ${rest.length} of ${sample.length} points that npm test leaves out`, () => {
  testKills(rest);
});
