import type { Resolution } from '../core/citation.ts';
import {
  type CitingPost,
  type CountedPost,
  type DigestFilter,
  type Period,
  type Tally,
  type TallyGroup,
  tallyGroups,
} from '../core/digest.ts';
import { localTime } from '../core/zone.ts';
import { outcomeOf } from './outcome.ts';

/** The settings of a digest that change its counts. */
export interface Counting {
  readonly name: string;
  readonly timezone: string;
  readonly period: Period;
  readonly filter: DigestFilter;
  /** Names of the publishers that only log: what they have is no answer. */
  readonly logs: ReadonlySet<string>;
}

/** The settings that select posts and citations. */
export type Selection = Pick<Counting, 'name' | 'filter'>;

const countedActions: readonly string[] = ['reply', 'hold', 'record', 'digest'];

/** Counts these posts. */
export function tallyOf(posts: readonly CountedPost[], counting: Counting): Tally {
  const tallying = openTally(counting);
  tallying.add(posts);
  return tallying.tally();
}

/** Counts posts as they are read. */
export function openTally(counting: Counting) {
  const counts = newCounts();
  return {
    add(posts: readonly CountedPost[]): void {
      for (const post of posts) countPost(counts, post, counting);
    },
    tally: () => tallyFrom(counts),
  };
}

function countPost(counts: Counts, post: CountedPost, counting: Counting): void {
  const references = referencesIn(post, counting);
  if (references === undefined) return;
  if (!isPublic(post)) return add(counts, 'totals', 'notPublic', 1);
  add(counts, 'outcomes', outcomeOf(post, counting.logs), 1);
  if (references.length > 0) countReferences(counts, post, references, counting);
}

/** The references of a post that the digest counts, one for each cable; undefined: the digest does not count the post. */
export function referencesIn(
  { platform, feed, verdict, resolutions }: Pick<CitingPost, 'platform' | 'feed' | 'verdict' | 'resolutions'>,
  { name, filter }: Selection,
): readonly Resolution[] | undefined {
  const { platforms, feeds, labels, stations, classifications, actions = countedActions } = filter;
  if (verdict?.digest !== undefined && verdict.digest !== name) return undefined;
  if (!isAmong(platform, platforms) || !isAmong(feed, feeds)) return undefined;
  if (labels !== undefined && !labels.some((label) => verdict?.labels?.includes(label))) return undefined;
  const wanted = resolutions.filter(
    ({ traits, cable }) =>
      isAmong(traits.station ?? '', stations) && isAmong(cable?.classification?.toLowerCase() ?? '', classifications),
  );
  const asksForCables = stations !== undefined || classifications !== undefined;
  if (wanted.length === 0 && (resolutions.length > 0 || asksForCables)) return undefined;
  return verdict !== null && isAmong(verdict.action, actions) ? wanted : [];
}

/** Posts that are not public are counted in `notPublic` only. */
export function isPublic({ visibility }: Pick<CountedPost, 'visibility'>): boolean {
  return visibility === 'public' || visibility === 'unlisted';
}

/** The cable for which a reference counts; undefined: it is not certain. */
export function cableOf({ referenceId, status }: Resolution): string | undefined {
  return status === 'ambiguous' || status === 'unknown-cable' ? undefined : (referenceId ?? undefined);
}

/** Label of a reference without a certain cable: an ID as written, otherwise only the kind of the citation. */
export function labelOf({ referenceId, written, traits }: Resolution): string {
  if (referenceId !== null) return referenceId;
  if (traits.kind !== 'hashtag' && traits.kind !== 'id' && traits.kind !== 'no-year') return traits.kind;
  return written.replace(/^#/, '').replaceAll(/\s+/g, ' ').toUpperCase().slice(0, 60);
}

export function total(tallies: readonly Tally[]): Tally {
  const [only, ...others] = tallies;
  return only !== undefined && others.length === 0 ? only : sum(...tallies.map((tally): [Tally, 1] => [tally, 1]));
}

export function minus(a: Tally, b: Tally): Tally {
  return sum([a, 1], [b, -1]);
}

function sum(...tallies: readonly [Tally, sign: 1 | -1][]): Tally {
  const counts = newCounts();
  for (const [tally, sign] of tallies)
    for (const [group, name, count] of entries(tally)) add(counts, group, name, sign * count);
  return tallyFrom(counts);
}

export function isZero(tally: Tally): boolean {
  return [...entries(tally)].length === 0;
}

type Counts = ReadonlyMap<TallyGroup, Map<string, number>>;

function newCounts(): Counts {
  return new Map(tallyGroups.map((group) => [group, new Map<string, number>()]));
}

function add(counts: Counts, group: TallyGroup, name: string, count: number): void {
  const named = counts.get(group)!;
  named.set(name, (named.get(name) ?? 0) + count);
}

function tallyFrom(counts: Counts): Tally {
  const sorted = (named: ReadonlyMap<string, number>) =>
    Object.fromEntries(
      [...named.keys()].toSorted().flatMap((name) => {
        const count = named.get(name);
        return count === undefined || count === 0 ? [] : [[name, count]];
      }),
    );
  return Object.fromEntries([...counts].map(([group, named]) => [group, sorted(named)])) as Tally;
}

function* entries(tally: Tally): Iterable<[TallyGroup, string, number]> {
  for (const group of tallyGroups) for (const [name, count] of Object.entries(tally[group])) yield [group, name, count];
}

function countReferences(
  counts: Counts,
  post: CountedPost,
  references: readonly Resolution[],
  counting: Counting,
): void {
  const { date, minutes } = localTime(post.createdAt, counting.timezone);
  const when = counting.period === 'week' ? date : String(Math.floor(minutes / 60)).padStart(2, '0');
  add(counts, 'totals', 'posts', 1);
  add(counts, 'platforms', post.platform, 1);
  add(counts, 'feeds', post.feed, 1);
  const names = new Set<string>();
  for (const reference of references) {
    const cable = cableOf(reference);
    const name = cable ?? labelOf(reference);
    if (cable !== undefined)
      for (const pin of pinsOf(reference).map((number) => `${cable} ${number}`))
        if (isNew(names, pin)) add(counts, 'paragraphs', pin, 1);
    // A post counts once for each cable.
    if (!isNew(names, name)) continue;
    add(counts, 'totals', 'references', 1);
    add(counts, 'hours', when, 1);
    add(counts, cable === undefined ? 'unresolved' : 'cables', name, 1);
    if (reference.traits.kind === 'url') add(counts, 'sites', siteOf(reference.written), 1);
  }
}

/** Existing paragraphs of the cable. */
export function pinsOf({ paragraphs, status }: Resolution): readonly number[] {
  return status === 'unknown-paragraph' ? [] : paragraphs;
}

function isNew(names: Set<string>, name: string): boolean {
  const before = names.size;
  return names.add(name).size > before;
}

/** The host without `www.`. */
function siteOf(url: string): string {
  const full = URL.parse(/^[a-z]+:/i.test(url) ? url : `https://${url}`);
  return full?.hostname.replace(/^www\./, '') ?? 'other';
}

function isAmong(word: string, wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || wanted.includes(word);
}
