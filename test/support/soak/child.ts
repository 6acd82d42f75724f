// The real bot under a fast clock, publishing to fake platforms and measuring itself; argument: a BotPlan as JSON. Its parent hears of every minute.
import { once } from 'node:events';
import { type App, openApp } from '../../../src/app.ts';
import { readConfig } from '../../../src/config/read.ts';
import { holdLedger } from '../../../src/app/open-ledger.ts';
import { openObserving } from '../../../src/app/observing.ts';
import { type Limits, noLimits } from '../../../src/core/limits.ts';
import { RetryLater } from '../../../src/core/errors.ts';
import type { Emit } from '../../../src/core/event.ts';
import { timeouts } from '../../../src/core/timeouts.ts';
import type { Publisher } from '../../../src/platforms/platform.ts';
import { startWorkers, workerNames } from '../../../workers/index.ts';
import { fakePublisher } from '../fake-platform/driver.ts';
import { fastClock } from './clock.ts';
import { openGauge } from './measure.ts';
import { accountOf, type BotPlan, minute, type Order, type Reading, type Report, second } from './plan.ts';
import { textsForTheLog } from '../log-texts.ts';

/** Requests are real: at full speed this is some minutes of the bot, as long as its lease of a reply. */
const requestMs = 200;

// Without its parent it would wait for an order for ever.
const orphaned = () => process.kill(process.pid, 'SIGKILL');
process.once('disconnect', orphaned);
await runBot(JSON.parse(process.argv[2]!) as BotPlan);
process.off('disconnect', orphaned).disconnect();

async function runBot(plan: BotPlan): Promise<void> {
  const config = readConfig({ config: plan.config });
  const stop = new AbortController();
  const hurry = new AbortController();
  let reading: Reading | null = null;
  const { clock, ticker } = fastClock({
    ...plan,
    async eachMinute(now) {
      const order = await answerTo({ now, reading });
      reading = order.measure ? await gauge.read() : null;
      if (order.stop) stop.abort();
    },
  });
  using _lock = await holdLedger(config, () => {});
  await using observing = await openObserving(config, { console: () => {}, version: 'soak' });
  const emit = forgetful(observing.emit, plan.leakBytes);
  const signals = { stopping: stop.signal, hurry: hurry.signal };
  await using opened = await openApp(config, { emit, ...signals, clock, timeouts: { ...timeouts, requestMs } });
  const app = answeringTo(opened, plan);
  using gauge = openGauge(app);
  await using _watched = await observing.watch(app);
  await using _workers = startWorkers(app, workerNames, ticker);
  await once(stop.signal, 'abort');
}

async function answerTo(report: Report): Promise<Order> {
  process.send!(report);
  const [order] = (await once(process, 'message')) as [Order];
  return order;
}

/** The planted leak: each decision leaves so many bytes behind for good. */
function forgetful(emit: Emit, leakBytes: number): Emit {
  const lost: string[] = [];
  return (event) => {
    if (event.kind === 'decided' && leakBytes > 0) lost.push(Buffer.alloc(leakBytes, 32).toString('latin1'));
    emit(event);
  };
}

/** The same bot with accounts on the fake platforms, and a breaker that opens now and then. */
function answeringTo(app: App, plan: BotPlan): App {
  const names = plan.accounts.map(({ name }) => name);
  const publishers = new Map(plan.accounts.map(({ name, ...address }) => [name, slowed(fakePublisher(address), plan)]));
  const limits = { ...noLimits, perDay: 100_000, failureThreshold: 3, cooldownMs: 2 * minute } satisfies Limits;
  return {
    ...app,
    publisher: (name) => Promise.resolve(publishers.get(name)),
    publisherFor: ({ thread }) => names[accountOf(thread, names.length)]!,
    account: () => ({ platform: 'fake', limits, repeatWhenAbsent: false }),
    rulebooks: textsForTheLog(app.rulebooks),
  };
}

/** The platform counts real time, and asks for patience in it. */
function slowed(publisher: Publisher, { stepMs }: BotPlan): Publisher {
  const patiently = async <T>(answer: Promise<T>): Promise<T> => {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof RetryLater)) throw error;
      throw new RetryLater(error.message, (error.delayMs * second) / stepMs, { account: error.account, cause: error });
    }
  };
  return { ...publisher, publish: (payload, signal) => patiently(publisher.publish(payload, signal)) };
}
