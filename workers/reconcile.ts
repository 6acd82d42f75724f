import type { App } from '../src/app.ts';
import { messageOf } from '../src/core/errors.ts';
import type { Published } from '../src/core/reply.ts';
import {
  type Reconciliation,
  reconcileReply,
  claimUnknown,
  type Unknown,
} from '../src/ledger/replies/reconcile-reply.ts';
import type { Publisher, Repeat } from '../src/platforms/platform.ts';
import { applyRetryAfter } from './lib/apply-retry-after.ts';
import { isTooLate, withTimeout } from './lib/with-timeout.ts';
import type { Worker } from './lib/worker.ts';

/** Finds out whether a reply of unknown outcome is out. It is sent again only where a repeat cannot double it. */
export const reconcile: Worker = {
  queue: 'reconcile',
  concurrency: 8,
  async work(app, key) {
    const terms = { now: await app.ledger.now(), leaseMs: app.timeouts.sendingLeaseMs };
    const unknown = await app.ledger.transact((tx) => claimUnknown(tx, key, terms));
    if (unknown === undefined) return;
    app.failpoint('reconcile: reply read');
    if (await isTooLate(app, unknown)) return;
    const seen = await look(app, unknown);
    app.failpoint('reconcile: looked up');
    const now = await app.ledger.now();
    // What was cut off by the end of the process is no look: it is left to others.
    const cutOff = seen.state !== 'sent' && app.hurry.aborted;
    const reconciliation: Reconciliation = cutOff ? { state: 'unknown', dueAt: now, answered: false } : seen;
    const settled = await app.ledger.transact((tx) => reconcileReply(tx, unknown, reconciliation, now));
    if (!settled) return;
    app.failpoint('reconcile: reconciled');
    if (reconciliation.state === 'planned') await app.queue.enqueue('respond', key);
    app.failpoint('reconcile: enqueued');
    report(app, unknown, reconciliation);
  },
};

async function look(app: App, unknown: Unknown): Promise<Reconciliation> {
  const { lookupDelaysMs, marginMs, unreachableRetryMs } = app.timeouts;
  const publisher = await opened(app, unknown);
  if (publisher === undefined)
    return { state: 'unknown', dueAt: (await app.ledger.now()) + unreachableRetryMs, answered: false };
  const found = await find(app, unknown, publisher);
  // What is asked for counts from the answer, which may have taken its time.
  const now = await app.ledger.now();
  if (typeof found === 'object' && 'id' in found) return { state: 'sent', published: found };
  const silence = typeof found === 'object' ? found : undefined;
  const repeatUntil = harmlessUntil(publisher.repeat, unknown.firstAttemptAt - marginMs);
  // The last attempt ended for us before this look; on the platform it may be under way still.
  const repeatAt = now + Math.max(restOf(publisher.repeat), silence?.retryAfterMs ?? 0);
  if (!unknown.cancelRequested && (repeatUntil === null || repeatAt < repeatUntil))
    return { state: 'planned', repeatUntil, dueAt: repeatAt };
  // Who gives no answer has not said that it is not there: an outage must not use the looks up.
  if (silence !== undefined)
    return { state: 'unknown', dueAt: now + Math.max(unreachableRetryMs, silence.retryAfterMs), answered: false };
  const wait = lookupDelaysMs[unknown.lookups];
  if (wait !== undefined) return { state: 'unknown', dueAt: now + wait, answered: true };
  return {
    state: 'abandoned',
    reason:
      found === 'absent'
        ? `outcome unknown: not found in ${unknown.lookups + 1} looks, and ${unknown.cancelRequested ? 'it is no longer wanted' : 'a repeat might double it'}`
        : `outcome unknown: the platform could not tell in ${unknown.lookups + 1} looks`,
  };
}

async function opened(app: App, { key, publisher, payload }: Unknown): Promise<Publisher | undefined> {
  let message = `no publisher \`${publisher}\` is configured to ask whether the reply is out`;
  try {
    const found = await app.publisher(publisher);
    if (found !== undefined) return found;
  } catch (error) {
    message = messageOf(error);
  }
  app.emit({ kind: 'error', what: key, post: payload.replyTo.key, message });
  return undefined;
}

/** The platform gave no answer; it may have asked for patience. */
interface Silence {
  readonly retryAfterMs: number;
}

async function find(
  app: App,
  unknown: Unknown,
  publisher: Publisher,
): Promise<Published | 'absent' | 'cannot-tell' | Silence> {
  try {
    return await withTimeout(app, (signal) => publisher.find(unknown.payload, signal));
  } catch (error) {
    const message = `looking for the reply failed: ${messageOf(error)}`;
    app.emit({ kind: 'error', what: unknown.key, post: unknown.payload.replyTo.key, message });
    return { retryAfterMs: await applyRetryAfter(app, unknown.publisher, error) };
  }
}

/** Until when the same payload may be sent again; null: for ever. */
function harmlessUntil(repeat: Repeat, firstAttemptAt: number): number | null {
  if (repeat === 'harmless') return null;
  return repeat === 'doubles' ? firstAttemptAt : firstAttemptAt + repeat.harmlessForMs;
}

function restOf(repeat: Repeat): number {
  return typeof repeat === 'object' ? (repeat.restMs ?? 0) : 0;
}

function report(app: App, unknown: Unknown, reconciliation: Reconciliation): void {
  const { key, payload, publisher } = unknown;
  const { state } = reconciliation;
  if (state === 'sent') app.emit({ kind: 'sent', payload, publisher, published: reconciliation.published });
  if (state !== 'abandoned') return;
  app.emit({
    kind: 'error',
    what: key,
    post: payload.replyTo.key,
    reply: { state, publisher },
    message: reconciliation.reason,
  });
}
