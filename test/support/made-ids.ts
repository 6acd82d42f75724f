import { readTable } from '../../src/cables/tsv.ts';
import { seeded } from './make-posts.ts';
import type { ListedId } from './samples.ts';
import { knownAliases, knownCorrections } from './tables.ts';

export interface MadeId extends ListedId {
  /** The canonical ID: another where `id` is malformed, as one in fifty is. */
  readonly right: string;
}

/** A made list in the form of the published one: each ID once, from stations and years with cables, in its month's stretch of serials. */
export function madeIds(seed: number, count = 5000): MadeId[] {
  const random = seeded(seed);
  const corrections = knownCorrections();
  const malformed = [...corrections];
  const stretches = allStretches();
  const made = new Map<string, MadeId>();
  while (made.size < count) {
    const { year, station, month, first, last } = pick(stretches, random);
    const serial = first + Math.floor(random() * (last - first + 1));
    const id = `${year.slice(2)}${station}${serial}`;
    if (!corrections.has(id)) made.set(id, { id, month, right: id });
    if (made.size % 50 !== 0) continue;
    const [wrong, right] = pick(malformed, random);
    made.set(wrong, { id: wrong, month, right });
  }
  return [...made.values()].slice(0, count);
}

interface Stretch {
  readonly station: string;
  readonly year: string;
  readonly month: number;
  readonly first: number;
  readonly last: number;
}

/** A few names are also aliases of another station; what they mean depends on the serial, so no ID is made of them. */
function allStretches(): Stretch[] {
  const aliases = knownAliases();
  const rows = readTable('months.tsv').filter(([station = '']) => !aliases.has(station));
  return rows.flatMap(([station = '', year = '', highest = '', starts = '']) => {
    const borders = starts.split(' ').map((start) => start.split(':').map(Number));
    return borders.map(([month = 0, first = 0], index) => {
      const last = borders[index + 1]?.[1] ?? Number(highest) + 1;
      return { station, year, month, first, last: last - 1 };
    });
  });
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}
