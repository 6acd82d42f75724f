import type { CableBrief } from './corpus.ts';

/** Facets of cables in lists, besides the date. */
export type Facet = 'station' | 'classification' | 'tag';

export interface IndexQuery {
  /** All years if left out. */
  readonly year?: number | undefined;
  /** 1 to 12, of that year. */
  readonly month?: number | undefined;
  /** Only cables of this station (`ASTANA`), classification (as printed) or TAG. */
  readonly of?: { readonly facet: Facet; readonly name: string } | undefined;
  /** Page token: `next` of the previous page. */
  readonly after?: string | undefined;
  readonly most: number;
}

/** A page of a list in chronological order; cables without a time come last. */
export interface IndexPage {
  readonly cables: readonly CableBrief[];
  /** Undefined on the last page. */
  readonly next: string | undefined;
}

/** The answer may be synchronous. */
type Answered<T> = T | Promise<T>;

/** Cables in lists. */
export interface CableIndex {
  readonly size: number;
  list(query: IndexQuery): Answered<IndexPage>;
  /** Counts by year, by month of a year (`01`), or by facet; ordered by name. */
  groups(by: 'date' | Facet, year?: number): Answered<readonly Group[]>;
}

export interface Group {
  readonly name: string;
  readonly cables: number;
}

/** Sort key of a cable in a list: `2007-08-19T23:55Z 07ASTANA2244`. */
function keyOf({ created, referenceId }: Pick<CableBrief, 'created' | 'referenceId'>): string {
  return `${created ?? undatedKey} ${referenceId}`;
}

/** Sorts after every time. */
export const undatedKey = '~';

/** The times of a year or month: start inclusive, end exclusive. */
export function spanOf({ year, month }: Pick<IndexQuery, 'year' | 'month'>): readonly [string, string] {
  if (year === undefined) return ['', '~~'];
  const start = month === undefined ? String(year) : `${year}-${String(month).padStart(2, '0')}`;
  return [start, `${start}~`];
}

/** Makes a page from entries; one more than `most` was read. */
export function pageOf(entries: readonly CableBrief[], most: number): IndexPage {
  const last = entries.length > most ? entries[most - 1] : undefined;
  return { cables: entries.slice(0, most), next: last && keyOf(last) };
}

/**
 * Combines the imported texts with the catalogue, which may have more cables. Everything but a cable's ID comes from its
 * text. Lists by classification or TAG have only cables with a text.
 */
export function combineIndexes(
  texts: readonly CableIndex[],
  /** Called for each query. */
  catalogue: () => CableIndex | undefined,
  briefOf: (id: CableBrief['referenceId']) => Promise<CableBrief | undefined>,
): CableIndex {
  const known = () => texts.reduce((sum, { size }) => sum + size, 0);
  const whole = (by: Facet | 'date' | undefined) => {
    const listed = by === 'classification' || by === 'tag' ? undefined : catalogue();
    return listed !== undefined && listed.size > known() ? listed : undefined;
  };
  return {
    get size() {
      return Math.max(known(), catalogue()?.size ?? 0);
    },
    async list(query) {
      const listed = await whole(query.of?.facet)?.list(query);
      if (listed !== undefined) {
        const cables = await Promise.all(
          listed.cables.map(async (cable) => (await briefOf(cable.referenceId)) ?? cable),
        );
        return { ...listed, cables };
      }
      const pages = await Promise.all(texts.map(async (index) => await index.list({ ...query, most: query.most + 1 })));
      return pageOf(inTime(pages.flatMap(({ cables }) => cables)), query.most);
    },
    async groups(by, year) {
      const listed = await whole(by)?.groups(by, year);
      return listed ?? summed((await Promise.all(texts.map(async (index) => await index.groups(by, year)))).flat());
    },
  };
}

/** Without repeats, of which the first counts; earliest first, cables without a time last. */
export function inTime(cables: readonly CableBrief[]): CableBrief[] {
  const byId = new Map(cables.toReversed().map((cable) => [cable.referenceId, cable]));
  return inOrder([...byId.values()], keyOf);
}

function summed(groups: readonly Group[]): Group[] {
  const sums = new Map<string, number>();
  for (const { name, cables } of groups) sums.set(name, (sums.get(name) ?? 0) + cables);
  return inOrder(
    [...sums].map(([name, cables]) => ({ name, cables })),
    ({ name }) => name,
  );
}

function inOrder<T>(all: readonly T[], key: (one: T) => string): T[] {
  return all.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
