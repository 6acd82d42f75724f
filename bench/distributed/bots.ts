import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import { type IncomingPost, ingestPosts } from '../../src/ledger/posts/posts.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openPostgresLedger } from '../../src/ledger/db/postgres.ts';
import { countByState } from '../../src/ledger/posts/flow.ts';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import { writeWorkplace } from '../../test/support/workplace.ts';
import type { Go, Progress, Report } from './bot.ts';

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
  /** Just before the bots go, and just after the last reply. */
  readonly begin?: () => Promise<void>;
  readonly end?: () => Promise<void>;
}

/** What bots came to. */
export interface Pace {
  /** Posts a second. */
  readonly rate: number;
  /** Cores that were busy meanwhile, with the servers' work and whatever else the machine did. */
  readonly cores: number;
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
  { processes, servers, begin, end }: Bots,
): Promise<Pace> {
  mkdirSync(dir);
  const config = writeConfig(dir, servers);
  await inLedger(dir, servers, (ledger) => fill(ledger, posts));
  const bots = Array.from({ length: processes }, (_, i) => startBot(config, join(dir, `data${i}`), servers));
  try {
    await Promise.all(bots.map(({ ready }) => ready));
    await begin?.();
    const start = performance.now();
    const busyBefore = busySeconds();
    for (const [i, bot] of bots.entries()) bot.go({ enqueue: i === 0 ? posts.length : 0 });
    const all = await allSent(bots, posts.length);
    const seconds = (performance.now() - start) / 1000;
    const cores = (busySeconds() - busyBefore) / seconds;
    await end?.();
    const { sent } = await inLedger(dir, servers, ({ db }) => countByState(db, 'replies'));
    if (sent !== posts.length) throw new Error(`${sent} of ${posts.length} replies are sent`);
    return { rate: posts.length / seconds, cores, ...all };
  } finally {
    await Promise.all(bots.map((bot) => bot.end()));
  }
}

/** Of all cores together, since the machine started. */
function busySeconds(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0) / 1000;
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

/** Resolves to what all bots used until the last reply was sent. */
async function allSent(
  bots: readonly { child: ChildProcess }[],
  count: number,
): Promise<Pick<Pace, 'processorMs' | 'postgresBytes'>> {
  const said = bots.map((): Progress => ({ sent: 0, processorMs: 0, postgresBytes: 0 }));
  const sum = (of: keyof Progress) => said.reduce((all, one) => all + one[of], 0);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stuck = setTimeout(() => reject(new Error(`no end in sight: ${sum('sent')} of ${count} are sent`)), 120_000);
  for (const [i, { child }] of bots.entries()) {
    child.on('message', (report: Report) => {
      if (report === 'ready') return;
      said[i] = report;
      if (sum('sent') >= count) resolve();
    });
    child.once('exit', (code) => reject(new Error(`a bot ended with ${code}`)));
  }
  await promise.finally(() => clearTimeout(stuck));
  return { processorMs: sum('processorMs'), postgresBytes: sum('postgresBytes') };
}
