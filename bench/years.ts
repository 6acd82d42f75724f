import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { shortId } from '../src/core/post.ts';
import { type PostgresServer, startPostgres } from '../test/servers/postgres.ts';
import { pilcrow, pilcrowOnce } from '../test/support/workplace.ts';
import { type Bench, type Figure, percentile, thousands } from './figure.ts';
import { type Asked, commands, keyOfYears as key, pages } from './years/asked.ts';
import { inSqlite, inPostgres } from './published.ts';
import { buildEdition, type MadeEdition } from './years/edition.ts';
import { copyInPostgres, latestEdition, workplaceOf } from './years/workplace.ts';

/**
 * `YEARS=2000,200000,2000000` measures a larger ledger, too; `ROUNDS` each question so often; `LEDGER=postgres` copies in PostgreSQL. The ledgers
 * stay in YEARS_FOLDER, if it is given.
 */
const sizes = (process.env['YEARS'] ?? '2000,200000').split(',').map(Number);
const rounds = Number(process.env['ROUNDS'] ?? 5);
const given = process.env['YEARS_FOLDER'];
const folder = given ?? join(tmpdir(), 'pilcrow-years');
/** As many times as long may a question take in the largest ledger. */
const most = 1.5;

/** What one question took in one ledger. */
interface Took {
  readonly ms: readonly number[];
  /** Processor time of the program, in milliseconds: the least of all rounds. */
  readonly cpuMs: number;
  /** Bytes that the program read, of its own files and of the ledger, or got from the server: the least of all rounds. */
  readonly bytes: number;
}

/** Every command and every page on a bot's ledger of a day, of months and of years: what takes longer the longer it ran. */
export const bench: Bench = {
  async run() {
    const took: Map<Asked, Took>[] = [];
    const server = process.env['LEDGER'] === 'postgres' ? await startPostgres({}, folder) : undefined;
    for (const posts of sizes) took.push(await measured(await workplaceOf(folder, posts), server));
    await server?.[Symbol.asyncDispose]();
    if (given === undefined) rmSync(folder, { recursive: true });
    return [...(took[0]?.keys() ?? [])].map((asked) =>
      figureOf(
        asked,
        took.map((one) => one.get(asked)!),
      ),
    );
  },
};

const firstAnswer: Asked = { name: 'run, to the first answer', asks: [] };
const anEdition: Asked = { name: 'an edition, in the bot', asks: [], readsAll: true };
const longestTurn: Asked = { name: 'an edition: the longest that the bot answers nobody', asks: [], readsAll: true };
const afterKill: Asked = { name: 'run after kill -9, to the first answer', asks: [] };

async function measured(file: string, server: PostgresServer | undefined): Promise<Map<Asked, Took>> {
  const config = server === undefined ? file : await copyInPostgres(file, server);
  const isAsked = ({ asks }: Asked) => server === undefined || asks[1] !== 'backup';
  const backup = `${config}.backup`;
  const edition = latestEdition(file);
  const of = (text: string) =>
    text
      .replace('KEY', key)
      .replace('SHORT', shortId(key))
      .replace('URL', url)
      .replace('BACKUP', backup)
      .replaceAll('DATE', edition);
  const took = new Map<Asked, Took>();
  // The first start brings a stored ledger to this version's form.
  await answerIn(config, 'SIGTERM');
  took.set(firstAnswer, together(await times(rounds, () => answerIn(config, 'SIGKILL'))));
  took.set(afterKill, together(await times(rounds, () => answerIn(config, 'SIGKILL'))));
  await answerIn(config, 'SIGTERM');
  for (const asked of commands.filter(isAsked)) {
    const run = async () => {
      rmSync(backup, { force: true });
      return await commandIn([...asked.asks.map(of), '--config', config]);
    };
    took.set(asked, together(await times(asked.readsAll === true ? 1 : rounds, run)));
  }
  rmSync(backup, { force: true });
  for (const [asked, one] of server === undefined ? await editionIn(config, edition) : []) took.set(asked, one);
  for (const [asked, one] of await pagesIn(config, of)) took.set(asked, one);
  return took;
}

const url = 'https://social.example/@nobody/years-0';

interface Once extends Work {
  readonly ms: number;
}

async function editionIn(config: string, date: string): Promise<[Asked, Took][]> {
  // The first one warms the program.
  await buildEdition(config, date);
  const made: MadeEdition[] = [];
  for (let round = 0; round < rounds; round += 1) made.push(await buildEdition(config, date));
  const longest = made.map((one) => ({ ...one, ms: one.longestMs }));
  return [
    [anEdition, together(made)],
    [longestTurn, together(longest)],
  ];
}

