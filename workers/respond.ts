import type { App } from '../src/app.ts';
import { backoffMs } from '../src/core/backoff.ts';
import { messageOf, PermanentError, RetryLater } from '../src/core/errors.ts';
import { type Ending, endSending, type Sending, takeForSending } from '../src/ledger/sending.ts';
import type { Publisher } from '../src/platforms/platform.ts';
import { requestMs, withinLimit } from './time-limit.ts';
import type { Worker } from './worker.ts';

/** Outlives a request, so that a live sender's reply never counts as unknown. */
const leaseMs = 2 * requestMs;
/** How long after an unclear outcome the platform is first asked: it may show a post late. */
const firstLookMs = 5000;
const missing = { firstMs: 60_000, maxMs: 60 * 60_000 };

/** Sends a planned reply. `sending` is on disk before the network is touched, so a crash leaves a question, never a second reply. */
export const respond: Worker = {
  bell: 'respond',
  concurrency: 384,
  async work(app, key) {
    const now = await app.ledger.now();
    const sending = await app.ledger.transact((tx) => takeForSending(tx, key, now, leaseMs));
    if (sending === undefined) return;
    app.reached('respond: taken');
    const ending = await send(app, sending);
    app.reached('respond: published');
    const endedAt = await app.ledger.now();
    await app.ledger.transact((tx) => endSending(tx, sending, ending, endedAt));
    app.reached('respond: ended');
    report(app, sending, ending);
    if (ending.state === 'unknown') await app.queue.ring('settle', key);
  },
};

async function send(app: App, sending: Sending): Promise<Ending> {
  const publisher = await opened(app, sending);
  if ('state' in publisher) return publisher;
  try {
    return { state: 'sent', published: await withinLimit(app, (signal) => publisher.publish(sending.payload, signal)) };
  } catch (error) {
    const now = await app.ledger.now();
    if (error instanceof RetryLater) return { state: 'planned', reason: error.message, dueAt: now + error.delayMs };
    if (error instanceof PermanentError) return { state: 'refused', reason: error.message };
    return { state: 'unknown', reason: messageOf(error), dueAt: now + firstLookMs };
  }
}

/** Without a publisher nothing went out: the reply waits until there is one. */
async function opened(app: App, sending: Sending): Promise<Publisher | Ending> {
  let reason = `no publisher \`${sending.publisher}\` is configured`;
  try {
    const publisher = await app.publisher(sending.publisher);
    if (publisher !== undefined) return publisher;
  } catch (error) {
    reason = messageOf(error);
  }
  return { state: 'planned', reason, dueAt: (await app.ledger.now()) + backoffMs(sending.attempt, missing) };
}

function report(app: App, sending: Sending, ending: Ending): void {
  const { key, payload, publisher } = sending;
  if (ending.state === 'sent') return app.tell({ kind: 'sent', payload, publisher, published: ending.published });
  const message = `reply ${ending.state}: ${ending.reason}`;
  app.tell({ kind: 'trouble', what: key, post: key, reply: { state: ending.state, publisher }, message });
}
