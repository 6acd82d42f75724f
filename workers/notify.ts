import { hash } from 'node:crypto';
import type { App } from '../src/app.ts';
import { PermanentError } from '../src/core/errors.ts';
import { type ClaimedNotice, endNotices, postponeNotices, claimNotices } from '../src/ledger/operators/notices.ts';
import { deliverOnce, retryText, withTimeout, type Worker, writeDelivery } from './lib/worker.ts';

/** Notices that one message stands for, so that a flood of them arrives as few messages. */
const maxNotices = 1000;
/** Those that it holds; it counts the others. */
const maxShown = 20;

type NotifyApp = Pick<App, 'ledger' | 'timeouts' | 'hurry' | 'channel' | 'emit' | 'fail'>;

/** Delivers notices to a channel. After a crash it may send a message again, with the same id. */
export const notify: Worker<NotifyApp> = {
  queue: 'notify',
  concurrency: 8,
  async work(app: NotifyApp, name) {
    const now = await app.ledger.now();
    const leaseMs = app.timeouts.sendingLeaseMs;
    const heldUntil = performance.now() + leaseMs;
    const notices = await app.ledger.transact((tx) =>
      claimNotices(tx, { channel: name, now, leaseMs, most: maxNotices, betweenMs: app.timeouts.betweenNoticesMs }),
    );
    if (notices.length === 0) return;
    const ids = notices.map(({ id }) => id);
    const attempts = Math.max(...notices.map((notice) => notice.attempts));
    const failure = await deliverOnce(attempts, async () => {
      const channel = app.channel(name);
      if (channel === undefined) throw new PermanentError(`no channel \`${name}\` is configured`);
      await withTimeout(app, (signal) => channel.deliver(messageOn(notices), signal));
    });
    const dueAt = await writeDelivery(app, { what: name, heldUntil }, failure, (tx, again) =>
      again === undefined ? endNotices(tx, name, ids, now) : postponeNotices(tx, ids, again),
    );
    if (failure === undefined) return;
    const message = `${ids.length} notices are ${retryText(dueAt)}: ${failure.error}`;
    app.emit({ kind: 'error', what: name, message });
  },
};

function messageOn(notices: readonly ClaimedNotice[]) {
  const data = notices.slice(0, maxShown).map(({ content }) => content);
  const [first] = data;
  // They were claimed by their recipients.
  const recipients = notices[0]?.recipients ?? undefined;
  const more = notices.length > 1 ? ` and ${notices.length - 1} more` : '';
  const leftOut = notices.length - data.length;
  return {
    id: hash('sha256', notices.map(({ id }) => id).join('\n')).slice(0, 32),
    subject: `${first?.subject ?? ''}${more}`,
    text: [...data.map(({ text }) => text), ...(leftOut > 0 ? [`and ${leftOut} more`] : [])].join('\n\n'),
    data,
    ...(recipients !== undefined && { recipients }),
  };
}
