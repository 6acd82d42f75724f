import { describe, expect, test } from 'vitest';
import { failpoints } from '../../src/core/failpoints.ts';
import { allCases, restoreCases } from '../support/kill-matrix/cases.ts';
import { sampleOfCommit } from '../support/kill-matrix/by-commit.ts';
import { scenarioOf } from '../support/kill-matrix/scenarios.ts';
import { testKills } from '../support/kill-matrix/test-kills.ts';

const { seed, sample, quick } = sampleOfCommit();

describe('the sample of the kill matrix', () => {
  test('has every point, and each point a scenario that passes it', () => {
    for (const failpoint of failpoints) expect(scenarioOf(failpoint).passes[0]).toBeGreaterThan(0);
    expect(new Set(sample.map(({ failpoint }) => failpoint))).toEqual(new Set(failpoints));
  });

  test.each(Array.from({ length: 21 }, (_, commit) => commit))(
    'is shared between npm test and test:long, whole, at commit %i',
    (commit) => {
      const shared = sampleOfCommit(commit);
      expect(new Set([...shared.quick, ...shared.rest])).toEqual(new Set(shared.sample));
      expect(shared.quick.length + shared.rest.length).toBe(failpoints.length);
      for (const part of ['store', 'repeat'] as const)
        expect(new Set(shared.quick.map((kill) => kill[part])).size).toBe(3);
    },
  );

  test('is other points and other seeds with every commit', () => {
    const commits = Array.from({ length: 21 }, (_, commit) => sampleOfCommit(commit));
    expect(new Set(commits.map((each) => `${each.seed} ${each.quick[0]?.failpoint}`)).size).toBe(21);
  });
});

describe(`kill -9 at ${quick.length} of ${failpoints.length} points, of ${allCases([seed]).length} cases of a seed`, () => {
  testKills(quick);
});

describe('kill -9, and then a restore', () => {
  const kills = restoreCases([seed]).filter(({ failpoint }) => failpoint === 'poll: page ingested');
  testKills(kills.filter(({ repeat }) => repeat.kind === 'doubles'));
});
