import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type App, openApp } from '../src/app.ts';
import { readConfig } from '../src/config/read.ts';
import { listingOfIds } from '../src/cables/catalogue/catalogue-list.ts';
import { decodeList, encodeList } from '../src/cables/catalogue/list-file.ts';
import { findCitations } from '../src/cables/citations/find.ts';
import type { BotEvent } from '../src/core/event.ts';
import { Post, postKey } from '../src/core/post.ts';
import { ingestPosts } from '../src/ledger/posts/posts.ts';
import { listedIds, samplesAreHere, whereSamplesAre } from '../test/support/samples.ts';
import { pilcrow, writeWorkplace } from '../test/support/workplace.ts';
import { startWorkers } from '../workers/index.ts';
import { type Bench, type Figure, percentile, thousands } from './figure.ts';

/** Seconds that a round takes. */
const seconds = Number(process.env['SECONDS'] ?? 2);
/** Rounds of each kind, in turn. What counts is the middle one: neighbours on a shared machine spoil one or the other. */
const roundsOfAKind = 16;
const groupSize = 100;
const pagesEveryMs = 20;
const all = 251_287;
const readerScript = fileURLToPath(new URL('pages/reader.ts', import.meta.url));

/** How much later answers go out while cable pages are asked for, and how long a page of the index takes with all IDs. */
export const bench: Bench = {
  async run() {
    const dir = mkdtempSync(join(process.cwd(), 'bench/results/pages-'));
    try {
      return [await delayOfAnswers(dir), await slowestPage()];
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

async function delayOfAnswers(dir: string): Promise<Figure> {
  const file = writeWorkplace(dir, []);
  writeFileSync(join(dir, 'rules.yaml'), 'rules: [{ name: all, action: reply }]\n');
  const written = readFileSync(file, 'utf8')
    .replace(/^rules: .*$/m, 'rules: rules.yaml')
    .replace(/^web: .*$/m, '');
  writeFileSync(file, `${written}web: { listen: "127.0.0.1:0", cables: public }\n`);
  const waiting = new Map<string, () => void>();
  const emit = (event: BotEvent) => {
    if (event.kind === 'sent') waiting.get(event.payload.replyTo.key)?.();
  };
  const never = new AbortController().signal;
  await using app = await openApp(readConfig({ config: file }), { emit, stopping: never, hurry: never });
  await using _workers = startWorkers(app);
  // The page is in a process of its own, as `pilcrow web` is beside a bot.
  const web = pilcrow(['web', '--config', file]);
  const origin = await addressIn(web);
  const rounds: Record<'quiet' | 'asked', number[][]> = { quiet: [], asked: [] };
  using readers = reader(origin);
  await flood(app, waiting, 1);
  let pages = 0;
  for (let round = 0; round < 2 * roundsOfAKind; round += 1) {
    const kind = round % 2 === 0 ? 'quiet' : 'asked';
    if (kind === 'asked') readers.go();
    rounds[kind].push(await flood(app, waiting, seconds));
    if (kind === 'asked') pages += await readers.stop();
  }
  web.child.kill('SIGINT');
  await web.exited;
  const [before, meanwhile] = [middleP99(rounds.quiet), middleP99(rounds.asked)];
  // How far two measurements of the same are apart says how much to make of this one.
  const [odd = [], even = []] = [1, 0].map((rest) => rounds.quiet.filter((_, at) => at % 2 === rest));
  const noise = Math.abs(middleP99(odd) / middleP99(even) - 1);
  const value = meanwhile / before - 1;
  const answers = [...rounds.quiet, ...rounds.asked].reduce((sum, { length }) => sum + length, 0);
  return {
    name: 'answers delayed at p99 by cable pages',
    measured: `${before.toFixed(1)} ms without, ${meanwhile.toFixed(1)} ms with ${thousands(pages / (roundsOfAKind * seconds))} pages/s, of ${thousands(answers)} answers; quiet rounds among themselves differ by ${(100 * noise).toFixed(0)} %`,
    value,
    target: '< 0.1',
    met: value < 0.1,
  };
}

async function addressIn(web: ReturnType<typeof pilcrow>): Promise<string> {
  for (;;) {
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(web.out)?.[0];
    if (found !== undefined) return found;
    if (web.child.exitCode !== null) throw new Error(`the page does not start: ${web.err}`);
    await delay(20);
  }
}

let made = 0;

/** Posts in groups, the next one when the one before is answered: as fast as the bot works. Returns how long each took, in milliseconds. */
async function flood(app: App, waiting: Map<string, () => void>, forSeconds: number): Promise<number[]> {
  const took: number[] = [];
  const end = performance.now() + forSeconds * 1000;
  while (performance.now() < end) {
    const posts = Array.from({ length: groupSize }, () => postOf((made += 1)));
    const now = await app.ledger.now();
    const began = performance.now();
    const answered = posts.map(async ({ post: { key } }) => {
      await new Promise<void>((resolve) => waiting.set(key, resolve));
      waiting.delete(key);
      took.push(performance.now() - began);
    });
    await app.ledger.transact((tx) => ingestPosts(tx, 'posts', posts, now));
    await Promise.all(posts.map(({ post }) => app.queue.enqueue('resolve', post.key)));
    await Promise.all(answered);
  }
  return took;
}

function postOf(n: number) {
  const id = `bench-${n}`;
  const words = `#07ASTANA2244 ¶${(n % 24) + 1}`;
  const post = Post.parse({
    key: postKey('file', id),
    platform: 'file',
    id,
    url: null,
    author: { id: `user${n}`, handle: `user${n}` },
    text: words,
    language: null,
    createdAt: Date.now(),
    hashtags: [],
    links: [],
    summoned: false,
    repost: false,
    visibility: 'public',
    inReplyTo: null,
    thread: id,
  });
  return { post, citations: findCitations(post, { weakCounts: false }).citations, surplus: 0 };
}

interface Reader extends Disposable {
  /** Reads one page after the other from now on. */
  go(): void;
  /** Resolves to how many came. */
  stop(): Promise<number>;
}

function reader(origin: string): Reader {
  const child = spawn(process.execPath, [readerScript, origin, String(pagesEveryMs)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const counts = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    go: () => child.stdin.write('go\n'),
    async stop() {
      child.stdin.write('stop\n');
      return Number((await counts.next()).value);
    },
    [Symbol.dispose]: () => child.stdin.end(),
  };
}

function middleP99(rounds: readonly (readonly number[])[]): number {
  return percentile(
    rounds.map((took) => percentile(took, 0.99)),
    0.5,
  );
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
