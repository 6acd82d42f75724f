import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { App } from '../../src/app.ts';
import { insertNotices } from '../../src/ledger/operators/notices.ts';
import { countByState } from '../../src/ledger/posts/flow.ts';
import { openBullStore } from '../../src/queue/bullmq.ts';
import { openFallbackQueue, type Store } from '../../src/queue/fallback.ts';
import { openInProcessQueue } from '../../src/queue/in-process.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { startWorkers, type WorkerName } from '../../workers/index.ts';
import { openRedis, redisIsHere, type RedisServer } from '../servers/redis.ts';
import { openTestApp, scriptedPublisher } from '../support/app.ts';
import { redisConditions } from '../support/chaos/redis-conditions.ts';
import { divisions } from '../support/chaos/fallback.ts';
import { wait } from '../support/wait.ts';

const cited = (id: number, author = 'ada') => ({
  id: String(id),
  author,
  createdAt: '2026-11-23T10:00:00Z',
  text: `#07ASTANA2244 ¶${id}`,
});

const slowly = { ...wait, interval: 250 };
const all = [undefined, undefined, undefined] as const;

/** Bots over one ledger and one Redis, each with its own feeds and queue, as processes have them. */
async function openBots(division: keyof typeof divisions, change: (store: Store) => Store = (store) => store) {
  const redis = await openRedis();
  onTestFinished(() => redis[Symbol.asyncDispose]());
  const platform = scriptedPublisher('doubles', []);
  const bot = await openTestApp([], platform);
  const delivered: string[] = [];
  const channel: App['channel'] = () => ({
    deliver: ({ subject }) => Promise.resolve(void delivered.push(subject)),
    check: () => Promise.resolve(undefined),
  });
  const said: string[] = [];
  const queues: Queue[] = [];
  for (const roles of divisions[division] ?? all) {
    const queue = openFallbackQueue(openInProcessQueue({ onError: () => {} }), change(await openStore(redis, said)));
    const feeds = new Map([...bot.app.feeds].map(([name, source]) => [name, { ...source }]));
    work({ ...bot.app, id: `process ${queues.length}`, queue, feeds, channel }, roles);
    onTestFinished(() => queue[Symbol.asyncDispose]());
    queues.push(queue);
  }
  /** Time passes until it is so; a feed’s lease lasts a few real seconds then. */
  const until = async (isSo: () => void | Promise<void>) => {
    await vi.waitFor(async () => {
      bot.clock.advance(5000);
      await isSo();
    }, slowly);
  };
  const answered = (sent: number) =>
    until(async () => expect(await countByState(bot.app.ledger.db, 'replies')).toMatchObject({ sent }));
  return { ...bot, redis, platform, delivered, said, queues, until, answered };
}

async function openStore(redis: RedisServer, said: string[]): Promise<Store> {
  const onStore = ({ kind, message }: { kind: string; message: string }) => void said.push(`${kind}: ${message}`);
  return await openBullStore({ url: redis.url, prefix: 'test', onError: () => {}, onStore });
}

function work(app: App, roles: readonly WorkerName[] | undefined): void {
  const workers = startWorkers(app, roles);
  onTestFinished(() => workers[Symbol.asyncDispose]());
}

describe.skipIf(!redisIsHere)('while a Redis fails', () => {
  test('full: every post is answered once, and Redis is used again afterwards', async () => {
    const full = redisConditions.full;
    const { redis, platform, write, said, queues, answered } = await openBots('together');
    write(...[1, 2, 3].map((id) => cited(id)));
    await answered(3);
    await full.begin(redis);
    write(...[4, 5, 6, 7, 8].map((id) => cited(id)));
    await answered(8);
    await full.end(redis);
    await vi.waitFor(() => expect(queues.map(({ shared }) => shared)).toEqual([true, true, true]), wait);
    write(...[9, 10].map((id) => cited(id)));
    await answered(10);
    expect(platform.record).toHaveLength(10);
    expect(said.filter((words) => words.startsWith('lost:')).join('\n')).toContain('finds its own due work');
    await vi.waitFor(() => expect(said.filter((words) => words.startsWith('back:'))).not.toEqual([]), wait);
  });

  test('“delete” and “stop” are obeyed, and notices leave, with split roles', async () => {
    const { app, clock, redis, platform, write, delivered, until, answered } = await openBots('split');
    write(cited(1), cited(2));
    await answered(2);
    await redis.kill();
    const toBot = { thread: '1', inReplyTo: 'on-platform-file:1' };
    write({ ...cited(3), ...toBot, text: 'please delete' });
    await until(() => expect(platform.record.map(({ key }) => key)).toEqual(['file:2']));
    write({ ...cited(4), ...toBot, text: 'stop' }, cited(5), cited(6, 'eve'));
    await answered(2);
    expect(platform.record.map(({ key }) => key)).toEqual(['file:2', 'file:6']);
    const notice = { subject: 'Pilcrow: 1 alert', text: 'words', alerts: { begun: [], over: [] } };
    await app.ledger.transact((tx) =>
      insertNotices(tx, [{ channel: 'mail', postKey: 'alert', content: notice, at: clock.now() }]),
    );
    await until(() => expect(delivered).toEqual(['Pilcrow: 1 alert']));
  });

  test('it takes keys and never gives them back, without an error: each process sweeps for itself', async () => {
    const idle = { [Symbol.asyncDispose]: () => Promise.resolve() };
    const swallowing = (store: Store): Store => ({ ...store, consume: () => idle });
    const { platform, write, queues, answered } = await openBots('split', swallowing);
    write(...[1, 2, 3].map((id) => cited(id)));
    await answered(3);
    expect(platform.record).toHaveLength(3);
    expect(queues.map(({ shared }) => shared)).toEqual([true, true, true]);
  });
});
