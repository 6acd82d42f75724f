import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { listingOfIds } from '../src/cables/catalogue/catalogue-list.ts';
import { decodeList, encodeList } from '../src/cables/catalogue/list-file.ts';
import { listedIds, samplesAreHere, whereSamplesAre } from '../test/support/samples.ts';
import { pilcrow, pilcrowOnce } from '../test/support/workplace.ts';
import { type Bench, type Figure, percentile, thousands } from './figure.ts';
import { openBusyBot, workplaceOn } from './pages/bot.ts';
import { keyOfYears, pages } from './years/asked.ts';
import { latestEdition, workplaceOf } from './years/workplace.ts';

/** `YEARS=2000000` asks in the largest ledger; it stays in YEARS_FOLDER, if it is given. SECONDS: that a round takes. */
const posts = Number(process.env['YEARS'] ?? 200_000);
const given = process.env['YEARS_FOLDER'];
const seconds = Number(process.env['SECONDS'] ?? 3);
/** Rounds with readers, each between two without: neighbours on a shared machine spoil one or the other, and the middle one counts. */
const roundsWithReaders = 16;
/** A reader's pause after each page. */
const pauseMs = 20;
const all = 251_287;

/** How long each page takes beside a bot at full rate, how much later its answers come, and how long a page of the index takes with all IDs. */
export const bench: Bench = {
  async run() {
    const folder = given ?? join(tmpdir(), 'pilcrow-years');
    const ledger = join(await workplaceOf(folder, posts), '../data/ledger.db');
    const dir = mkdtempSync(join(process.cwd(), 'bench/results/pages-'));
    try {
      return [...(await besideBusyBot(workplaceOn(ledger, dir))), await slowestPage()];
    } finally {
      rmSync(dir, { recursive: true, force: true });
      if (given === undefined) rmSync(folder, { recursive: true });
    }
  },
};

/** Of a round: the time in which 99 of 100 answers came. */
type P99 = number;

async function besideBusyBot(config: string): Promise<Figure[]> {
  await using bot = await openBusyBot(config);
  // As the process that `pilcrow run` starts for its page.
  const web = pilcrow(['web', '--config', config]);
  while (!web.out.includes('http:')) {
    if (web.child.exitCode !== null) throw new Error(`the page does not start: ${web.err}`);
    await delay(20);
  }
  const { out: entry } = await pilcrowOnce(['web', '--url', '--config', config]);
  using readers = reader(entry.trim(), latestEdition(config));
  const quiet: P99[] = [];
  const asked: P99[] = [];
  const took = new Map<string, number[]>();
  let answers = 0;
  const round = async (): Promise<P99> => {
    const ms = await bot.answer(seconds);
    answers += ms.length;
    return percentile(ms, 0.99);
  };
  await round();
  quiet.push(await round());
  for (let rounds = 0; rounds < roundsWithReaders; rounds += 1) {
    readers.go();
    asked.push(await round());
    for (const { path, ms } of await readers.stop()) took.set(path, [...(took.get(path) ?? []), ms]);
    quiet.push(await round());
  }
  web.child.kill('SIGINT');
  await web.exited;
  return [slowestBeside(took), delayed(quiet, asked, { answers, pages: [...took.values()].flat().length })];
}

function slowestBeside(took: ReadonlyMap<string, readonly number[]>): Figure {
  const each = [...took].map(([path, ms]) => ({ path, p50: percentile(ms, 0.5), p95: percentile(ms, 0.95) }));
  const value = Math.max(...each.map(({ p95 }) => p95));
  const slowest = each.toSorted((a, b) => b.p95 - a.p95).slice(0, 4);
  const named = (path: string) => path.replace(encodeURIComponent(keyOfYears), 'KEY');
  const listed = slowest.map(({ path, p50, p95 }) => `${named(path)} ${thousands(p50)} / ${thousands(p95)}`);
  return {
    name: 'the slowest page beside a busy bot, p95, ms',
    measured: `ledger of ${thousands(posts)} posts, ${each.length} pages; the slowest, p50 / p95: ${listed.join(', ')}`,
    value,
    target: '<= 100 ms',
    met: value <= 100,
  };
}

