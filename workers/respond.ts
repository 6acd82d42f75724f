import type { App } from '../src/app.ts';
import { backoffMs } from '../src/core/durations.ts';
import { messageOf, PermanentError, RetryLater } from '../src/core/errors.ts';
import type { Published } from '../src/core/reply.ts';
import { cooldownBackoff } from '../src/ledger/accounts/accounts.ts';
import { hasLimits, turnMsOf } from '../src/ledger/accounts/reply-limits.ts';
import { type Ending, endSending } from '../src/ledger/replies/end-sending.ts';
import {
  type Lease,
  giveUpReply,
  type Planned,
  plannedReplies,
  postponeReply,
  claimLimited,
  claimForSending,
} from '../src/ledger/replies/claim-reply.ts';
import { lostReplies } from '../src/ledger/replies/lost-replies.ts';
import type { LostReply, Publisher } from '../src/platforms/platform.ts';
import {
  applyRetryAfter,
  emitAbout,
  isTooLate,
  openedPublisher,
  type ReplyApp,
  withTimeout,
  type Worker,
  writeOutcome,
} from './lib/worker.ts';

const publisherRetry = { firstMs: 60_000, maxMs: 60 * 60_000 };

type RespondApp = ReplyApp & Pick<App, 'stopping' | 'stoppedBecause'>;

/** Sends a planned reply. The state `sending` is on disk before the request, so a crash leaves an unknown outcome, never a second reply. */
export const respond: Worker<RespondApp> = {
  queue: 'respond',
  concurrency: 512,
  async work(app: RespondApp, key) {
    const planned = await app.ledger.load(plannedReplies, { key, now: await app.ledger.now() });
    if (planned === undefined || (await isGivenUp(app, planned))) return;
    const publisher = await publisherOf(app, planned);
    if (publisher === undefined) return;
    const lost = publisher.self === undefined ? undefined : await app.ledger.load(lostReplies, { key });
    const heldUntil = performance.now() + app.timeouts.sendingLeaseMs;
    const lease = await claim(app, planned, publisher);
    if (lease === undefined) return;
    app.failpoint('respond: claimed');
    const endingAt = await send(app, { ...planned, ...lease, lost }, publisher);
    app.failpoint('respond: published');
    const { limits } = app.account(planned.publisher);
    const ending = await writeOutcome(app, { what: key, post: planned.payload.replyTo.key, heldUntil }, async () => {
      const now = await app.ledger.now();
      const known = endingAt(now);
      await app.ledger.transactEach(endSending, { lease, ending: known, now, limits });
      return known;
    });
    app.failpoint('respond: ended');
    report(app, planned, ending);
    if (ending.state === 'unknown') await app.queue.enqueue('reconcile', key);
  },
};

/** True: it waited too long and is abandoned, or looked up if it may have arrived. */
async function isGivenUp(app: RespondApp, planned: Planned): Promise<boolean> {
  const { giveUpAfter } = app.config.replies;
  const now = await app.ledger.now();
  if (giveUpAfter === null || planned.plannedAt >= now - giveUpAfter) return false;
  const isOver = await app.ledger.transact((tx) => giveUpReply(tx, planned.key, now - giveUpAfter, now));
  if (isOver) emitAbout(app, planned, { kind: 'info', message: 'reply given up: it waited too long' });
  return isOver;
}

/** Undefined: the publisher is missing or cannot be opened, and the reply waits for it. */
async function publisherOf(app: RespondApp, planned: Planned): Promise<Publisher | undefined> {
  let reason = `no publisher \`${planned.publisher}\` is configured`;
  try {
    const publisher = await openedPublisher(app, planned.publisher);
    if (publisher !== undefined) return publisher;
  } catch (error) {
    reason = messageOf(error);
  }
  const now = await app.ledger.now();
  const waited = now - planned.payload.createdAt;
  const dueAt =
    now + backoffMs(Math.floor(Math.log2(1 + Math.max(0, waited) / publisherRetry.firstMs)), publisherRetry);
  await app.ledger.transact((tx) => postponeReply(tx, planned.key, { reason, dueAt }, now));
  emitAbout(app, planned, { kind: 'error', message: `reply planned: ${reason}` });
  return undefined;
}

async function claim(app: RespondApp, planned: Planned, publisher: Publisher): Promise<Lease | undefined> {
  const now = await app.ledger.now();
  const terms = {
    ...app.account(planned.publisher),
    leaseMs: app.timeouts.sendingLeaseMs,
    price: publisher.price?.(planned.payload) ?? 0,
    stoppedBecause: app.stoppedBecause(),
  };
  const query = hasLimits(terms.limits) ? claimLimited : claimForSending;
  const claimed = await app.ledger.transactEach(query, { key: planned.key, now, terms, unless: app.stopping });
  if (claimed === undefined || 'attempt' in claimed) return claimed;
  const { reason, dueAt } = claimed;
  const until = dueAt === null ? 'abandoned' : `deferred until ${new Date(dueAt).toISOString()}`;
  emitAbout(app, planned, { kind: 'info', message: `reply ${until}: ${reason}` });
  return undefined;
}

