import { messageOf } from '../src/core/errors.ts';
import type { Published } from '../src/core/reply.ts';
import {
  type Reconciliation,
  reconcileReply,
  claimUnknown,
  type Unknown,
} from '../src/ledger/replies/reconcile-reply.ts';
import { lostReplies } from '../src/ledger/replies/lost-replies.ts';
import type { LostReply, Publisher, Repeat } from '../src/platforms/platform.ts';
import {
  applyRetryAfter,
  emitAbout,
  isTooLate,
  openedPublisher,
  type ReplyApp,
  withTimeout,
  type Worker,
} from './lib/worker.ts';

/** Finds out whether a reply of unknown outcome is on its platform. Sends it again only where a repeat cannot double it. */
export const reconcile: Worker<ReplyApp> = {
  queue: 'reconcile',
  concurrency: 8,
  async work(app: ReplyApp, key) {
    const terms = { now: await app.ledger.now(), leaseMs: app.timeouts.sendingLeaseMs };
    const unknown = await app.ledger.transact((tx) => claimUnknown(tx, key, terms));
    if (unknown === undefined) return;
    app.failpoint('reconcile: reply read');
    if (await isTooLate(app, unknown)) return;
    const result = await lookUp(app, unknown);
    app.failpoint('reconcile: looked up');
    const now = await app.ledger.now();
    // A lookup that the end of the process aborted does not count: it is due again at once.
    const isAborted = result.state !== 'sent' && app.hurry.aborted;
    const reconciliation: Reconciliation = isAborted ? { state: 'unknown', dueAt: now, answered: false } : result;
    const isWritten = await app.ledger.transact((tx) => reconcileReply(tx, unknown, reconciliation, now));
    if (!isWritten) return;
    app.failpoint('reconcile: reconciled');
    if (reconciliation.state === 'planned') await app.queue.enqueue('respond', key);
    app.failpoint('reconcile: enqueued');
    report(app, unknown, reconciliation);
  },
};

async function lookUp(app: ReplyApp, unknown: Unknown): Promise<Reconciliation> {
  const { lookupDelaysMs, marginMs, unreachableRetryMs } = app.timeouts;
  const publisher = await publisherOf(app, unknown);
  if (publisher === undefined)
    return { state: 'unknown', dueAt: (await app.ledger.now()) + unreachableRetryMs, answered: false };
  const lost = publisher.self === undefined ? undefined : await app.ledger.load(lostReplies, { key: unknown.key });
  const found = await find(app, unknown, publisher, lost);
  // A wait that the platform asks for counts from its answer, which may have been slow.
  const now = await app.ledger.now();
  if (typeof found === 'object' && 'id' in found) return { state: 'sent', published: found };
  const failed = typeof found === 'object' ? found : undefined;
  const { repeat } = publisher;
  const repeatUntil = harmlessUntil(repeat, unknown.firstAttemptAt - marginMs);
  // The last attempt ended here before this lookup, but the platform may still be processing it.
  const repeatDelayMs = (typeof repeat === 'object' && repeat.afterMs) || 0;
  const repeatAt = now + Math.max(repeatDelayMs, failed?.retryAfterMs ?? 0);
  const { giveUpAfter } = app.config.replies;
  const isOld = giveUpAfter !== null && now - unknown.plannedAt > giveUpAfter;
  const isHarmless = repeatUntil === null || repeatAt < repeatUntil;
  // The platform does not take the reply of a lost plan for a repeat of this one.
  if (!unknown.cancelRequested && !isOld && isHarmless && (lost === undefined || found === 'absent'))
    return { state: 'planned', repeatUntil, dueAt: repeatAt };
  // A failed lookup is not absence: do not count it as an attempt.
  if (failed !== undefined)
    return { state: 'unknown', dueAt: now + Math.max(unreachableRetryMs, failed.retryAfterMs), answered: false };
  const wait = lookupDelaysMs[unknown.lookups];
  const absent = found === 'absent';
  if (wait !== undefined) return { state: 'unknown', dueAt: now + wait, answered: true, absent };
  const isAbsent = absent && unknown.absences === unknown.lookups;
  if (isAbsent && !isOld && !unknown.cancelRequested && app.account(unknown.publisher).repeatWhenAbsent)
    return { state: 'planned', repeatUntil: null, dueAt: now };
  const why = unknown.cancelRequested ? 'it is cancelled' : isOld ? 'it waited too long' : 'a repeat might double it';
  const what = absent
    ? `not found in ${unknown.lookups + 1} lookups, and ${why}`
    : `the platform could not tell in ${unknown.lookups + 1} lookups`;
  return { state: 'abandoned', reason: `outcome unknown: ${what}` };
}

async function publisherOf(app: ReplyApp, unknown: Unknown): Promise<Publisher | undefined> {
  let message = `no publisher \`${unknown.publisher}\` is configured, so the reply cannot be looked up`;
  try {
    const found = await openedPublisher(app, unknown.publisher);
    if (found !== undefined) return found;
  } catch (error) {
    message = messageOf(error);
  }
  emitAbout(app, unknown, { kind: 'error', message });
  return undefined;
}

/** If the lookup failed, the wait that the platform asks for; 0: none. */
async function find(
  app: ReplyApp,
  unknown: Unknown,
  publisher: Publisher,
  lost: LostReply | undefined,
): Promise<Published | 'absent' | 'cannot-tell' | { readonly retryAfterMs: number }> {
  try {
    return await withTimeout(app, (signal) => publisher.find(unknown.payload, signal, lost));
  } catch (error) {
    emitAbout(app, unknown, { kind: 'error', message: `lookup of the reply failed: ${messageOf(error)}` });
    return { retryAfterMs: await applyRetryAfter(app, unknown.publisher, error) };
  }
}

/** Until when the same payload may be sent again; null: no limit. */
function harmlessUntil(repeat: Repeat, firstAttemptAt: number): number | null {
  if (repeat === 'harmless') return null;
  return repeat === 'doubles' ? firstAttemptAt : firstAttemptAt + repeat.harmlessForMs;
}

function report(app: ReplyApp, unknown: Unknown, reconciliation: Reconciliation): void {
  const { payload, publisher } = unknown;
  const { state } = reconciliation;
  if (state === 'sent') app.emit({ kind: 'sent', payload, publisher, published: reconciliation.published });
  if (state === 'abandoned')
    emitAbout(app, unknown, { kind: 'error', reply: { state, publisher }, message: reconciliation.reason });
}
