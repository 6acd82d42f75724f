import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pilcrow, pilcrowOnce } from '../test/support/workplace.ts';
import { type Bench, type Figure, percentile, thousands } from './figure.ts';
import { type Asked, commands, keyOfYears as key, pages } from './years/asked.ts';
import { workplaceOf } from './years/workplace.ts';

/** `YEARS=2000,200000,2000000` measures a larger ledger, too; `ROUNDS` each question so often. The ledgers stay in YEARS_FOLDER, if it is given. */
const sizes = (process.env['YEARS'] ?? '2000,200000').split(',').map(Number);
const rounds = Number(process.env['ROUNDS'] ?? 5);
const given = process.env['YEARS_FOLDER'];
const folder = given ?? join(tmpdir(), 'pilcrow-years');
/** As many times as long may a question take in the largest ledger. */
const most = 1.5;

/** What one question took in one ledger. */
interface Took {
  readonly ms: readonly number[];
  /** Bytes that the process read, of programs and of the ledger: the least of all rounds. */
  readonly bytes: number;
}

/** Every command and every page on a bot's ledger of a day, of months and of years: what takes longer the longer it ran. */
export const bench: Bench = {
  async run() {
    const took: Map<Asked, Took>[] = [];
    for (const posts of sizes) took.push(await measured(await workplaceOf(folder, posts)));
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
const afterKill: Asked = { name: 'run after kill -9, to the first answer', asks: [] };

async function measured(config: string): Promise<Map<Asked, Took>> {
  const backup = `${config}.backup`;
  const of = (text: string) => text.replace('KEY', key).replace('URL', url).replace('BACKUP', backup);
  const took = new Map<Asked, Took>();
  // The first start brings a stored ledger to this version's form.
  await answerIn(config, 'SIGTERM');
  took.set(firstAnswer, together(await times(rounds, () => answerIn(config, 'SIGKILL'))));
  took.set(afterKill, together(await times(rounds, () => answerIn(config, 'SIGKILL'))));
  await answerIn(config, 'SIGTERM');
  for (const asked of commands) {
    const run = async () => {
      rmSync(backup, { force: true });
      return await commandIn([...asked.asks.map(of), '--config', config]);
    };
    took.set(asked, together(await times(asked.readsAll === true ? 1 : rounds, run)));
  }
  rmSync(backup, { force: true });
  for (const [asked, one] of await pagesIn(config, of)) took.set(asked, one);
  return took;
}

const url = 'https://social.example/@nobody/years-0';

interface Once {
  readonly ms: number;
  readonly bytes: number;
}

async function times(count: number, run: () => Promise<Once>): Promise<Once[]> {
  const all: Once[] = [];
  for (let round = 0; round < count; round += 1) all.push(await run());
  return all;
}

function together(all: readonly Once[]): Took {
  return { ms: all.map(({ ms }) => ms), bytes: Math.min(...all.map(({ bytes }) => bytes)) };
}

async function commandIn(args: readonly string[]): Promise<Once> {
  const began = performance.now();
  const run = pilcrow(args);
  let bytes = 0;
  const reading = setInterval(() => (bytes = bytesReadBy(run.child.pid) ?? bytes), 5);
  await run.exited;
  clearInterval(reading);
  return { ms: performance.now() - began, bytes };
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
  const once = { ms: performance.now() - began, bytes: bytesReadBy(bot.child.pid) ?? 0 };
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
    const ask = async () => {
      const [before, began] = [bytesReadBy(web.child.pid) ?? 0, performance.now()];
      const answer = await fetch(new URL(of(asked.asks[0] ?? ''), entry), { headers: { cookie } });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`);
      return { ms: performance.now() - began, bytes: (bytesReadBy(web.child.pid) ?? 0) - before };
    };
    await ask();
    took.set(asked, together(await times(4 * rounds, ask)));
  }
  web.child.kill('SIGINT');
  await web.exited;
  return took;
}

/** From files and their caches; undefined: the process is over. */
function bytesReadBy(pid: number | undefined): number | undefined {
  try {
    return Number(/rchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

function figureOf({ name, readsAll }: Asked, took: readonly Took[]): Figure {
  const middle = took.map(({ ms }) => percentile(ms, 0.5));
  const each = took.map(({ ms, bytes }, at) => {
    const [p50, p95] = [percentile(ms, 0.5), percentile(ms, 0.95)].map((value) => thousands(value));
    return `${thousands(sizes[at] ?? 0)} posts: p50 ${p50} ms, p95 ${p95} ms, ${(bytes / 1e6).toFixed(1)} MB read`;
  });
  const value = (middle.at(-1) ?? 0) / (middle[0] ?? 1);
  const target = readsAll === true ? 'reads all' : `<= ${most} x`;
  return { name: `years: ${name}`, measured: each.join('; '), value, target, met: readsAll === true || value <= most };
}
