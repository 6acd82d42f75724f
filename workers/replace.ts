import type { App } from '../src/app.ts';
import { backoffMs } from '../src/core/durations.ts';
import { messageOf, PermanentError } from '../src/core/errors.ts';
import {
  claimReplacement,
  dueReplacement,
  endReplacement,
  type Replacement,
  type ReplacementEnding,
} from '../src/ledger/replies/replace-reply.ts';
import { supersedeReply } from '../src/ledger/replies/withdraw-reply.ts';
import {
  applyRetryAfter,
  emitAbout,
  isTooLate,
  openedPublisher,
  type ReplyApp,
  withTimeout,
  type Worker,
} from './lib/worker.ts';

type ReplaceApp = ReplyApp & Pick<App, 'stopping' | 'stoppedBecause'>;

/** Replaces the text of a sent reply, after an edit of its post. Doing so twice does no harm, so every failure but a refusal is retried. */
export const replace: Worker<ReplaceApp> = {
  queue: 'replace',
  concurrency: 4,
  async work(app: ReplaceApp, key) {
    const replacement = await claim(app, key);
    if (replacement === undefined) return;
    app.failpoint('replace: claimed');
    if (await isTooLate(app, replacement)) return;
    const ending = await attempt(app, replacement);
    app.failpoint('replace: answered');
    const now = await app.ledger.now();
    const isWritten = await app.ledger.transact((tx) => endReplacement(tx, replacement, ending, now));
    app.failpoint('replace: written');
    if (ending.state === 'refused') await app.queue.enqueue('withdraw', key);
    else if (!isWritten) await app.queue.enqueue('replace', key);
    report(app, replacement, ending);
  },
};

/** Undefined: another process has it, a limit defers it, or it waited too long and is withdrawn. */
async function claim(app: ReplaceApp, key: string): Promise<Replacement | undefined> {
  const now = await app.ledger.now();
  const due = await dueReplacement(app.ledger.db, key, now);
  if (due === undefined || app.stopping.aborted) return undefined;
  const { giveUpAfter } = app.config.replies;
  if (giveUpAfter !== null && due.planned_at < now - giveUpAfter) {
    await app.ledger.transact((tx) => supersedeReply(tx, key, now));
    return undefined;
  }
  const leaseMs = app.timeouts.sendingLeaseMs;
  const terms = { ...app.account(due.publisher), leaseMs, price: 0, stoppedBecause: app.stoppedBecause() };
  const claimed = await app.ledger.transact((tx) => claimReplacement(tx, { key, now, terms }));
  return claimed !== undefined && 'attempt' in claimed ? claimed : undefined;
}

async function attempt(app: ReplaceApp, replacement: Replacement): Promise<ReplacementEnding> {
  const { publisher: name, published, payload, failures } = replacement;
  try {
    const publisher = await openedPublisher(app, name);
    if (publisher === undefined) throw new Error(`no publisher \`${name}\` is configured`);
    if (publisher.replace === undefined) throw new PermanentError(`publisher \`${name}\` cannot edit replies`);
    const put = publisher.replace.bind(publisher, published, payload);
    return { state: 'sent', published: await withTimeout(app, put) };
  } catch (error) {
    if (error instanceof PermanentError) return { state: 'refused', reason: messageOf(error) };
    const asked = await applyRetryAfter(app, name, error);
    const waitMs = Math.max(asked, backoffMs(failures, app.timeouts.withdrawal));
    return { state: 'replacing', reason: messageOf(error), dueAt: (await app.ledger.now()) + waitMs };
  }
}

function report(app: ReplaceApp, replacement: Replacement, ending: ReplacementEnding): void {
  if (ending.state === 'sent') emitAbout(app, replacement, { kind: 'info', message: 'reply replaced after an edit' });
  else emitAbout(app, replacement, { kind: 'error', message: `reply not replaced: ${ending.reason}` });
}
