import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openCatalogue } from '../src/cables/catalogue/catalogue.ts';
import { findCitations } from '../src/cables/citations/find.ts';
import { openResolver } from '../src/cables/resolve-citation.ts';
import { allStations } from '../src/cables/ids/stations.ts';
import { seeded } from '../test/support/make-posts.ts';
import { noTexts } from '../test/support/no-texts.ts';
import { packedList } from '../test/support/packed-list.ts';
import { type Bench, type Figure, rate } from './figure.ts';

const size = 251_287;

/** A list as long as the public one: what it takes in memory and to load, and what an ID costs that is not in it. */
export const bench: Bench = {
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'pilcrow-catalogue-'));
    try {
      await packedList(madeList(), folder);
      return [...loading(join(folder, 'catalogue')), await repairing(join(folder, 'catalogue'))];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

function loading(file: string): Figure[] {
  const start = performance.now();
  const catalogue = openCatalogue(file);
  const ms = performance.now() - start;
  const before = memory();
  // Many, so that what else comes and goes does not count.
  const more = Array.from({ length: 5 }, () => openCatalogue(file));
  const megabytes = (memory() - before) / 1e6 / more.length;
  const ids = `${catalogue?.size.toLocaleString('en')} IDs`;
  return [
    { name: 'list of IDs in memory', measured: ids, value: megabytes, target: '< 4 MB', met: megabytes < 4 },
    { name: 'list of IDs loaded', measured: ids, value: ms, target: '< 200 ms', met: ms < 200 },
  ];
}

/** Each of these costs every kind of look. */
const bad = [
  '07ASTANA99',
  '07ASTNA2244',
  '2244ASTANA07',
  '07XXXXXXXXXXXXXXX12',
  '17STATE7',
  'O7ROME12',
  '07SETION01OF02LIMA9',
];

async function repairing(file: string): Promise<Figure> {
  const resolver = openResolver({ corpus: noTexts, catalogue: openCatalogue(file), targets: ['viewer'] });
  const text = `#cablegate ${bad.map((id) => `#${id}`).join(' ')}`;
  const { citations } = findCitations({ text, hashtags: [], links: [] }, { weakCounts: false });
  const found = rate(
    bad.length,
    () => void findCitations({ text, hashtags: [], links: [] }, { weakCounts: false }),
    50,
  );
  let best = Infinity;
  for (let round = 0; round < 50; round += 1) {
    const start = performance.now();
    for (const citation of citations) await resolver.resolve(citation, text);
    best = Math.min(best, (performance.now() - start) / citations.length);
  }
  const value = best + 1000 / found;
  const measured = `${(1000 / found).toFixed(2)} ms found, ${best.toFixed(2)} ms resolved`;
  return { name: 'an ID that is not listed', measured, value, target: '< 2 ms', met: value < 2 };
}

function* madeList(): Iterable<readonly [string, number]> {
  const random = seeded(3);
  const stations = allStations().filter(({ years }) => years.length > 0);
  const made = new Set<string>();
  while (made.size < size) {
    const { code, years } = stations[Math.floor(random() ** 2 * stations.length)]!;
    const year = years[Math.floor(random() * years.length)]!;
    const id = `${String(year).slice(2)}${code}${1 + Math.floor(random() * 3000)}`;
    if (!made.has(id)) yield [id, 1 + Math.floor(random() * 12)];
    made.add(id);
  }
}

/** Bytes that are held, of the heap and outside of it. */
function memory(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
