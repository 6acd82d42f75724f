import { backoffMs } from '../src/core/backoff.ts';
import { messageOf } from '../src/core/errors.ts';
import { dueWithdrawal, endWithdrawal } from '../src/ledger/withdrawing.ts';
import { withinLimit } from './time-limit.ts';
import type { Worker } from './worker.ts';

const retry = { firstMs: 10_000, maxMs: 60 * 60_000 };

/** Takes a sent reply back. Withdrawing twice does no harm, so every failure is tried again. */
export const withdraw: Worker = {
  bell: 'withdraw',
  concurrency: 4,
  async work(app, key) {
    const withdrawal = await dueWithdrawal(app.ledger.db, key, await app.ledger.now());
    if (withdrawal === undefined) return;
    app.reached('withdraw: reply read');
    const failure = await attempt(async () => {
      const publisher = await app.publisher(withdrawal.publisher);
      if (publisher === undefined) throw new Error(`no publisher \`${withdrawal.publisher}\` is configured`);
      await withinLimit(app, (signal) => publisher.withdraw(withdrawal.published, signal));
    });
    app.reached('withdraw: withdrawn');
    const now = await app.ledger.now();
    const again =
      failure === undefined ? undefined : { reason: failure, dueAt: now + backoffMs(withdrawal.looks, retry) };
    await app.ledger.transact((tx) => endWithdrawal(tx, withdrawal, again, now));
    app.reached('withdraw: ended');
    if (failure !== undefined)
      app.tell({ kind: 'trouble', what: key, post: key, message: `not withdrawn yet: ${failure}` });
  },
};

async function attempt(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