interface Sending extends Planned, Lease {
  readonly lost: (LostReply & { readonly settledAt: number }) | undefined;
}

/** The ending at the time when it can be written: what is known of a reply must not need the ledger. */
type EndingAt = (now: number) => Ending;

async function send(app: RespondApp, lease: Sending, publisher: Publisher): Promise<EndingAt> {
  const { payload } = lease;
  try {
    const earlier = await earlierAttempt(app, lease, publisher);
    if (typeof earlier === 'object') return () => ({ state: 'sent', published: earlier });
    if (earlier === 'cannot-tell') throw new Error('the platform cannot tell whether an earlier attempt arrived');
    await refuseUntilSettled(app, lease);
    await refuseIfTooLate(app, lease);
    const published = await withTimeout(app, (signal) => publisher.publish(payload, signal));
    return () => ({ state: 'sent', published });
  } catch (error) {
    if (error instanceof RetryLater) return (now) => waitingAfter(error, lease, now);
    if (error instanceof PermanentError) {
      const refusal = await refusalOf(app, lease, publisher, error);
      return () => refusal;
    }
    return (now) => ({ state: 'unknown', reason: messageOf(error), dueAt: now + app.timeouts.firstLookupMs });
  }
}

/** Errors: RetryLater. A ledger that does not know the time says nothing against the next attempt. */
async function refuseIfTooLate(app: RespondApp, lease: Lease): Promise<void> {
  if (await isTooLate(app, lease).catch(() => true))
    throw new RetryLater('the lease expired before it was sent, or the ledger did not answer', 0);
}

/** What was on its way when the ledger was restored may arrive after the lookup. Errors: RetryLater until it has. */
async function refuseUntilSettled(app: RespondApp, { lost }: Sending): Promise<void> {
  if (lost === undefined) return;
  const leftMs = lost.settledAt - (await app.ledger.now().catch(() => Infinity));
  if (leftMs > 0) throw new RetryLater('the ledger was just restored: what was on its way may still arrive', leftMs);
}

/**
 * Looks for an earlier attempt: one that the ledger may have lost, or one that the platform had, although it said that it did nothing: where a
 * repeat may double it, its word is not enough. Errors: RetryLater where the lookup fails.
 */
async function earlierAttempt(
  app: RespondApp,
  lease: Sending,
  publisher: Publisher,
): Promise<Published | 'absent' | 'cannot-tell'> {
  const { payload, lost, mayBeOut, repeatUntil } = lease;
  const isRepeat = mayBeOut && repeatUntil === null && publisher.repeat !== 'harmless';
  if (lost === undefined && !isRepeat) return 'absent';
  await refuseIfTooLate(app, lease);
  try {
    return await withTimeout(app, (signal) => publisher.find(payload, signal, lost));
  } catch (error) {
    const delayMs = await applyRetryAfter(app, lease.publisher, error).catch(() => 0);
    const reason = `not sent: lookup of an earlier attempt failed: ${messageOf(error)}`;
    throw new RetryLater(reason, delayMs || app.timeouts.unreachableRetryMs, { cause: error });
  }
}

/** Where nobody says how long, it waits longer after each attempt, so that other replies may try the account as well. */
function waitingAfter(
  { message, delayMs, account, trouble, answered }: RetryLater,
  { attempt }: Lease,
  now: number,
): Ending {
  const waitMs =
    trouble === undefined ? delayMs : Math.max(delayMs, backoffMs(attempt - 1, cooldownBackoff)) + turnMsOf(attempt);
  return { state: 'planned', reason: message, dueAt: now + waitMs, holdAccount: account, trouble, mayBeOut: answered };
}

/** A refusal is not believed where the platform had this attempt, or an earlier one: the reply may be out all the same. */
async function refusalOf(
  app: RespondApp,
  { payload, mayBeOut }: Planned & Lease,
  publisher: Publisher,
  { message: reason, answered }: PermanentError,
): Promise<Ending> {
  if (!mayBeOut && !answered) return { state: 'refused', reason };
  const found = await withTimeout(app, (signal) => publisher.find(payload, signal)).catch(() => undefined);
  return typeof found === 'object' ? { state: 'sent', published: found } : { state: 'refused', reason };
}

function report(app: RespondApp, planned: Planned, ending: Ending): void {
  const { payload, publisher } = planned;
  const { state } = ending;
  if (state === 'sent') return app.emit({ kind: 'sent', payload, publisher, published: ending.published });
  emitAbout(app, planned, { kind: 'error', reply: { state, publisher }, message: `reply ${state}: ${ending.reason}` });
}
