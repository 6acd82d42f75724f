import { backoffMs } from '../src/core/durations.ts';
import { messageOf } from '../src/core/errors.ts';
import {
  endWithdrawal,
  claimWithdrawal,
  type Withdrawal,
  type WithdrawalEnding,
} from '../src/ledger/replies/withdraw-reply.ts';
import type { Publisher } from '../src/platforms/platform.ts';
import {
  applyRetryAfter,
  emitAbout,
  isTooLate,
  openedPublisher,
  type ReplyApp,
  withTimeout,
  type Worker,
} from './lib/worker.ts';

/** Deletes a sent reply on its platform, and checks later that it is still deleted. Deleting twice does no harm, so every failure is retried. */
export const withdraw: Worker<ReplyApp> = {
  queue: 'withdraw',
  concurrency: 4,
  async work(app: ReplyApp, key) {
    const terms = { now: await app.ledger.now(), leaseMs: app.timeouts.sendingLeaseMs };
    const withdrawal = await app.ledger.transact((tx) => claimWithdrawal(tx, key, terms));
    if (withdrawal === undefined) return;
    app.failpoint('withdraw: reply read');
    if (await isTooLate(app, withdrawal)) return;
    const ending = await attempt(app, withdrawal);
    app.failpoint(withdrawal.state === 'withdrawn' ? 'follow: rechecked' : 'withdraw: withdrawn');
    const now = await app.ledger.now();
    const successors = await app.ledger.transact((tx) => endWithdrawal(tx, withdrawal, ending, now));
    app.failpoint('withdraw: ended');
    if (successors.length > 0) app.failpoint('withdrawn: successor due');
    for (const successor of successors) await app.queue.enqueue('respond', successor);
    if (ending.state === 'withdrawing' && ending.reason !== null)
      emitAbout(app, withdrawal, { kind: 'error', message: `not withdrawn yet: ${ending.reason}` });
  },
};

async function attempt(app: ReplyApp, withdrawal: Withdrawal): Promise<WithdrawalEnding> {
  try {
    const publisher = await openedPublisher(app, withdrawal.publisher);
    if (publisher === undefined) throw new Error(`no publisher \`${withdrawal.publisher}\` is configured`);
    if (withdrawal.state === 'withdrawn') return await recheck(app, withdrawal, publisher);
    await withTimeout(app, (signal) => publisher.withdraw(withdrawal.published, signal));
    // A reply whose post was purged meanwhile cannot be looked up: its post has no id left.
    const isPurged = withdrawal.payload.replyTo.id === '';
    return { state: 'withdrawn', dueAt: isPurged ? null : (await app.ledger.now()) + app.timeouts.recheckMs };
  } catch (error) {
    const asked = await applyRetryAfter(app, withdrawal.publisher, error);
    const waitMs = Math.max(asked, backoffMs(withdrawal.lookups, app.timeouts.withdrawal));
    const dueAt = (await app.ledger.now()) + waitMs;
    // If the recheck fails, the reply is deleted once more.
    return { state: 'withdrawing', reason: messageOf(error), dueAt };
  }
}

async function recheck(app: ReplyApp, withdrawal: Withdrawal, publisher: Publisher): Promise<WithdrawalEnding> {
  const found = await withTimeout(app, (signal) => publisher.find(withdrawal.payload, signal));
  if (typeof found !== 'object') return { state: 'withdrawn', dueAt: null };
  return { state: 'withdrawing', reason: null, dueAt: await app.ledger.now(), published: found };
}
