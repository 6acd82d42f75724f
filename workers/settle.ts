import type { App } from '../src/app.ts';
import { messageOf } from '../src/core/errors.ts';
import { type Settlement, settleReply, type Unknown, unknownReply } from '../src/ledger/settling.ts';
import type { Publisher, Repeat } from '../src/platforms/platform.ts';
import { withinLimit } from './time-limit.ts';
import type { Worker } from './worker.ts';

/** Where there is nobody to ask, the question stays open and is asked again after this. */
const unaskedMs = 10 * 60_000;
/** How often, and over what time, a reply is looked for before its outcome stays unknown for good. */
const mostLooks = 5;
const looksMs = [10_000, 60_000, 5 * 60_000, 15 * 60_000];
/** Taken off a platform's promise to drop repeats: clocks differ, and so do readings of "one hour". */
const marginMs = 60_000;

/** Finds out whether a reply of unknown outcome is out. It is sent again only where a repeat cannot double it. */
export const settle: Worker = {
  bell: 'settle',
  concurrency: 8,
  async work(app, key) {
    const unknown = await unknownReply(app.ledger.db, key, await app.ledger.now());
    if (unknown === undefined) return;
    app.reached('settle: reply read');
    const settlement = await look(app, unknown);
    app.reached('settle: looked');
    // What was cut off by the end of the process is no look.
    if (settlement.state !== 'sent' && app.hurry.aborted) return;
    const now = await app.ledger.now();
    const settled = await app.ledger.transact((tx) => settleReply(tx, unknown, settlement, now));
    if (!settled) return;
    app.reached('settle: settled');
    if (settlement.state === 'planned') await app.queue.ring('respond', key);
    app.reached('settle: rung');
    report(app, unknown, settlement);
  },
};

async function look(app: App, unknown: Unknown): Promise<Settlement> {
  const publisher = await opened(app, unknown);
  const now = await app.ledger.now();
  if (publisher === undefined) return { state: 'unknown', dueAt: now + unaskedMs, looked: false };
  const found = await find(app, unknown, publisher);
  if (typeof found === 'object') return { state: 'sent', published: found };
  if (repeatIsHarmless(publisher.repeat, now - unknown.firstAttemptAt)) return { state: 'planned' };
  const wait = looksMs[unknown.looks];
  if (wait !== undefined && unknown.looks + 1 < mostLooks) return { state: 'unknown', dueAt: now + wait, looked: true };
  return {
    state: 'abandoned',
    reason:
      found === 'absent'
        ? `outcome unknown: not found in ${mostLooks} looks, and a repeat might double it`
        : `outcome unknown: the platform could not tell in ${mostLooks} looks`,
  };
}

async function opened(app: App, { key, publisher }: Unknown): Promise<Publisher | undefined> {
  let message = `no publisher \`${publisher}\` is configured to ask whether the reply is out`;
  try {
    const found = await app.publisher(publisher);
    if (found !== undefined) return found;
  } catch (error) {
    message = messageOf(error);
  }
  app.tell({ kind: 'trouble', what: key, post: key, message });
  return undefined;
}

async function find(app: App, unknown: Unknown, publisher: Publisher) {
  try {
    return await withinLimit(app, (signal) => publisher.find(unknown.payload, signal));
  } catch (error) {
    const message = `looking for the reply failed: ${messageOf(error)}`;
    app.tell({ kind: 'trouble', what: unknown.key, post: unknown.key, message });
    return 'cannot-tell';
  }
}

function repeatIsHarmless(repeat: Repeat, sinceFirstMs: number): boolean {
  if (repeat === 'harmless') return true;
  return repeat !== 'doubles' && sinceFirstMs < repeat.harmlessForMs - marginMs;
}

function report(app: App, unknown: Unknown, settlement: Settlement): void {
  const { key, payload, publisher } = unknown;
  const { state } = settlement;
  if (state === 'sent') app.tell({ kind: 'sent', payload, publisher, published: settlement.published });
  if (state !== 'abandoned') return;
  app.tell({ kind: 'trouble', what: key, post: key, reply: { state, publisher }, message: settlement.reason });
}
