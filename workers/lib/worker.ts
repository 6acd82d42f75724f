import { setTimeout as delay } from 'node:timers/promises';
import type { App } from '../../src/app.ts';
import { PartlyDelivered } from '../../src/channels/channel.ts';
import { unlessAborted } from '../../src/core/async.ts';
import { backoffMs } from '../../src/core/durations.ts';
import { messageOf, PermanentError, RetryLater } from '../../src/core/errors.ts';
import type { BotEvent } from '../../src/core/event.ts';
import type { Payload } from '../../src/core/reply.ts';
import { blockAccount, startCooldown } from '../../src/ledger/accounts/accounts.ts';
import type { Executor } from '../../src/ledger/db/schema.ts';
import type { Publisher } from '../../src/platforms/platform.ts';
import { judged } from '../../src/platforms/shared/answers.ts';
import type { QueueName } from '../../src/queue/queue.ts';

/** One verb of the bot: takes a key, reads the ledger, works, and writes the next state. Running it twice or late does no harm. */
export interface Worker<Needs = App> {
  readonly queue: QueueName;
  /** Keys worked on at the same time. */
  readonly concurrency: number;
  readonly work: (app: Needs, key: string) => Promise<void>;
}

/** What workers on replies need. */
export type ReplyApp = Pick<
  App,
  'config' | 'ledger' | 'queue' | 'timeouts' | 'hurry' | 'publisher' | 'account' | 'emit' | 'fail' | 'failpoint'
>;

/** True if the ledger was removed or replaced: another bot may answer, so this process sends nothing more, and ends. */
export function isDisplaced({ ledger, fail }: Pick<App, 'ledger' | 'fail'>): boolean {
  const displacement = ledger.displaced();
  if (displacement === undefined) return false;
  const remedy = 'Put it back or restore a backup (`pilcrow ledger restore`), then start the bot again';
  fail(`${displacement} while the bot worked on it: nothing more is sent, and the process ends. ${remedy}`);
  return true;
}

/**
 * Runs a request for at most `timeouts.requestMs`, or until the process must end. Rejects then even if a driver ignores its signal.
 * Errors: RetryLater, before the request, if the ledger was removed or replaced.
 */
export async function withTimeout<T>(
  app: Pick<App, 'hurry' | 'timeouts' | 'ledger' | 'fail'>,
  request: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (isDisplaced(app)) throw new RetryLater('the ledger was removed or replaced', 0);
  const late = new AbortController();
  const { requestMs } = app.timeouts;
  const timer = setTimeout(() => late.abort(new Error(`no answer within ${requestMs / 1000} s`)), requestMs);
  const signal = AbortSignal.any([app.hurry, late.signal]);
  try {
    return await unlessAborted(request(signal), signal);
  } finally {
    clearTimeout(timer);
  }
}

const writeBackoff = { firstMs: 100, maxMs: 5000 };

/** A lease whose outcome is known. */
interface Held {
  /** Subject, and key of the post, if it is one. */
  readonly what: string;
  readonly post?: string;
  /** End of the lease, by `performance.now()`. */
  readonly heldUntil: number;
}

/**
 * Writes an outcome that is known, again and again while the ledger cannot be written, until the lease or the grace period of the process
 * ends. Errors: the ledger's last one.
 */
export async function writeOutcome<T>(
  app: Pick<App, 'hurry' | 'emit'>,
  { heldUntil, ...subject }: Held,
  write: () => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      const waitMs = backoffMs(attempt, writeBackoff);
      if (app.hurry.aborted || performance.now() + waitMs > heldUntil) throw error;
      const message = `the outcome is known, and written again until the lease ends: ${messageOf(error)}`;
      if (attempt === 0) app.emit({ kind: 'error', ...subject, message });
      await delay(waitMs, undefined, { signal: app.hurry }).catch(() => {});
    }
  }
}

