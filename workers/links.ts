import type { App } from '../src/app.ts';
import { purposeOf } from '../src/app/link-knowledge.ts';
import { cableOn, readPage } from '../src/cables/corpus/combined.ts';
import { fateOfViewer } from '../src/cables/links/moved-viewer.ts';
import { viewerPageOf } from '../src/cables/links/viewer-pages.ts';
import { dayMs } from '../src/core/durations.ts';
import type { ReferenceId } from '../src/core/cable.ts';
import { messageOf } from '../src/core/errors.ts';
import {
  type CheckTerms,
  type ProbeResult,
  healthAfter,
  hostHealthAfter,
  longestWaitMs,
} from '../src/core/link-health.ts';
import { releaseHost, claimHost, type HostClaim, type HostRelease } from '../src/ledger/links/link-checks.ts';
import { withTimeout, type Worker } from './lib/worker.ts';

type LinksApp = Pick<App, 'config' | 'ledger' | 'timeouts' | 'hurry' | 'linkProbe' | 'emit' | 'fail'>;

/** Makes one request to a site: for its robots.txt, or for the page that has been due for the longest. After a crash the page is still due. */
export const links: Worker<LinksApp> = {
  queue: 'links',
  concurrency: 8,
  async work(app: LinksApp, host) {
    const purpose = purposeOf(app.config.links);
    if (purpose === undefined) return;
    const terms = { host, now: await app.ledger.now(), leaseMs: app.timeouts.sendingLeaseMs, purpose };
    const claim = await app.ledger.transact((tx) => claimHost(tx, terms));
    if (claim === undefined) return;
    const end = await probeHost(app, claim, terms.now);
    if (end === undefined) return;
    const written = await app.ledger.transact((tx) => releaseHost(tx, claim, end));
    if (written) report(app, claim, end);
  },
};

/** Undefined: the end of the process aborted the request, which says nothing about the site. */
async function probeHost(app: LinksApp, claim: HostClaim, now: number): Promise<HostRelease | undefined> {
  const { robots } = claim;
  // A robots.txt is valid for a day (RFC 9309, 2.4).
  const hasRobots = robots !== null && now >= robots.at && now - robots.at < dayMs;
  try {
    return hasRobots ? await probePage(app, claim) : await fetchRobots(app, claim);
  } catch (error) {
    if (app.hurry.aborted) return undefined;
    throw error;
  }
}

async function fetchRobots(app: LinksApp, claim: HostClaim): Promise<HostRelease> {
  const answer = await request(app, (signal) => app.linkProbe.robots(claim.url, signal));
  const now = await app.ledger.now();
  if (answer.kind === 'rules') return { ...unchanged(app, claim, now), robots: answer.text };
  return { ...unchanged(app, claim, now), health: hostHealthAfter(claim.health, answer, healthTerms(app, now)) };
}

async function probePage(app: LinksApp, claim: HostClaim): Promise<HostRelease> {
  const { url, wanted, link, refusesHead, robots } = claim;
  const { allowed, delayMs } = await app.linkProbe.permission(robots?.text ?? '', url);
  if (!allowed) {
    const now = await app.ledger.now();
    const result: ProbeResult = { kind: 'unclear', reason: 'robots.txt disallows it' };
    // No request was made, so the next one need not wait.
    return { ...unchanged(app, claim, now), nextAt: now, link: healthAfter(link, result, healthTerms(app, now)) };
  }
  // Some sites answer HEAD and GET differently, so a GET must confirm that a page is gone.
  const checksAnchors = isAnchorCheckDue(app, claim, await app.ledger.now());
  const how = wanted !== null || checksAnchors ? 'text' : refusesHead || link.failures > 0 ? 'GET' : 'HEAD';
  const seen = await request(app, (signal) => app.linkProbe.page(url, how, signal));
  const { result, text, url: ended } = 'result' in seen ? seen : { result: seen, text: '', url };
  const now = await app.ledger.now();
  return {
    ...unchanged(app, claim, now, delayMs ?? 0),
    refusesHead: refusesHead || result.kind === 'refuses-head',
    health: hostHealthAfter(claim.health, result, healthTerms(app, now)),
    link: healthAfter(link, result, healthTerms(app, now)),
    ...(wanted !== null && result.kind === 'alive' && { page: await pageFrom(text, wanted) }),
    ...(checksAnchors && {
      anchorCheck: { moved: result.kind === 'alive' ? await fateOfViewer(url, ended, text) : undefined },
    }),
  };
}

/** One page of a site is read a day: it shows for all of them whether the old viewer and its anchors still stand. */
function isAnchorCheckDue({ config }: LinksApp, { url, anchorsCheckedAt }: HostClaim, now: number): boolean {
  const isFresh = anchorsCheckedAt !== null && anchorsCheckedAt <= now && now - anchorsCheckedAt < dayMs;
  return config.links.check.enabled && !isFresh && viewerPageOf(url) !== undefined;
}

/** A request that rejects or takes too long counts as failed. Rejects when the process must end. */
async function request<T>(
  app: LinksApp,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<T | (ProbeResult & { kind: 'failed' })> {
  try {
    return await withTimeout(app, send);
  } catch (error) {
    app.hurry.throwIfAborted();
    return { kind: 'failed', reason: messageOf(error) };
  }
}

/** Keeps the health of the site and sets the time of the next request: the pause of the site plus up to a half. */
function unchanged(app: LinksApp, { health, refusesHead }: HostClaim, now: number, delayMs = 0): HostRelease {
  const pause = Math.min(longestWaitMs, Math.max(delayMs, app.config.links.check.perHost));
  return { requestedAt: now, nextAt: now + Math.ceil(pause * (1 + Math.random() / 2)), health, refusesHead };
}

function healthTerms({ config }: LinksApp, now: number): { now: number; terms: CheckTerms; jitter: number } {
  const { every, confirm, deadAfter } = config.links.check;
  const terms = { everyMs: every, confirmMs: confirm, failures: deadAfter.failures, overMs: deadAfter.over };
  return { now, terms, jitter: Math.random() };
}

async function pageFrom(text: string, wanted: string): Promise<NonNullable<HostRelease['page']>> {
  const read = await readPage(text);
  if (cableOn(read, wanted as ReferenceId) !== undefined) return { text, reason: null };
  const { cables, rejects } = read;
  const other = cables.map(({ cable }) => cable.referenceId).join(', ');
  return { text: null, reason: other === '' ? (rejects[0]?.reason ?? 'no cable found') : `the page has ${other}` };
}

function report(app: LinksApp, { url, host, link, health }: HostClaim, end: HostRelease): void {
  const emit = (what: string, message: string) => app.emit({ kind: 'info', what, message });
  const page = end.link;
  if (page !== undefined && page.deadSince !== null && link.deadSince === null) emit(url, `is gone: ${page.reason}`);
  if (page?.deadSince === null && link.deadSince !== null) emit(url, 'is back');
  if (end.health.deadSince !== null && health.deadSince === null)
    emit(host, `is gone, with all its pages: ${end.health.reason}`);
  if (end.health.deadSince === null && health.deadSince !== null) emit(host, 'answers again');
}