async function times(count: number, run: () => Promise<Once>): Promise<Once[]> {
  const all: Once[] = [];
  for (let round = 0; round < count; round += 1) all.push(await run());
  return all;
}

function together(all: readonly Once[]): Took {
  const least = (of: (once: Once) => number) => Math.min(...all.map(of));
  return { ms: all.map(({ ms }) => ms), cpuMs: least(({ cpuMs }) => cpuMs), bytes: least(({ bytes }) => bytes) };
}

async function commandIn(args: readonly string[]): Promise<Once> {
  const began = performance.now();
  const run = pilcrow(args);
  let work: Work = none;
  const reading = setInterval(() => (work = workOf(run.child.pid) ?? work), 5);
  await run.exited;
  clearInterval(reading);
  return { ms: performance.now() - began, ...work };
}

let answers = 0;

/** Until a bot that starts has answered a new post; it is ended by this signal. */
async function answerIn(config: string, signal: NodeJS.Signals): Promise<Once> {
  const id = `asked-${Date.now()}-${(answers += 1)}`;
  appendFileSync(join(config, '../posts.jsonl'), `${JSON.stringify({ id, text: `#07ASTANA2244 ¶7 ${id}` })}\n`);
  const began = performance.now();
  const bot = pilcrow(['run', '--config', config]);
  while (!bot.out.includes('→')) {
    if (bot.child.exitCode !== null) throw new Error(`the bot ends: ${bot.err}`);
    await delay(5);
  }
  const once = { ms: performance.now() - began, ...(workOf(bot.child.pid) ?? none) };
  bot.child.kill(signal);
  await bot.exited;
  return once;
}

async function pagesIn(config: string, of: (text: string) => string): Promise<Map<Asked, Took>> {
  const web = pilcrow(['web', '--config', config]);
  while (!web.out.includes('http:')) {
    if (web.child.exitCode !== null) throw new Error(`the page does not start: ${web.err}`);
    await delay(20);
  }
  const { out: entry } = await pilcrowOnce(['web', '--url', '--config', config]);
  const inside = await fetch(entry.trim(), { redirect: 'manual' });
  const cookie = inside.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const took = new Map<Asked, Took>();
  for (const asked of pages) {
    const ask = async (): Promise<Once> => {
      const [before, began] = [workOf(web.child.pid) ?? none, performance.now()];
      const answer = await fetch(new URL(of(asked.asks[0] ?? ''), entry), { headers: { cookie } });
      await answer.arrayBuffer();
      // One client may ask for feeds of mentions only so often.
      if (answer.status === 429) return await delay(1000).then(ask);
      if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`);
      const [ms, after] = [performance.now() - began, workOf(web.child.pid) ?? none];
      return { ms, bytes: after.bytes - before.bytes, cpuMs: after.cpuMs - before.cpuMs };
    };
    await ask();
    took.set(asked, together(await times(4 * rounds, ask)));
  }
  web.child.kill('SIGINT');
  await web.exited;
  return took;
}

/** What a process has done since its start. */
interface Work {
  /** Read from files, their caches and connections. */
  readonly bytes: number;
  readonly cpuMs: number;
}

const none: Work = { bytes: 0, cpuMs: 0 };

/** Length of a tick of the kernel. */
const tickMs = 10;

/** Undefined: the process is over. */
function workOf(pid: number | undefined): Work | undefined {
  try {
    const [, user, system] = /\) (?:\S+ ){11}(\d+) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    const bytes = Number(/rchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
    return { bytes, cpuMs: tickMs * (Number(user) + Number(system)) };
  } catch {
    return undefined;
  }
}

function figureOf({ name, readsAll }: Asked, took: readonly Took[]): Figure {
  const middle = took.map(({ ms }) => percentile(ms, 0.5));
  const each = took.map(({ ms, cpuMs, bytes }, at) => {
    const [p50, p95] = [percentile(ms, 0.5), percentile(ms, 0.95)].map((value) => thousands(value));
    return `${thousands(sizes[at] ?? 0)} posts: ${p50} / ${p95} ms, CPU ${thousands(cpuMs)} ms, ${(bytes / 1e6).toFixed(1)} MB`;
  });
  const value = (middle.at(-1) ?? 0) / (middle[0] ?? 1);
  const target = readsAll === true ? 'reads all' : `<= ${most} x`;
  const prefix = process.env['LEDGER'] === 'postgres' ? inPostgres : inSqlite;
  return {
    name: `${prefix}${name}`,
    measured: each.join('; '),
    value,
    target,
    met: readsAll === true || value <= most,
  };
}
