import type { App } from '../src/app.ts';
import type { DigestPlan } from '../src/config/config.ts';
import { writeFiles } from '../src/digest/deliver.ts';
import { spanOf } from '../src/digest/period.ts';
import { present } from '../src/digest/sections.ts';
import { buildDigest, writeEdition, withReading } from '../src/operations/digests/build-digest.ts';
import { digestMessage, digestPost } from '../src/operations/digests/digest-editions.ts';
import { firstPeriod, nextPeriod, targetsOf } from '../src/operations/digests/digest-editions.ts';
import type { Digest } from '../src/core/digest.ts';
import { PermanentError } from '../src/core/errors.ts';
import type { DateText } from '../src/core/zone.ts';
import { insertDigestPost } from '../src/ledger/posts/digest-posts.ts';
import {
  type Delivery,
  dueDeliveries,
  endDelivery,
  claimDelivery,
  recipientsOf,
} from '../src/ledger/digests/deliveries.ts';
import { editionOf, editions, firstDay } from '../src/ledger/digests/editions.ts';
import { deliverOnce, retryText, withTimeout, type Worker, writeDelivery } from './lib/worker.ts';

/** In feeds. */
const latestEditions = 30;

type DigestApp = Pick<
  App,
  | 'config'
  | 'ledger'
  | 'cables'
  | 'queue'
  | 'timeouts'
  | 'hurry'
  | 'stopping'
  | 'channel'
  | 'publisher'
  | 'emit'
  | 'fail'
  | 'failpoint'
>;

/** Makes an edition of each closed period, once and in order, and delivers the editions. The key is the name of a digest. */
export const digest: Worker<DigestApp> = {
  queue: 'digest',
  concurrency: 2,
  async work(app: DigestApp, name) {
    const busy = busyOf(app);
    if (busy.has(name)) return;
    busy.add(name);
    try {
      const plan = app.config.digests.find((one) => one.name === name);
      if (plan !== undefined) await makeEditions(app, plan);
      for (let more = true; more && !app.stopping.aborted;) more = await deliverNext(app, name, plan);
    } finally {
      busy.delete(name);
    }
  },
};

/** Digests that a process is at: a sweep that comes meanwhile would count the same posts. */
const atWork = new WeakMap<DigestApp, Set<string>>();

function busyOf(app: DigestApp): Set<string> {
  const busy = atWork.get(app) ?? new Set();
  atWork.set(app, busy);
  return busy;
}

/** Names of the digests with an edition to make or to deliver. */
export async function dueDigests(app: Pick<App, 'config' | 'ledger' | 'timeouts'>, now: number): Promise<string[]> {
  const names = new Set(await dueDeliveries(app.ledger.db, now));
  for (const plan of app.config.digests)
    if ((await nextPeriod(app.ledger.db, plan, { now, catchUpMs: app.timeouts.catchUpMs })) !== undefined)
      names.add(plan.name);
  return [...names];
}

async function makeEditions(app: DigestApp, plan: DigestPlan): Promise<void> {
  while (!app.stopping.aborted) {
    const now = await app.ledger.now();
    const date = await nextPeriod(app.ledger.db, plan, { now, catchUpMs: app.timeouts.catchUpMs });
    if (date === undefined) return;
    if (date === null)
      await app.ledger.transact(async (tx) => await firstDay(tx, plan.name, await firstPeriod(tx, plan, now)));
    else await makeEdition(app, plan, date);
  }
}

/** Does nothing if another process has made an edition since the digest was built: the caller tries again. */
async function makeEdition(app: DigestApp, plan: DigestPlan, date: DateText): Promise<void> {
  const now = await app.ledger.now();
  const sources = { db: app.ledger.db, config: app.config, corpus: app.cables.corpus };
  const built = await buildDigest(sources, plan, date, now);
  app.failpoint('digest: built');
  const isNew = await app.ledger.transact((tx) => writeEdition(tx, built, { targets: targetsOf(plan), now }));
  app.failpoint('digest: issued');
  if (isNew) report(app, 'info', plan.name, `edition of ${date}: ${present(built.digest).intro[0]}`);
}

/** Delivers one edition to one target. False: nothing is due. */
async function deliverNext(app: DigestApp, name: string, plan: DigestPlan | undefined): Promise<boolean> {
  const terms = { now: await app.ledger.now(), leaseMs: app.timeouts.sendingLeaseMs };
  const heldUntil = performance.now() + terms.leaseMs;
  const delivery = await app.ledger.transact((tx) => claimDelivery(tx, name, terms));
  if (delivery === undefined) return false;
  app.failpoint('digest: claimed');
  const failure = await deliverOnce(delivery.attempts, () => deliver(app, plan, delivery));
  app.failpoint('digest: delivered');
  const dueAt = await writeDelivery(app, { what: `digest ${name}`, heldUntil }, failure, (tx, again) =>
    endDelivery(tx, delivery, again ?? { dueAt: null, error: null }),
  );
  app.failpoint('digest: ended');
  if (failure !== undefined) {
    const edition = `the edition of ${delivery.date} to ${delivery.target}`;
    report(app, 'error', name, `delivery of ${edition} is ${retryText(dueAt)}: ${failure.error}`);
  }
  return true;
}

async function deliver(app: DigestApp, plan: DigestPlan | undefined, delivery: Delivery): Promise<void> {
  const { date, target } = delivery;
  if (plan === undefined) throw new PermanentError(`no digest \`${delivery.digest}\` is configured`);
  const { db } = app.ledger;
  const made = await editionOf(db, plan.name, date);
  if (made === undefined) throw new PermanentError(`${plan.name} has no edition of ${date}`);
  if (target === 'files') {
    const { name, folder: path, formats, link } = plan;
    if (path === null) throw new PermanentError(`digest \`${name}\` has no folder for files`);
    const latest = (await editions(db, { digest: name, limit: latestEditions })).map(({ model }) => model);
    await writeFiles(made.model, latest, { path, formats, link });
    return;
  }
  const [type, name = ''] = target.split(' ');
  if (type === 'account') return await post(app, plan, made.model, { publisher: name, target });
  const channel = app.channel(name);
  if (channel === undefined) throw new PermanentError(`no channel \`${name}\` is configured`);
  const recipients = recipientsOf(delivery);
  const shown = await withReading(db, plan, made);
  const message = { ...digestMessage(shown, target), ...(recipients !== undefined && { recipients }) };
  await withTimeout(app, (signal) => channel.deliver(message, signal));
}

/** Plans the post like a reply, so that it goes out once. */
async function post(
  app: DigestApp,
  plan: DigestPlan,
  edition: Digest,
  { publisher: name, target }: { publisher: string } & Pick<Delivery, 'target'>,
): Promise<void> {
  const publisher = await app.publisher(name);
  if (publisher === undefined) throw new PermanentError(`no publisher \`${name}\` is configured`);
  const now = await app.ledger.now();
  const reply = digestPost(plan, edition, { publisher: name, limits: publisher.limits, target, now });
  const { to: createdAt } = spanOf(edition.date, plan);
  await app.ledger.transact((tx) => insertDigestPost(tx, reply, { now, createdAt }));
  await app.queue.enqueue('respond', reply.payload.key);
}

function report(app: Pick<App, 'emit'>, kind: 'info' | 'error', name: string, message: string): void {
  app.emit({ kind, what: `digest ${name}`, message });
}
