import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { postgresIsHere, startPostgres } from '../test/servers/postgres.ts';
import { openRedis, redisIsHere } from '../test/servers/redis.ts';
import type { Rate } from './distributed/busy.ts';
import { botsPace, type Pace, processesOf } from './distributed/bots.ts';
import { citedPosts } from './distributed/posts.ts';
import { type Bench, type Figure, thousands } from './figure.ts';

/** Half of the posts warm the processes up. */
const count = 20_000;
const warm = count / 2;
const rounds = 3;
const processCounts = [1, 2, 4];

/**
 * Cited posts through resolve and respond (log), each round beside a bare BullMQ queue with the same adds: embedded against a Redis that
 * flushes every add to the disk, as SQLite does every commit; several processes against the Redis that wakes them.
 */
export const bench: Bench = {
  async run() {
    if (!postgresIsHere || !redisIsHere) return [];
    const dir = mkdtempSync(join(process.cwd(), 'bench/results/distributed-'));
    try {
      return figuresOf(await measured(dir));
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

interface Paces {
  readonly bareAlways: Rate;
  readonly bare: Rate;
  readonly embedded: Pace;
  /** One for each of `processCounts`. */
  readonly distributed: readonly Pace[];
}

async function measured(dir: string): Promise<Paces> {
  await using always = await openRedis({ more: ['--appendfsync', 'always'] });
  await using redis = await openRedis({ more: ['--appendfsync', 'everysec'] });
  await using postgres = await startPostgres();
  const posts = citedPosts(count);
  let best: Paces = { bareAlways: none, bare: none, embedded: none, distributed: [] };
  for (let round = 0; round < rounds; round += 1) {
    const bareAlways = await barePace(always.url);
    const embedded = await botsPace(join(dir, `embedded-${round}`), posts, { processes: 1, warm });
    const bare = await barePace(redis.url);
    const distributed: Pace[] = [];
    for (const processes of processCounts) {
      const servers = { postgres: await postgres.database(), redis: redis.url };
      distributed.push(await botsPace(join(dir, `${processes}-${round}`), posts, { processes, servers, warm }));
    }
    best = better(best, { bareAlways, bare, embedded, distributed });
  }
  return best;
}

/** In a process of its own, new as each bot is: neither side runs on what the rounds before have warmed. */
async function barePace(redis: string): Promise<Rate> {
  const file = fileURLToPath(new URL('distributed/bare.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [file, redis, String(count), String(warm)]);
  return JSON.parse(stdout) as Rate;
}

const none: Pace = { replies: 0, rate: 0, cores: 0, processorMs: 0, postgresBytes: 0 };

/** Other work on the machine only ever slows a round down. */
function better(a: Paces, b: Paces): Paces {
  const faster = <T extends Rate>(one: T, other: T): T => (one.rate > other.rate ? one : other);
  return {
    bareAlways: faster(a.bareAlways, b.bareAlways),
    bare: faster(a.bare, b.bare),
    embedded: faster(a.embedded, b.embedded),
    distributed: b.distributed.map((pace, i) => faster(pace, a.distributed[i] ?? none)),
  };
}

function figuresOf({ bareAlways, bare, embedded, distributed }: Paces): Figure[] {
  const atBest = Math.max(...distributed.map(({ rate }) => rate));
  const [one = none] = distributed;
  const busy = ({ cores }: Rate) => cores.toFixed(1);
  return [
    {
      name: 'embedded, against bare BullMQ, both durable',
      measured: `${thousands(embedded.rate)} cited posts/s, ${busy(embedded)} cores busy; BullMQ ${thousands(bareAlways.rate)}/s, ${busy(bareAlways)} cores (appendfsync always)`,
      value: embedded.rate / bareAlways.rate,
      target: '> 1 x',
      met: embedded.rate > bareAlways.rate,
    },
    ...distributed.map(({ rate }, i) => ({
      name: `${processesOf(processCounts[i] ?? 0)}, against bare BullMQ`,
      measured: `${thousands(rate)} cited posts/s; BullMQ ${thousands(bare.rate)}/s (appendfsync everysec, as theirs)`,
      value: rate / bare.rate,
      target: '>= 0.33 x at best',
      met: atBest / bare.rate >= 0.33,
    })),
    ...distributed.slice(1).map((several, i) => ({
      name: `${processesOf(processCounts[i + 1] ?? 0)}, against 1`,
      measured: `${busy(one)} of ${cpus().length} cores busy with 1, servers and all, ${busy(several)} with ${processCounts[i + 1]}`,
      value: several.rate / one.rate,
      target: '>= 0.9 x where a core is free',
      met: several.rate >= 0.9 * one.rate || cpus().length - one.cores < 1,
    })),
  ];
}