/** Each round with readers against those just before and after it. */
function delayed(quiet: readonly P99[], asked: readonly P99[], of: { answers: number; pages: number }): Figure {
  const between = (ms: P99, before: P99 | undefined, after: P99 | undefined) =>
    ms / Math.sqrt((before ?? Number.NaN) * (after ?? Number.NaN)) - 1;
  const delays = asked.map((ms, at) => between(ms, quiet[at], quiet[at + 1]));
  // Two measurements of the same say how much to make of this.
  const noise = quiet.slice(1, -1).map((ms, at) => between(ms, quiet[at], quiet[at + 2]));
  const spread = (values: readonly number[]) =>
    [0.25, 0.5, 0.75].map((share) => `${(100 * percentile(values, share)).toFixed(0)} %`).join(' / ');
  const [without, beside] = [quiet, asked].map((ms) => percentile(ms, 0.5).toFixed(1));
  const rate = thousands(of.pages / (roundsWithReaders * seconds));
  const value = percentile(delays, 0.5);
  return {
    name: 'answers delayed at p99 by pages',
    measured: `${without} ms without, ${beside} ms with ${rate} pages/s, of ${thousands(of.answers)} answers; quartiles ${spread(delays)}, without pages ${spread(noise)}`,
    value,
    target: '< 0.1',
    met: value < 0.1,
  };
}

interface Reader extends Disposable {
  /** Reads one page after the other from now on. */
  go(): void;
  /** Resolves to how long each took. */
  stop(): Promise<readonly { readonly path: string; readonly ms: number }[]>;
}

function reader(entry: string, edition: string): Reader {
  const script = fileURLToPath(new URL('pages/reader.ts', import.meta.url));
  // Not the edition so far, which counts all that the bot has answered on that day.
  const paths = pages
    .filter(({ readsAll }) => readsAll !== true)
    .map(({ name }) => name.replace('KEY', encodeURIComponent(keyOfYears)).replaceAll('DATE', edition));
  const child = spawn(process.execPath, [script, entry, String(pauseMs), ...paths], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    go: () => child.stdin.write('go\n'),
    async stop() {
      child.stdin.write('stop\n');
      const { value } = await lines.next();
      return JSON.parse(String(value)) as { path: string; ms: number }[];
    },
    [Symbol.dispose]: () => child.stdin.end(),
  };
}

/** All pages of a hundred lists, at the beginning, in the middle and at the end. */
async function slowestPage(): Promise<Figure> {
  const list = decodeList(encodeList(publishedIds()), 'the list');
  const index = listingOfIds(list);
  const years = await index.groups('date');
  const stations = (await index.groups('station')).slice(0, 100);
  const took: number[] = [];
  const measure = (work: () => unknown) => {
    const start = performance.now();
    work();
    took.push(performance.now() - start);
  };
  for (const after of ['0', '125000', '251200']) measure(() => index.list({ after, most: 50 }));
  for (const { name } of years)
    measure(() => [index.list({ year: Number(name), most: 50 }), index.groups('date', Number(name))]);
  for (const { name } of stations) measure(() => index.list({ of: { facet: 'station', name }, most: 50 }));
  const value = Math.max(...took);
  return {
    name: 'the slowest page of the index, ms',
    measured: `${thousands(index.size)} ${samplesAreHere ? '' : 'made '}IDs, ${took.length} pages, ${(took.reduce((a, b) => a + b, 0) / took.length).toFixed(2)} ms on average`,
    value,
    target: '< 50 ms',
    met: value < 50,
  };
}

/** The published IDs with their months where the samples are there; else as many made ones. */
function publishedIds(): Map<string, number> {
  if (samplesAreHere) return new Map(listedIds().map(({ id, month }) => [id, month]));
  process.stderr.write(`pages: of made IDs, no samples: ${whereSamplesAre}\n`);
  const stations = ['ASTANA', 'LONDON', 'STATE', 'PARIS', 'TOKYO', 'MOSCOW', 'ANKARA', 'BERLIN', 'CAIRO', 'KABUL'];
  return new Map(
    Array.from({ length: all }, (_, at): [string, number] => {
      const year = String(Math.floor(at / 35_000) + 3).padStart(2, '0');
      return [`${year}${stations[at % 10]}${(Math.floor(at / 10) % 3500) + 1}`, (at % 12) + 1];
    }),
  );
}
