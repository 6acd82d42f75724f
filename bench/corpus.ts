import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { placesIn, unpackDocument } from '../src/cables/corpus/import/stored-document.ts';
import { searchIn } from '../src/cables/corpus/search/search-corpus.ts';
import { defaultLimits } from '../src/cables/corpus/sources/limits.ts';
import { openStore, type Store } from '../src/cables/corpus/imported.ts';
import { wordsOf } from '../src/cables/corpus/search/terms.ts';
import { referenceId } from '../src/cables/ids/reference-id.ts';
import { writeDump } from '../test/support/corpus/dump.ts';
import { madeCorpus, type MadeCorpus } from '../test/support/corpus/generate.ts';
import { type Quoted, quoteFrom, withTypos } from '../test/support/corpus/quotations.ts';
import { seeded } from '../test/support/make-posts.ts';
import { type Bench, type Figure, percentile, thousands } from './figure.ts';

/** `CABLES=250000 npm run bench corpus` is the whole corpus, of 1.7 GB. */
const count = Number(process.env['CABLES'] ?? 6000);
/** In a small one, what an import does once weighs more. */
const isWhole = count >= 250_000;
const asked = 1000;

/** A made dump imported, beside FTS5 insertion alone of the same texts; then looked up and searched, beside FTS5 phrase search. */
export const bench: Bench = {
  async run() {
    const dir = mkdtempSync(join(tmpdir(), 'pilcrow-corpus-'));
    try {
      const made = madeCorpus({ count, seed: 20101128 });
      const bytes = await writeDump(join(dir, 'cables.csv'), made);
      const imported = importIn(dir);
      const alone = insertAlone(dir);
      using store = openStore(join(dir, 'corpus.db'));
      const figures = [
        ...importFigures({ bytes, imported, alone }),
        await lookUp(store, made),
        ...quotations(store, made, dir),
      ];
      return isWhole ? figures.map((figure) => ({ ...figure, name: `whole corpus: ${figure.name}` })) : figures;
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

interface Imported {
  readonly ms: number;
  readonly maxRssBytes: number;
}

/** In a process of its own, whose memory is measured. */
function importIn(dir: string): Imported {
  const child = new URL('../test/support/corpus/import-child.ts', import.meta.url).pathname;
  const args = [child, join(dir, 'corpus.db'), '2000', String(defaultLimits.batch), join(dir, 'cables.csv')];
  const out = execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return JSON.parse(out.split('\n')[1] ?? '') as Imported;
}

/** The least that a full-text index takes: FTS5 as it comes, without the texts, in groups as large as the import's. Milliseconds. */
function insertAlone(dir: string): number {
  const corpus = new DatabaseSync(join(dir, 'corpus.db'), { readOnly: true });
  const plain = new DatabaseSync(join(dir, 'plain.db'));
  plain.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma cache_size = -65536');
  plain.exec("create virtual table plain using fts5(text, content='')");
  const insert = plain.prepare('insert into plain (rowid, text) values (?, ?)');
  const documents = corpus.prepare('select number, packed from documents order by number').iterate();
  let ms = 0;
  const timed = (work: () => void): void => {
    const start = performance.now();
    work();
    ms += performance.now() - start;
  };
  plain.exec('begin');
  for (const { number, packed } of documents) {
    if (!(packed instanceof Uint8Array)) continue;
    const places = placesIn(unpackDocument(packed));
    timed(() => {
      for (const [at, { text }] of places.entries()) insert.run(Number(number) * 1024 + at, text);
      if (Number(number) % 2000 === 0) plain.exec('commit; begin');
    });
  }
  timed(() => plain.exec('commit; pragma wal_checkpoint(truncate)'));
  corpus.close();
  plain.close();
  return ms;
}

function importFigures({ bytes, imported, alone }: { bytes: number; imported: Imported; alone: number }): Figure[] {
  const ratio = imported.ms / alone;
  const megabytes = imported.maxRssBytes / 2 ** 20;
  const rate = bytes / 1e6 / (imported.ms / 1000);
  return [
    {
      name: 'corpus import, against FTS5 insertion alone',
      measured: `${(imported.ms / 1000).toFixed(1)} s for ${thousands(count)} cables, ${thousands(bytes / 1e6)} MB (${rate.toFixed(1)} MB/s); FTS5 ${(alone / 1000).toFixed(1)} s`,
      value: ratio,
      target: isWhole ? '<= 1.5 x' : 'no limit',
      met: !isWhole || ratio <= 1.5,
    },
    {
      name: 'corpus import, memory',
      measured: `${thousands(megabytes)} MB at most`,
      value: megabytes,
      target: '< 600 MB',
      met: megabytes < 600,
    },
  ];
}

async function lookUp(store: Store, made: MadeCorpus): Promise<Figure> {
  const random = seeded(1);
  const ids = Array.from({ length: 2 * asked }, () => referenceId(made.cable(Math.floor(random() * count)).id));
  for (const id of ids) await store.cable(id);
  const times = ids.map((id) => timeOf(() => store.cable(id)).ms);
  const p99 = percentile(times, 0.99);
  return {
    name: 'a cable by its ID, warm, p99',
    measured: `p50 ${percentile(times, 0.5).toFixed(3)} ms, p99 ${p99.toFixed(3)} ms`,
    value: p99,
    target: '< 1 ms',
    met: p99 < 1,
  };
}

function quotations(store: Store, made: MadeCorpus, dir: string): Figure[] {
  const random = seeded(2);
  const quoted: Quoted[] = [];
  while (quoted.length < asked) {
    const quote = quoteFrom(made.cable(Math.floor(random() * count)), random);
    if (quote !== undefined) quoted.push(quote);
  }
  const misspelt = quoted.map((quote) => ({ ...quote, words: withTypos(quote.words, 2, random) }));
  const phrases = phraseTimes(join(dir, 'plain.db'), quoted);
  const beside = `FTS5 phrase search p50 ${percentile(phrases, 0.5).toFixed(2)} ms, p99 ${percentile(phrases, 0.99).toFixed(1)} ms`;
  return [
    ...searched(store, quoted, { name: 'exact quotations', least: 0.995, beside }),
    ...searched(store, misspelt, { name: 'quotations with two typos', least: 0.97, beside }),
  ];
}

function searched(
  store: Store,
  quoted: readonly Quoted[],
  { name, least, beside }: { name: string; least: number; beside: string },
): Figure[] {
  for (const { words } of quoted) searchIn(store, words, 10);
  const answers = quoted.map(({ words }) => timeOf(() => searchIn(store, words, 10)));
  const right = answers.filter(({ result: [best] }, at) => {
    const { id, paragraph } = quoted[at] ?? {};
    return best?.referenceId === id && best?.paragraph === paragraph;
  });
  const times = answers.map(({ ms }) => ms);
  const [p50, p99, found] = [percentile(times, 0.5), percentile(times, 0.99), right.length / quoted.length];
  const ms = `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(1)} ms`;
  const target = `>= ${100 * least} %`;
  return [
    {
      name: `${name}, found`,
      measured: `${right.length} of ${quoted.length}`,
      value: 100 * found,
      target,
      met: found >= least,
    },
    { name: `${name}, p50`, measured: `${ms}; ${beside}`, value: p50, target: '< 3 ms', met: p50 < 3 },
    { name: `${name}, p99`, measured: ms, value: p99, target: '< 40 ms', met: p99 < 40 },
  ];
}

function phraseTimes(file: string, quoted: readonly Quoted[]): number[] {
  const plain = new DatabaseSync(file, { readOnly: true });
  const search = plain.prepare('select rowid from plain where plain match ? limit 10');
  const phrases = quoted.map(({ words }) => `"${wordsOf(words).join(' ')}"`);
  for (const phrase of phrases) search.all(phrase);
  const times = phrases.map((phrase) => timeOf(() => search.all(phrase)).ms);
  plain.close();
  return times;
}

function timeOf<T>(work: () => T): { result: T; ms: number } {
  const start = performance.now();
  const result = work();
  return { result, ms: performance.now() - start };
}
