import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import { type IncomingPost, ingestPosts } from '../../src/ledger/posts/posts.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openPostgresLedger } from '../../src/ledger/db/postgres.ts';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import { writeWorkplace } from '../../test/support/workplace.ts';
import type { Go, Progress, Report } from './bot.ts';
import { busySeconds, type Rate } from './busy.ts';

/** Where the bots work; undefined: one bot on an embedded ledger. */
export interface Servers {
  readonly postgres: string;
  readonly redis: string;
}

const sharing = `ledger: { postgres: { url: { env: LEDGER_URL } } }
queue: { redis: { url: { env: REDIS_URL }, prefix: bench } }
`;

export interface Bots {
  readonly processes: number;
  readonly servers?: Servers;
  /** Replies before the measurement begins: a process that has just started spends seconds on compiling its own code. */
  readonly warm?: number;
  /** Just before the first measured reply, and just after the last. */
  readonly begin?: () => Promise<void>;
  readonly end?: () => Promise<void>;
}

/** What bots came to. */
export interface Pace extends Rate {
  /** So many were measured. */
  readonly replies: number;
  /** Of all bots together. */
  readonly processorMs: number;
  readonly postgresBytes: number;
}

/** `1 process`, `4 processes` */
export function processesOf(number: number): string {
  return `${number} process${number === 1 ? '' : 'es'}`;
}

/** The pace from the ledger that holds the posts to the replies in the logs, by `processes` bots, measured once all are ready. */
export async function botsPace(
  dir: string,
  posts: readonly IncomingPost[],
  { processes, servers, warm = 0, begin, end }: Bots,
): Promise<Pace> {
  mkdirSync(dir);
  const config = writeConfig(dir, servers);
  await inLedger(dir, servers, (ledger) => fill(ledger, posts.slice(0, warm)));
  const bots = Array.from({ length: processes }, (_, i) => startBot(config, join(dir, `data${i}`), servers));
  try {
    await Promise.all(bots.map(({ ready }) => ready));
    for (const [i, bot] of bots.entries()) bot.go({ enqueue: i === 0 ? warm : 0 });
    const said = progressOf(bots);
    await said.sent(warm);
    await inLedger(dir, servers, (ledger) => fill(ledger, posts.slice(warm)));
    await begin?.();
    const [start, before, busyBefore] = [performance.now(), said.all(), busySeconds()];
    bots[0]?.go({ enqueue: posts.length - warm });
    await said.sent(posts.length);
    const [seconds, after] = [(performance.now() - start) / 1000, said.all()];
    const cores = (busySeconds() - busyBefore) / seconds;
    await end?.();
    const sent = await inLedger(dir, servers, sentIn);
    if (sent !== posts.length) throw new Error(`${sent} of ${posts.length} replies are sent`);
    const [replies, processorMs, postgresBytes] = (['sent', 'processorMs', 'postgresBytes'] as const).map(
      (of) => after[of] - before[of],
    ) as [number, number, number];
    return { replies, rate: replies / seconds, cores, processorMs, postgresBytes };
  } finally {
    await Promise.all(bots.map((bot) => bot.end()));
  }
}

/** Without a catalogue, an ID that is only plausible must be answered too. */
function writeConfig(dir: string, servers: Servers | undefined): string {
  const file = writeWorkplace(dir, []);
  writeFileSync(join(dir, 'rules.yaml'), 'rules: [{ name: all, action: reply }]\n');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^rules: .*$/m, 'rules: rules.yaml'));
  if (servers !== undefined) appendFileSync(file, sharing);
  return file;
}

async function inLedger<T>(dir: string, servers: Servers | undefined, use: (ledger: Ledger) => Promise<T>): Promise<T> {
  await using ledger =
    servers === undefined
      ? await openSqliteLedger({ file: join(dir, 'data0/ledger.db'), clock: systemClock })
      : await openPostgresLedger({ url: servers.postgres });
  return await use(ledger);
}

/** However many: `countByState` stops at 10,000. */
async function sentIn({ db }: Ledger): Promise<number> {
  const sent = db
    .selectFrom('replies')
    .where('state', '=', 'sent')
    .select(({ fn }) => fn.countAll().as('count'));
  return Number((await sent.executeTakeFirst())?.count);
}

async function fill(ledger: Ledger, posts: readonly IncomingPost[]): Promise<void> {
  const now = await ledger.now();
  await ledger.transact((tx) => ingestPosts(tx, 'posts', posts, now));
}

function startBot(config: string, dataDir: string, servers: Servers | undefined) {
  const urls = servers === undefined ? {} : { LEDGER_URL: servers.postgres, REDIS_URL: servers.redis };
  const env = { ...process.env, ...urls, PILCROW_DATA: dataDir };
  const child = fork(new URL('bot.ts', import.meta.url), [config], { env });
  const exited = once(child, 'exit');
  return {
    child,
    ready: once(child, 'message'),
    go: (go: Go) => child.send(go),
    async end() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** What the bots say of themselves, added up. */
function progressOf(bots: readonly { child: ChildProcess }[]) {
  const said = bots.map((): Progress => ({ sent: 0, processorMs: 0, postgresBytes: 0 }));
  const sum = (of: keyof Progress) => said.reduce((all, one) => all + one[of], 0);
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => {});
  let heard: () => void = () => {};
  for (const [i, { child }] of bots.entries()) {
    child.on('message', (report: Report) => {
      if (report !== 'ready') said[i] = report;
      heard();
    });
    child.once('exit', (code) => ended.reject(new Error(`a bot ended with ${code}`)));
  }
  return {
    all: (): Progress => ({
      sent: sum('sent'),
      processorMs: sum('processorMs'),
      postgresBytes: sum('postgresBytes'),
    }),
    /** Resolves once so many replies are sent. */
    async sent(count: number): Promise<void> {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const stuck = setTimeout(
        () => reject(new Error(`no end in sight: ${sum('sent')} of ${count} are sent`)),
        240_000,
      );
      heard = () => sum('sent') >= count && resolve();
      heard();
      await Promise.race([promise, ended.promise]).finally(() => clearTimeout(stuck));
    },
  };
}
