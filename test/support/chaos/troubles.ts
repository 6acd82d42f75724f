import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import type { startProxy } from '../proxy.ts';
import type { Bots } from './bots.ts';
import type { Disk } from './disk.ts';
import type { ChaosServers } from './servers.ts';
import { chaosTimeouts } from './timeouts.ts';

/** A kind of trouble. Those of one lane come one after the other, those of different lanes at the same time. */
export interface Trouble {
  readonly name: string;
  readonly lane: 'bots' | 'redis' | 'postgres';
  /** Does it, and mends it where it does not mend by itself. True: it really happened. `random`: in [0, 1). */
  strike(this: void, random: () => number): Promise<boolean>;
}

/** The only kind that needs a right: to mount a small disk. */
export const fullDiskName = 'full disk';

export function troublesOf(servers: ChaosServers, bots: Bots): Trouble[] {
  return [...troublesOfBots(bots), ...troublesOfRedis(servers), ...troublesOfPostgres(servers)];
}

function troublesOfBots(bots: Bots): Trouble[] {
  const any = (random: () => number) => Math.floor(random() * bots.count);
  const { sendingLeaseMs, feedLeaseMs } = chaosTimeouts;
  const longerThanLeasesMs = Math.max(sendingLeaseMs, feedLeaseMs) + 500;
  return [
    { lane: 'bots', name: 'process kill -9', strike: (random) => bots.kill(any(random)) },
    {
      lane: 'bots',
      name: 'process stopped for longer than its leases',
      strike: (random) => bots.freeze(any(random), longerThanLeasesMs + random() * 1000),
    },
    { lane: 'bots', name: 'clock of a process off by an hour', strike: (random) => bots.shiftClock(any(random)) },
  ];
}

function troublesOfRedis({ redis, toRedis }: ChaosServers): Trouble[] {
  return [
    { lane: 'redis', name: 'Redis FLUSHALL', strike: () => flushAll(redis.url) },
    { lane: 'redis', name: 'Redis kill -9', strike: (random) => again(redis, () => redis.kill(), random) },
    { lane: 'redis', name: 'Redis restart', strike: (random) => again(redis, () => redis.stop(), random) },
    { lane: 'redis', name: 'Redis black hole', strike: (random) => blackHole(toRedis, 500 + random() * 1500) },
    { lane: 'redis', name: 'Redis connections reset', strike: async () => toRedis.reset() > 0 },
  ];
}

function troublesOfPostgres({ postgres, toPostgres, disk }: ChaosServers): Trouble[] {
  const troubles: Trouble[] = [
    {
      lane: 'postgres',
      name: 'PostgreSQL restart',
      strike: (random) => again(postgres, () => postgres.stop(), random),
    },
    {
      lane: 'postgres',
      name: 'PostgreSQL kill -9',
      strike: (random) => again(postgres, () => postgres.kill(), random),
    },
    {
      lane: 'postgres',
      name: 'PostgreSQL black hole, then cut',
      strike: async (random) => (await blackHole(toPostgres, 500 + random() * 1500)) && toPostgres.reset() > 0,
    },
    // What was under way finds out only by its own patience.
    {
      lane: 'postgres',
      name: 'PostgreSQL black hole',
      strike: (random) => blackHole(toPostgres, 500 + random() * 1500),
    },
    { lane: 'postgres', name: 'PostgreSQL connections reset', strike: async () => toPostgres.reset() > 0 },
  ];
  if (disk !== undefined)
    troubles.push({ lane: 'postgres', name: fullDiskName, strike: () => fullDisk(disk, postgres) });
  return troubles;
}

async function flushAll(url: string): Promise<boolean> {
  const client = new Redis(url, { maxRetriesPerRequest: 0, retryStrategy: () => null, replyMapping: 'legacy' });
  client.on('error', () => {});
  try {
    return (await client.dbsize()) > 0 && (await client.flushall()) === 'OK';
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}

async function again(server: { start(): Promise<void> }, end: () => Promise<void>, random: () => number) {
  await end();
  await delay(random() * 1000);
  await server.start();
  return true;
}

async function blackHole(proxy: Awaited<ReturnType<typeof startProxy>>, ms: number): Promise<boolean> {
  const before = proxy.swallowed();
  proxy.become('black hole');
  await delay(ms);
  proxy.become('fair');
  return proxy.swallowed() > before;
}

/** Until PostgreSQL has found out; then there is room again, and who died of it is started. Redis writes its log to the same disk. */
async function fullDisk(disk: Disk, postgres: ChaosServers['postgres']): Promise<boolean> {
  await postgres.query('create table if not exists ballast (bytes text)');
  await disk.fill();
  const noticed = await within(5000, async () => !(await works(() => postgres.query(ballast))));
  await delay(1000);
  disk.free();
  if (await within(5000, () => works(() => postgres.query('truncate ballast')))) return noticed;
  await postgres.stop();
  await postgres.start();
  return noticed;
}

const ballast = `insert into ballast select repeat(md5(i::text), 200) from generate_series(1, 500) i`;

async function works(question: () => Promise<unknown>): Promise<boolean> {
  try {
    await question();
    return true;
  } catch {
    return false;
  }
}

async function within(ms: number, isSo: () => Promise<boolean>): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end; await delay(50)) if (await isSo()) return true;
  return false;
}
