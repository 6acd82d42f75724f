import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { postgresIsHere, startPostgres, type PostgresServer } from '../test/servers/postgres.ts';
import { openRedis, redisIsHere, type RedisServer } from '../test/servers/redis.ts';
import { botsPace, processesOf } from './distributed/bots.ts';
import { type Costs, costsOf, counting } from './distributed/costs.ts';
import { citedPosts } from './distributed/posts.ts';
import type { Bench, Figure } from './figure.ts';
import { costOfReply } from './published.ts';

/** Half of the replies warm the processes up. */
const count = 10_000;
const processCounts = [1, 2, 4];

/** What one reply costs in several processes: work of the servers, counted by themselves, and processor time of each part. */
export const bench: Bench = {
  async run() {
    if (!postgresIsHere || !redisIsHere) return [];
    await using redis = await openRedis({ more: ['--appendfsync', 'everysec'] });
    await using postgres = await startPostgres(counting);
    const dir = mkdtempSync(join(process.cwd(), 'bench/results/costs-'));
    try {
      const figures: Figure[] = [];
      for (const processes of processCounts)
        figures.push(await figureOf(join(dir, `${processes}`), processes, { postgres, redis }));
      return figures;
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

async function figureOf(
  dir: string,
  processes: number,
  { postgres, redis }: { readonly postgres: PostgresServer; readonly redis: RedisServer },
): Promise<Figure> {
  const servers = { postgres: await postgres.database(), redis: redis.url };
  let before: Costs | undefined;
  let after: Costs | undefined;
  const { replies, processorMs, postgresBytes } = await botsPace(dir, citedPosts(count), {
    processes,
    servers,
    warm: count / 2,
    begin: async () => void (before = await costsOf(postgres, servers)),
    end: async () => void (after = await costsOf(postgres, servers)),
  });
  const each = (of: keyof Costs) => ((after?.[of] ?? Number.NaN) - (before?.[of] ?? Number.NaN)) / replies;
  const ms = { bots: processorMs / replies, PostgreSQL: each('postgresMs'), Redis: each('redisMs') };
  // One column each in docs/distributed.md.
  const parts = [
    Object.entries(ms)
      .map(([part, spent]) => `${part} ${spent.toFixed(2)} ms`)
      .join(', '),
    `${each('statements').toFixed(2)} statements in ${each('transactions').toFixed(2)} transactions`,
    kilobytes(postgresBytes / replies),
    `${kilobytes(each('walBytes'))} flushed ${each('flushes').toFixed(3)} times`,
    `${each('redisCommands').toFixed(1)} commands, ${kilobytes(each('redisBytes'))}`,
  ];
  return {
    name: `${costOfReply}${processesOf(processes)}`,
    measured: parts.join('; '),
    value: ms.bots + ms.PostgreSQL + ms.Redis,
    target: 'ms, no limit',
    met: true,
  };
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}
