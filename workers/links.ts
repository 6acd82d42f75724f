import type { App } from '../src/app.ts';
import { purposeOf } from '../src/app/links.ts';
import { cableIn } from '../src/cables/fetched-pages.ts';
import { parseDocument } from '../src/cables/parse/document.ts';
import type { ReferenceId } from '../src/core/cable.ts';
import { messageOf } from '../src/core/errors.ts';
import { hostAfter, longestWaitMs } from '../src/core/host-standing.ts';
import { type CheckTerms, type Look, standingAfter } from '../src/core/link-standing.ts';
import { endTurn, takeTurn, type Turn, type TurnEnd } from '../src/ledger/links.ts';
import { withTimeout } from './with-timeout.ts';
import type { Worker } from './worker.ts';

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
    const turn = await app.ledger.transact((tx) => takeTurn(tx, terms));
    if (turn === undefined) return;
    const end = await ask(app, turn, terms.now);
    if (end === undefined) return;
    const written = await app.ledger.transact((tx) => endTurn(tx, turn, end));
    if (written) emitOf(app, turn, end);
  },
};

/** Undefined: it was cut off by the end of the process, which is no answer; the site is free again when the lease ends. */
async function ask(app: App, turn: Turn, now: number): Promise<TurnEnd | undefined> {
  const { robots } = turn;
  const areKnown = robots !== null && now >= robots.at && now - robots.at < robotsMs;
  try {
    return areKnown ? await askForPage(app, turn) : await askForRules(app, turn);
  } catch (error) {
    if (app.hurry.aborted) return undefined;
    throw error;
  }
}

async function askForRules(app: App, turn: Turn): Promise<TurnEnd> {
  const answer = await asked(app, (signal) => app.looker.robots(turn.url, signal));
  const now = await app.ledger.now();
  if (answer.kind === 'rules') return { ...unchanged(app, turn, now), robots: answer.text };
  return { ...unchanged(app, turn, now), standing: hostAfter(turn.standing, answer, judging(app, now)) };
}

async function askForPage(app: App, turn: Turn): Promise<TurnEnd> {
  const { url, wanted, link, refusesHead, robots } = turn;
  const { allowed, delayMs } = app.looker.permission(robots?.text ?? '', url);
  if (!allowed) {
    const now = await app.ledger.now();
    const look: Look = { kind: 'unclear', reason: 'robots.txt asks us not to look' };
    // Nothing was asked, so nobody needs a pause.
    return { ...unchanged(app, turn, now), nextAt: now, link: standingAfter(link, look, judging(app, now)) };
  }
  // Some sites answer HEAD as they do not answer GET: who says that a page is not there is asked a second time, properly.
  const how = wanted !== null ? 'text' : refusesHead || link.failures > 0 ? 'GET' : 'HEAD';
  const { look, text } = await lookAt(app, url, how);
  const now = await app.ledger.now();
  return {
    ...unchanged(app, turn, now, delayMs ?? 0),
    refusesHead: refusesHead || look.kind === 'refuses-head',
    standing: hostAfter(turn.standing, look, judging(app, now)),
    link: standingAfter(link, look, judging(app, now)),
    ...(wanted !== null && look.kind === 'alive' && { page: pageFrom(text, wanted) }),
  };
}

async function lookAt(app: App, url: string, how: 'HEAD' | 'GET' | 'text'): Promise<{ look: Look; text: string }> {
  const seen = await asked(app, (signal) => app.looker.page(url, how, signal));
  return 'look' in seen ? seen : { look: seen, text: '' };
}

/** What is cut off by its time has failed. Rejects at the end of the process. */
async function asked<T>(
  app: App,
  request: (signal: AbortSignal) => Promise<T>,
): Promise<T | (Look & { kind: 'failed' })> {
  try {
    return await withTimeout(app, request);
  } catch (error) {
    app.hurry.throwIfAborted();
    return { kind: 'failed', reason: messageOf(error) };
  }
}

/** The site as it was, to be asked again after a pause of its length and up to a half more. */
function unchanged(app: App, { standing, refusesHead }: Turn, now: number, delayMs = 0): TurnEnd {
  const pause = Math.min(longestWaitMs, Math.max(delayMs, app.config.links.check.perHost));
  return { askedAt: now, nextAt: now + Math.ceil(pause * (1 + Math.random() / 2)), standing, refusesHead };
}

function judging({ config }: App, now: number): { now: number; terms: CheckTerms; jitter: number } {
  const { every, confirm, deadAfter } = config.links.check;
  const terms = { everyMs: every, confirmMs: confirm, failures: deadAfter.failures, overMs: deadAfter.over };
  return { now, terms, jitter: Math.random() };
}

function pageFrom(text: string, wanted: string): NonNullable<TurnEnd['page']> {
  if (cableIn(text, wanted as ReferenceId, parseDocument) !== undefined) return { text, reason: null };
  const { cables, rejects } = parseDocument(text);
  const other = cables.map(({ referenceId }) => referenceId).join(', ');
  return { text: null, reason: other === '' ? (rejects[0]?.reason ?? 'no cable found') : `the page has ${other}` };
}

function emitOf(app: App, { url, host, link, standing }: Turn, end: TurnEnd): void {
  const say = (what: string, message: string) => app.emit({ kind: 'info', what, message });
  const page = end.link;
  if (page !== undefined && page.deadSince !== null && link.deadSince === null) say(url, `is gone: ${page.reason}`);
  if (page?.deadSince === null && link.deadSince !== null) say(url, 'is there again');
  if (end.standing.deadSince !== null && standing.deadSince === null)
    say(host, `counts as gone, with all its pages: ${end.standing.reason}`);
  if (end.standing.deadSince === null && standing.deadSince !== null) say(host, 'answers again');
}
