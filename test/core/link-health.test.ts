import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type HostHealth,
  type LinkHealth,
  type ProbeResult,
  breakerFailures,
  healthAfter,
  hostHealthAfter,
  longestWaitMs,
} from '../../src/core/link-health.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const terms = { everyMs: 30 * dayMs, confirmMs: hourMs, failures: 5, overMs: 3 * dayMs };
const start = Date.UTC(2026, 2, 1);

const unseen: LinkHealth = {
  state: 'new',
  dueAt: start,
  checkedAt: null,
  failures: 0,
  failingSince: null,
  deadSince: null,
  reason: null,
};
const untried: HostHealth = { failures: 0, failingSince: null, deadSince: null, blockedUntil: 0, reason: null };
const notFound: ProbeResult = { kind: 'not-found', reason: 'status 404' };
const failed: ProbeResult = { kind: 'failed', reason: 'status 500' };

/** A page after these probes, each when it is due. */
function afterProbes(...probes: readonly ProbeResult[]): LinkHealth {
  return probes.reduce((page, result) => healthAfter(page, result, { now: page.dueAt, terms, jitter: 0.5 }), unseen);
}

describe('a page', () => {
  test('that is missing counts as dead since the first probe once a second one confirms it', () => {
    expect(afterProbes(notFound)).toMatchObject({ state: 'missing', deadSince: null, dueAt: start + hourMs });
    expect(afterProbes(notFound, notFound)).toMatchObject({ state: 'dead', deadSince: start, reason: 'status 404' });
  });

  test('does not count as dead after a second probe that comes at once', () => {
    const missing = afterProbes(notFound);
    const soon = healthAfter(missing, notFound, { now: start + 1000, terms, jitter: 0 });
    expect(soon).toMatchObject({ state: 'missing', deadSince: null, dueAt: start + 1000 + hourMs });
  });

  test('of a failing site counts as dead only after several failures over days', () => {
    const probes = (count: number) => afterProbes(...Array.from({ length: count }, () => failed));
    expect(probes(5)).toMatchObject({ state: 'failing', failures: 5, deadSince: null });
    expect(probes(6)).toMatchObject({ state: 'dead', failures: 6, deadSince: start });
  });

  test('that comes back is alive, and nothing is left of its death', () => {
    expect(afterProbes(notFound, notFound, { kind: 'alive' })).toMatchObject({
      state: 'alive',
      failures: 0,
      failingSince: null,
      deadSince: null,
      reason: null,
    });
  });

  test('that rejects the bot is neither alive nor dead', () => {
    const closed: ProbeResult = { kind: 'unclear', reason: 'status 403' };
    expect(afterProbes(closed)).toMatchObject({ state: 'unclear', deadSince: null });
    expect(afterProbes(notFound, closed, notFound)).toMatchObject({ state: 'missing', deadSince: null });
    expect(afterProbes(notFound, notFound, closed)).toMatchObject({ state: 'dead', deadSince: start });
  });

  const probes = fc.oneof(
    fc.constant<ProbeResult>({ kind: 'alive' }),
    fc.constant(notFound),
    fc.constant(failed),
    fc.constant<ProbeResult>({ kind: 'unclear', reason: 'status 403' }),
    fc.constant<ProbeResult>({ kind: 'refuses-head' }),
    fc.record({ kind: fc.constant('busy' as const), reason: fc.constant('status 429'), waitMs: fc.nat(2 * dayMs) }),
  );
  const steps = fc.array(
    fc.tuple(probes, fc.nat(2 * dayMs), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
    {
      maxLength: 40,
    },
  );

  test('is dead exactly in the state `dead`, since a probe that found it missing, and never by one probe alone', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        let page = unseen;
        let now = start;
        let bad: { kind: string; at: number }[] = [];
        for (const [result, ms, jitter] of taken) {
          now += ms;
          const before = page;
          page = healthAfter(page, result, { now, terms, jitter });
          if (result.kind === 'not-found' || result.kind === 'failed') bad.push({ kind: result.kind, at: now });
          else if (result.kind === 'alive' || (result.kind === 'unclear' && before.state !== 'dead')) bad = [];
          expect(page.deadSince !== null).toBe(page.state === 'dead');
          if (result.kind === 'alive') expect(page.deadSince).toBeNull();
          if (page.deadSince !== null) expect(page.deadSince).toBe(bad[0]?.at);
          if (page.state === 'dead' && before.state !== 'dead') {
            const [last, second] = [bad.at(-1), bad.at(-2)];
            const confirmed =
              last?.kind === 'not-found' && second?.kind === 'not-found' && last.at - second.at >= terms.confirmMs;
            const worn = bad.length >= terms.failures && now - (bad[0]?.at ?? now) >= terms.overMs;
            expect(confirmed || (result.kind === 'failed' && worn)).toBe(true);
          }
          if (result.kind !== 'busy') expect(page.dueAt).toBeGreaterThanOrEqual(now);
        }
      }),
    );
  });
});

describe('a site', () => {
  const afterAll = (count: number, jitter = 0) =>
    Array.from({ length: count }).reduce<{ site: HostHealth; now: number }>(
      ({ site, now }) => {
        const at = Math.max(now, site.blockedUntil);
        return { site: hostHealthAfter(site, failed, { now: at, terms, jitter }), now: at };
      },
      { site: untried, now: start },
    );

  test('is blocked after several failures in a row, longer each time, for hours at most', () => {
    const rests = [1, 2, 3, 4, 5, 20].map((count) => {
      const { site, now } = afterAll(count);
      return Math.max(0, site.blockedUntil - now) / 60_000;
    });
    expect(rests).toEqual([0, 0, 10, 20, 40, 360]);
  });

  test('gets one request after the block, and one answer ends it', () => {
    const { site, now } = afterAll(breakerFailures);
    expect(hostHealthAfter(site, notFound, { now: site.blockedUntil, terms, jitter: 0 })).toEqual(untried);
    expect(hostHealthAfter(site, failed, { now: site.blockedUntil, terms, jitter: 0 }).blockedUntil).toBeGreaterThan(
      site.blockedUntil,
    );
    expect(now).toBe(start);
  });

  test('is blocked as long as it asks, up to a day, and that is no failure', () => {
    const busy = (waitMs: number): ProbeResult => ({ kind: 'busy', reason: 'status 429', waitMs });
    const rested = (result: ProbeResult) => hostHealthAfter(untried, result, { now: start, terms, jitter: 0 });
    expect(rested(busy(5000))).toMatchObject({ failures: 0, blockedUntil: start + 5000 });
    expect(rested(busy(90 * dayMs)).blockedUntil).toBe(start + longestWaitMs);
    expect(rested({ ...failed, waitMs: hourMs })).toMatchObject({ failures: 1, blockedUntil: start + hourMs });
  });

  test('counts as dead after failures over days, since the first, until it answers', () => {
    let { site, now } = afterAll(terms.failures);
    expect(site.deadSince).toBeNull();
    while (now - start < terms.overMs) {
      now = Math.max(now + hourMs, site.blockedUntil);
      site = hostHealthAfter(site, failed, { now, terms, jitter: 0 });
    }
    expect(site.deadSince).toBe(start);
    expect(hostHealthAfter(site, { kind: 'alive' }, { now, terms, jitter: 0 })).toEqual(untried);
  });
});
