import { createHash } from 'node:crypto';
import type { App } from '../src/app.ts';
import { backoffMs } from '../src/core/durations.ts';
import { messageOf, PermanentError, RetryLater } from '../src/core/errors.ts';
import { endNotices, type Notice, postponeNotices, claimNotices } from '../src/ledger/operators/notices.ts';
import { withTimeout } from './lib/with-timeout.ts';
import type { Worker } from './lib/worker.ts';

/** So many notices travel together at most: what comes in a flood arrives as few messages. */
const most = 20;
const retry = { firstMs: 30_000, maxMs: 60 * 60_000 };
/** About three days of tries. */
const mostAttempts = 80;

/** Tells a channel what rules asked to be told of. A crash may send the same again: receivers know it by its id. */
export const notify: Worker = {
  queue: 'notify',
  concurrency: 8,
  async work(app, name) {
    const now = await app.ledger.now();
    const leaseMs = app.timeouts.sendingLeaseMs;
    const notices = await app.ledger.transact((tx) => claimNotices(tx, { channel: name, now, leaseMs, most }));
    if (notices.length === 0) return;
    const ids = notices.map(({ id }) => id);
    try {
      const channel = app.channel(name);
      if (channel === undefined) throw new PermanentError(`no channel \`${name}\` is configured`);
      await withTimeout(app, (signal) => channel.deliver(messageOn(notices), signal));
      await app.ledger.transact((tx) => endNotices(tx, ids));
    } catch (error) {
      const attempts = Math.max(...notices.map((notice) => notice.attempts));
      const dueAt = await nextTry(app, error, attempts);
      await app.ledger.transact((tx) => postponeNotices(tx, ids, { dueAt, error: messageOf(error) }));
      const until = dueAt === null ? 'given up' : `tried again at ${new Date(dueAt).toISOString()}`;
      app.emit({ kind: 'error', what: name, message: `${ids.length} notices are ${until}: ${messageOf(error)}` });
    }
  },
};

async function nextTry(app: App, error: unknown, attempts: number): Promise<number | null> {
  if (error instanceof PermanentError || attempts >= mostAttempts) return null;
  const waitMs = error instanceof RetryLater ? error.delayMs : backoffMs(attempts - 1, retry);
  return (await app.ledger.now()) + waitMs;
}

interface Content {
  readonly subject: string;
  readonly text: string;
}

function messageOn(notices: readonly Notice[]) {
  const data = notices.map(({ content }) => JSON.parse(content) as Content);
  const [first] = data;
  const more = data.length > 1 ? ` and ${data.length - 1} more` : '';
  return {
    id: createHash('sha256')
      .update(notices.map(({ id }) => id).join('\n'))
      .digest('hex')
      .slice(0, 32),
    subject: `${first?.subject ?? ''}${more}`,
    text: data.map(({ text }) => text).join('\n\n'),
    data,
  };
}