/** True if it is too late to begin a request: the lease ends, or the platform may have forgotten the first attempt and would not see a repeat. */
export async function isTooLate(
  app: Pick<App, 'ledger' | 'timeouts'>,
  { leaseUntil, repeatUntil = null }: { readonly leaseUntil: number; readonly repeatUntil?: number | null },
): Promise<boolean> {
  const now = await app.ledger.now();
  return now >= leaseUntil - app.timeouts.requestMs || (repeatUntil !== null && now >= repeatUntil);
}

/** The wait that a platform asks for, in milliseconds; 0: none. If it applies to the whole account, this blocks the account until then. */
export async function applyRetryAfter(app: Pick<App, 'ledger'>, publisher: string, failure: unknown): Promise<number> {
  const error = judged(failure, false);
  if (!(error instanceof RetryLater)) return 0;
  const { delayMs, account, trouble, message: reason } = error;
  const now = await app.ledger.now();
  const until = now + delayMs;
  if (trouble !== undefined) await app.ledger.transact((tx) => startCooldown(tx, publisher, { now, reason, trouble }));
  else if (account) await app.ledger.transact((tx) => blockAccount(tx, publisher, { until, reason }));
  return delayMs;
}

/** Undefined: it is not configured. Errors: those of opening it; a refused login is noted for the whole account. */
export async function openedPublisher(
  app: Pick<App, 'ledger' | 'publisher'>,
  name: string,
): Promise<Publisher | undefined> {
  try {
    return await app.publisher(name);
  } catch (error) {
    await applyRetryAfter(app, name, error);
    throw error;
  }
}

/** Emits an event about a reply. */
export function emitAbout(
  app: Pick<App, 'emit'>,
  { key, payload }: { readonly key: string; readonly payload: Payload },
  event: Pick<BotEvent & { kind: 'error' | 'info' }, 'kind' | 'message' | 'reply'>,
): void {
  app.emit({ what: key, post: payload.replyTo.key, ...event });
}

const deliveryBackoff = { firstMs: 30_000, maxMs: 60 * 60_000 };
/** About three days of attempts. */
const maxDeliveries = 80;

/** How an attempt to deliver failed. */
export interface DeliveryFailure {
  /** Milliseconds until it is due again. Null: it is abandoned. */
  readonly waitMs: number | null;
  readonly error: string;
  /** Those who are still to get it; undefined: as before. */
  readonly recipients: readonly string[] | undefined;
}

/** Delivers once; undefined: it has arrived. `attempts` includes this one. Asks nothing of the ledger, which may be away by then. */
export async function deliverOnce(
  attempts: number,
  deliver: () => Promise<void>,
): Promise<DeliveryFailure | undefined> {
  try {
    await deliver();
    return undefined;
  } catch (error) {
    const recipients = error instanceof PartlyDelivered ? error.remaining : undefined;
    const isFinal = error instanceof PermanentError || (error instanceof PartlyDelivered && error.isFinal);
    const waitMs = error instanceof RetryLater ? error.delayMs : backoffMs(attempts - 1, deliveryBackoff);
    return { waitMs: isFinal || attempts >= maxDeliveries ? null : waitMs, error: messageOf(error), recipients };
  }
}

/** Writes how a delivery ended, as `writeOutcome`. Returns when it is due again; null: never. */
export async function writeDelivery(
  app: Pick<App, 'hurry' | 'emit' | 'ledger'>,
  held: Held,
  failure: DeliveryFailure | undefined,
  write: (tx: Executor, again: (DeliveryFailure & { readonly dueAt: number | null }) | undefined) => Promise<void>,
): Promise<number | null> {
  return await writeOutcome(app, held, async () => {
    const waitMs = failure?.waitMs ?? null;
    const dueAt = waitMs === null ? null : (await app.ledger.now()) + waitMs;
    await app.ledger.transact((tx) => write(tx, failure && { ...failure, dueAt }));
    return dueAt;
  });
}

/** For messages: the end of "the delivery is …". */
export function retryText(dueAt: number | null): string {
  return dueAt === null ? 'given up' : `retried at ${new Date(dueAt).toISOString()}`;
}
