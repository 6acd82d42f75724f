import type { Resolution } from '../core/citation.ts';
import type { CitingPost, ReadingPost } from '../core/digest.ts';
import { cableOf, pinsOf, referencesIn, type Selection } from './tally.ts';

/** A short list: the others are counted. */
const mostPosts = 5;

/** Of a period: those that may be shown, as long as some of them are deleted later. */
const mostCandidates = 20;

/** Posts worth reading, one a person: first those that cite the most paragraphs, then the most cables, then the earliest. */
export function readingIn(posts: readonly CitingPost[], selection: Selection): ReadingPost[] {
  return best(posts, selection, mostPosts).map(({ url, post: { platform, createdAt }, cites }) => {
    return { url, platform, createdAt: new Date(createdAt).toISOString(), cites };
  });
}

/** The posts of which an edition shows the first that are not deleted. */
export function candidatesIn(posts: readonly CitingPost[], selection: Selection): CitingPost[] {
  return best(posts, selection, mostCandidates).map(({ post }) => post);
}

function best(posts: readonly CitingPost[], selection: Selection, most: number) {
  const found = posts.flatMap((post) => {
    if (post.page === null) return [];
    const cites = citesIn(referencesIn(post, selection) ?? []);
    return cites.length === 0 ? [] : [{ post, page: post.page, cites, pins: pinned(cites) }];
  });
  const inOrder = found.toSorted(
    (a, b) => b.pins - a.pins || b.cites.length - a.cites.length || a.post.createdAt - b.post.createdAt,
  );
  const chosen = new Map<string, { readonly url: string; readonly post: CitingPost; readonly cites: Cites }>();
  for (const { post, page, cites } of inOrder) {
    const person = `${post.platform}:${post.author}`;
    const url = chosen.has(person) ? undefined : webUrl(page);
    if (url !== undefined) chosen.set(person, { url, post, cites });
    if (chosen.size === most) break;
  }
  return [...chosen.values()];
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
