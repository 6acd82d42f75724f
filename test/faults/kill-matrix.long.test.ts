import { describe } from 'vitest';
import { sampleOfCommit } from '../support/kill-matrix/by-commit.ts';
import { testKills } from '../support/kill-matrix/test-kills.ts';

const { sample, rest } = sampleOfCommit();

describe(`kill -9 at the ${rest.length} of ${sample.length} points that npm test leaves out`, () => {
  testKills(rest);
});
