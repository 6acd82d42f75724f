import type { Resolution } from '../core/citation.ts';
import type { CitingPost, ReadingPost } from '../core/digest.ts';
import { cableOf, pinsOf, referencesIn, type Selection } from './tally.ts';

/** A short list: the others are counted. */
const mostPosts = 5;

/** Posts worth reading, one a person: first those that cite the most paragraphs, then the most cables, then the earliest. */
export function readingIn(posts: readonly CitingPost[], selection: Selection): ReadingPost[] {
  const found = posts.flatMap(({ page, platform, author, createdAt, ...post }) => {
    if (page === null) return [];
    const cites = citesIn(referencesIn({ platform, ...post }, selection) ?? []);
    return cites.length === 0 ? [] : [{ person: `${platform}:${author}`, page, platform, at: createdAt, cites }];
  });
  const best = found.toSorted(
    (a, b) => pinned(b.cites) - pinned(a.cites) || b.cites.length - a.cites.length || a.at - b.at,
  );
  const reading = new Map<string, ReadingPost>();
  for (const { person, page, platform, at, cites } of best) {
    const url = reading.has(person) ? undefined : webUrl(page);
    if (url !== undefined) reading.set(person, { url, platform, createdAt: new Date(at).toISOString(), cites });
    if (reading.size === mostPosts) break;
  }
  return [...reading.values()];
}

type Cites = ReadingPost['cites'];

function citesIn(references: readonly Resolution[]): Cites {
  const certain = references.flatMap((reference) => {
    const cable = cableOf(reference);
    return cable === undefined ? [] : [{ cable, pins: pinsOf(reference) }];
  });
  const byCable = Map.groupBy(certain, ({ cable }) => cable);
  return [...byCable].map(([referenceId, all]) => {
    return { referenceId, paragraphs: [...new Set(all.flatMap(({ pins }) => pins))].toSorted((a, b) => a - b) };
  });
}

function pinned(cites: Cites): number {
  return cites.reduce((sum, { paragraphs }) => sum + paragraphs.length, 0);
}

/** As browsers write it, so that it is no text of the stranger's; undefined: not of the web, or too long. */
function webUrl(page: string): string | undefined {
  const url = URL.parse(page);
  return url !== null && /^https?:$/.test(url.protocol) && url.href.length <= 500 ? url.href : undefined;
}
