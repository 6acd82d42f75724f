import type { App } from '../src/app.ts';
import { purposeOf } from '../src/app/link-knowledge.ts';
import { cableIn } from '../src/cables/corpus/fetched-pages.ts';
import { parseDocument } from '../src/cables/parse/parse-document.ts';
import type { ReferenceId } from '../src/core/cable.ts';
import { messageOf } from '../src/core/errors.ts';
import { hostHealthAfter, longestWaitMs } from '../src/core/host-health.ts';
import { type CheckTerms, type ProbeResult, healthAfter } from '../src/core/link-health.ts';
import { releaseHost, claimHost, type HostClaim, type HostRelease } from '../src/ledger/links/link-checks.ts';
import { withTimeout } from './lib/with-timeout.ts';
import type { Worker } from './lib/worker.ts';

/** Rules of a site count for a day (RFC 9309, 2.4). */
const robotsMs = 24 * 60 * 60_000;

/**
 * Asks a site one question: for its robots.txt, or for the page of it that has been due for the longest. `perHost` must pass before the
 * next. A crash leaves the page due; the site is free again when the lease ends.
 */
export const links: Worker = {
  queue: 'links',
  concurrency: 8,
  async work(app, host) {
    const purpose = purposeOf(app.config.links);
    if (purpose === undefined) return;
    const terms = { host, now: await app.ledger.now(), leaseMs: app.timeouts.sendingLeaseMs, purpose };
    const claim = await app.ledger.transact((tx) => claimHost(tx, terms));
    if (claim === undefined) return;
    const end = await ask(app, claim, terms.now);
    if (end === undefined) return;
    const written = await app.ledger.transact((tx) => releaseHost(tx, claim, end));
    if (written) emitOf(app, claim, end);
  },
};

/** Undefined: it was cut off by the end of the process, which is no answer; the site is free again when the lease ends. */
async function ask(app: App, claim: HostClaim, now: number): Promise<HostRelease | undefined> {
  const { robots } = claim;
  const areKnown = robots !== null && now >= robots.at && now - robots.at < robotsMs;
  try {
    return areKnown ? await askForPage(app, claim) : await askForRules(app, claim);
  } catch (error) {
    if (app.hurry.aborted) return undefined;
    throw error;
  }
}

async function askForRules(app: App, claim: HostClaim): Promise<HostRelease> {
  const answer = await asked(app, (signal) => app.linkProbe.robots(claim.url, signal));
  const now = await app.ledger.now();
  if (answer.kind === 'rules') return { ...unchanged(app, claim, now), robots: answer.text };
  return { ...unchanged(app, claim, now), health: hostHealthAfter(claim.health, answer, judging(app, now)) };
}

async function askForPage(app: App, claim: HostClaim): Promise<HostRelease> {
  const { url, wanted, link, refusesHead, robots } = claim;
  const { allowed, delayMs } = app.linkProbe.permission(robots?.text ?? '', url);
  if (!allowed) {
    const now = await app.ledger.now();
    const result: ProbeResult = { kind: 'unclear', reason: 'robots.txt asks us not to look' };
    // Nothing was asked, so nobody needs a pause.
    return { ...unchanged(app, claim, now), nextAt: now, link: healthAfter(link, result, judging(app, now)) };
  }
  // Some sites answer HEAD as they do not answer GET: who says that a page is not there is asked a second time, properly.
  const how = wanted !== null ? 'text' : refusesHead || link.failures > 0 ? 'GET' : 'HEAD';
  const { result, text } = await lookAt(app, url, how);
  const now = await app.ledger.now();
  return {
    ...unchanged(app, claim, now, delayMs ?? 0),
    refusesHead: refusesHead || result.kind === 'refuses-head',
    health: hostHealthAfter(claim.health, result, judging(app, now)),
    link: healthAfter(link, result, judging(app, now)),
    ...(wanted !== null && result.kind === 'alive' && { page: pageFrom(text, wanted) }),
  };
}

async function lookAt(
  app: App,
  url: string,
  how: 'HEAD' | 'GET' | 'text',
): Promise<{ result: ProbeResult; text: string }> {
  const seen = await asked(app, (signal) => app.linkProbe.page(url, how, signal));
  return 'result' in seen ? seen : { result: seen, text: '' };
}

/** What is cut off by its time has failed. Rejects at the end of the process. */
async function asked<T>(
  app: App,
  request: (signal: AbortSignal) => Promise<T>,
): Promise<T | (ProbeResult & { kind: 'failed' })> {
  try {
    return await withTimeout(app, request);
  } catch (error) {
    app.hurry.throwIfAborted();
    return { kind: 'failed', reason: messageOf(error) };
  }
}

/** The site as it was, to be asked again after a pause of its length and up to a half more. */
function unchanged(app: App, { health, refusesHead }: HostClaim, now: number, delayMs = 0): HostRelease {
  const pause = Math.min(longestWaitMs, Math.max(delayMs, app.config.links.check.perHost));
  return { askedAt: now, nextAt: now + Math.ceil(pause * (1 + Math.random() / 2)), health, refusesHead };
}

function judging({ config }: App, now: number): { now: number; terms: CheckTerms; jitter: number } {
  const { every, confirm, deadAfter } = config.links.check;
  const terms = { everyMs: every, confirmMs: confirm, failures: deadAfter.failures, overMs: deadAfter.over };
  return { now, terms, jitter: Math.random() };
}

function pageFrom(text: string, wanted: string): NonNullable<HostRelease['page']> {
  if (cableIn(text, wanted as ReferenceId, parseDocument) !== undefined) return { text, reason: null };
  const { cables, rejects } = parseDocument(text);
  const other = cables.map(({ referenceId }) => referenceId).join(', ');
  return { text: null, reason: other === '' ? (rejects[0]?.reason ?? 'no cable found') : `the page has ${other}` };
}

function emitOf(app: App, { url, host, link, health }: HostClaim, end: HostRelease): void {
  const say = (what: string, message: string) => app.emit({ kind: 'info', what, message });
  const page = end.link;
  if (page !== undefined && page.deadSince !== null && link.deadSince === null) say(url, `is gone: ${page.reason}`);
  if (page?.deadSince === null && link.deadSince !== null) say(url, 'is there again');
  if (end.health.deadSince !== null && health.deadSince === null)
    say(host, `counts as gone, with all its pages: ${end.health.reason}`);
  if (end.health.deadSince === null && health.deadSince !== null) say(host, 'answers again');
}
