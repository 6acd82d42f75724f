import type { App } from '../src/app.ts';
import { deliverFiles, digestMessage, digestPost, targetsOf } from '../src/operations/digest-delivery.ts';
import {
  buildDigest,
  type DigestPlan,
  issuedDigest,
  lastClosedDay,
  latestDigests,
  nextDay,
} from '../src/operations/digest-editions.ts';
import { backoffMs } from '../src/core/durations.ts';
import { messageOf, PermanentError, RetryLater } from '../src/core/errors.ts';
import type { DateText } from '../src/core/zone.ts';
import { insertDigestPost } from '../src/ledger/posts/digest-posts.ts';
import {
  type Delivery,
  dueDeliveries,
  endDelivery,
  firstDay,
  insertEdition,
  claimDelivery,
} from '../src/ledger/digests/editions.ts';
import { withTimeout } from './lib/with-timeout.ts';
import type { Worker } from './lib/worker.ts';

const retry = { firstMs: 30_000, maxMs: 60 * 60_000 };
/** About three days of tries. */
const mostAttempts = 80;
/** In feeds. */
const latestEditions = 30;

/** Issues the days of a digest that are over, in their order and once each, and brings the issues to where they go. The key is its name. */
export const digest: Worker = {
  queue: 'digest',
  concurrency: 2,
  async work(app, name) {
    const plan = app.config.digests.find((one) => one.name === name);
    if (plan !== undefined) await issueDays(app, plan);
    for (let more = true; more && !app.stopping.aborted;) more = await deliverNext(app, name, plan);
  },
};

/** Digests for which something is to be done. */
export async function dueDigests(app: App, now: number): Promise<string[]> {
  const names = new Set(await dueDeliveries(app.ledger.db, now));
  for (const plan of app.config.digests)
    if ((await nextDay(app.ledger.db, plan, { now, catchUpMs: app.timeouts.catchUpMs })) !== undefined)
      names.add(plan.name);
  return [...names];
}

async function issueDays(app: App, plan: DigestPlan): Promise<void> {
  while (!app.stopping.aborted) {
    const now = await app.ledger.now();
    const date = await nextDay(app.ledger.db, plan, { now, catchUpMs: app.timeouts.catchUpMs });
    if (date === undefined) return;
    if (date === null) await app.ledger.transact((tx) => firstDay(tx, plan.name, lastClosedDay(plan, now)));
    else await issueDay(app, plan, date);
  }
}

/** Nothing is issued where another process was faster, with this day or another: then it is looked at anew. */
async function issueDay(app: App, plan: DigestPlan, date: DateText): Promise<void> {
  const now = await app.ledger.now();
  const { digest: model, tally, editions } = await buildDigest(app.ledger.db, app.config, plan, date, now);
  app.failpoint('digest: built');
  const edition = { digest: plan.name, date, model: JSON.stringify(model), tally: JSON.stringify(tally), madeAt: now };
  const issued = await app.ledger.transact((tx) =>
    insertEdition(tx, edition, { targets: targetsOf(plan), after: editions }),
  );
  app.failpoint('digest: issued');
  const { posts, cables } = model.totals;
  if (issued) say(app, 'info', plan.name, `issue of ${date}: ${posts} posts cite ${cables} cables`);
}

/** Brings one issue to one place. False: nothing more is due. */
async function deliverNext(app: App, name: string, plan: DigestPlan | undefined): Promise<boolean> {
  const terms = { now: await app.ledger.now(), leaseMs: app.timeouts.sendingLeaseMs };
  const delivery = await app.ledger.transact((tx) => claimDelivery(tx, name, terms));
  if (delivery === undefined) return false;
  app.failpoint('digest: claimed');
  const { date, target } = delivery;
  try {
    if (plan === undefined) throw new PermanentError(`no digest \`${name}\` is configured`);
    await deliver(app, plan, delivery);
    app.failpoint('digest: delivered');
    await app.ledger.transact((tx) => endDelivery(tx, delivery, { dueAt: null, error: null }));
    app.failpoint('digest: ended');
  } catch (error) {
    const message = messageOf(error);
    const dueAt = await nextTry(app, error, delivery.attempts);
    await app.ledger.transact((tx) => endDelivery(tx, delivery, { dueAt, error: message }));
    const until = dueAt === null ? 'given up' : `tried again at ${new Date(dueAt).toISOString()}`;
    say(app, 'error', name, `issue of ${date} to ${target} is ${until}: ${message}`);
  }
  return true;
}

async function deliver(app: App, plan: DigestPlan, { date, target }: Delivery): Promise<void> {
  const { db } = app.ledger;
  const edition = await issuedDigest(db, plan, date);
  if (edition === undefined) throw new PermanentError(`${plan.name} has no issue of ${date}`);
  if (target === 'files') {
    await deliverFiles(plan, edition, await latestDigests(db, plan, latestEditions));
    return;
  }
  const [kind, name = ''] = target.split(' ');
  if (kind === 'account') return await post(app, plan, { publisher: name, date, target });
  const channel = app.channel(name);
  if (channel === undefined) throw new PermanentError(`no channel \`${name}\` is configured`);
  const message = await digestMessage(edition, target);
  await withTimeout(app, (signal) => channel.deliver(message, signal));
}

/** Planned as a reply is, which sends it once. */
async function post(
  app: App,
  plan: DigestPlan,
  { publisher: name, date, target }: { publisher: string } & Pick<Delivery, 'date' | 'target'>,
): Promise<void> {
  const edition = await issuedDigest(app.ledger.db, plan, date);
  const publisher = await app.publisher(name);
  if (publisher === undefined || edition === undefined)
    throw new PermanentError(`no publisher \`${name}\` is configured`);
  const now = await app.ledger.now();
  const reply = digestPost(plan, edition, { publisher: name, limits: publisher.limits, target, now });
  await app.ledger.transact((tx) => insertDigestPost(tx, reply, now));
  await app.queue.enqueue('respond', reply.payload.key);
}

async function nextTry(app: App, error: unknown, attempts: number): Promise<number | null> {
  if (error instanceof PermanentError || attempts >= mostAttempts) return null;
  const waitMs = error instanceof RetryLater ? error.delayMs : backoffMs(attempts - 1, retry);
  return (await app.ledger.now()) + waitMs;
}

function say(app: App, kind: 'info' | 'error', name: string, message: string): void {
  app.emit({ kind, what: `digest ${name}`, message });
}
