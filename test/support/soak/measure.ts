import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { App } from '../../../src/app.ts';
import type { Executor } from '../../../src/ledger/db/schema.ts';
import type { Reading } from './plan.ts';

/** Measures this process from within, each time once nothing is being sent any more. */
export function openGauge(app: App): Disposable & { read(): Promise<Reading> } {
  const lag = monitorEventLoopDelay({ resolution: 10 });
  lag.enable();
  return {
    async read() {
      const stillMs = Math.round(lag.max / 1e6);
      await untilCalm(app);
      const rows = await rowsOf(app.ledger.db);
      const { heapUsed, external, rss } = memory();
      lag.reset();
      const { TCPSocketWrap: sockets = 0, ...handles } = handlesByType();
      return {
        now: app.clock.now(),
        heap: heapUsed,
        external,
        rss,
        handles,
        sockets,
        files: filesOpen(),
        ledger: sizeOf(app.ledger.place),
        wal: sizeOf(`${app.ledger.place}-wal`),
        rows,
        stillMs,
      };
    },
    [Symbol.dispose]: () => lag.disable(),
  };
}

/** The clock stands still meanwhile, so nothing new falls due: what is being sent or read comes to its end. */
async function untilCalm({ ledger: { db } }: App): Promise<void> {
  const isSending = () => db.selectFrom('replies').select('key').where('state', '=', 'sending').limit(1).execute();
  const isReading = () => process.getActiveResourcesInfo().some((type) => type.startsWith('FSReq'));
  // Calm several times in a row: between one step and the next it looks calm as well.
  for (let lookups = 0, calm = 0; lookups < 300 && calm < 5; lookups += 1) {
    await delay(4);
    calm = isReading() || (await isSending()).length > 0 ? 0 : calm + 1;
  }
}

function memory(): NodeJS.MemoryUsage {
  if (globalThis.gc === undefined) throw new Error('the soak needs node --expose-gc');
  // Finalizers of the first round free what the second collects.
  for (let round = 0; round < 3; round += 1) globalThis.gc();
  return process.memoryUsage();
}

function handlesByType(): Record<string, number> {
  const types = Map.groupBy(process.getActiveResourcesInfo(), (type) => type);
  // What is under way at this moment is no handle: promises of files, and timers that come and go.
  return Object.fromEntries(
    [...types].filter(([type]) => !/^(FS|Timeout|Immediate)/.test(type)).map(([type, all]) => [type, all.length]),
  );
}

function filesOpen(): number {
  const folder = '/proc/self/fd';
  const targets = readdirSync(folder).map((fd) => {
    try {
      return readlinkSync(join(folder, fd));
    } catch {
      // The one that this listing opened.
      return 'socket:';
    }
  });
  return targets.filter((target) => !target.startsWith('socket:')).length;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

async function rowsOf(db: Executor): Promise<Record<string, number>> {
  const tables = await sql<{ name: string }>`
    select name from sqlite_schema where type = 'table' and name not like 'sqlite%' and name not like 'kysely%'`.execute(
    db,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables.rows) {
    const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(name)}`.execute(db);
    counts[name] = rows[0]?.count ?? 0;
  }
  return counts;
}
