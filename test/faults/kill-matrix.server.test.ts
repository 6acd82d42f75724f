import { describe, expect, test } from 'vitest';
import { points } from '../../src/core/point.ts';
import { allCases } from '../support/kill-matrix/cases.ts';
import { sampleOfCommit } from '../support/kill-matrix/by-commit.ts';
import { scenarioOf } from '../support/kill-matrix/scenarios.ts';
import { testKills } from '../support/kill-matrix/test-kills.ts';

const { seed, sample, quick } = sampleOfCommit();

describe('the sample of the kill matrix', () => {
  test('has every point, and each point a scenario that passes it', () => {
    for (const point of points) expect(scenarioOf(point).passes[0]).toBeGreaterThan(0);
    expect(new Set(sample.map(({ point }) => point))).toEqual(new Set(points));
  });

  test.each(Array.from({ length: 9 }, (_, commit) => commit))(
    'is shared between npm test and test:long, whole, at commit %i',
    (commit) => {
      const shared = sampleOfCommit(commit);
      expect(new Set([...shared.quick, ...shared.rest])).toEqual(new Set(shared.sample));
      expect(shared.quick.length + shared.rest.length).toBe(points.length);
      for (const part of ['store', 'repeat'] as const)
        expect(new Set(shared.quick.map((kill) => kill[part])).size).toBe(3);
    },
  );

  test('is other points and other seeds with every commit', () => {
    const commits = Array.from({ length: 9 }, (_, commit) => sampleOfCommit(commit));
    expect(new Set(commits.map((each) => `${each.seed} ${each.quick[0]?.point}`)).size).toBe(9);
  });
});

describe(`kill -9 at ${quick.length} of ${points.length} points, of ${allCases([seed]).length} cases of a seed`, () => {
  testKills(quick);
});
