import type { Resolution } from '../core/citation.ts';
import type { CountedPost, Coverage, Digest, DigestCable, DigestGap, Gap, Ranking, Tally } from '../core/digest.ts';
import { addDays, type DateText } from '../core/zone.ts';
import { outcomeParts } from './outcome.ts';
import { compared, dueAt, spanOf } from './period.ts';
import { cableOf, type Counting, isPublic, isZero, labelOf, minus, referencesIn } from './tally.ts';

/** The settings of a digest that change its content. */
export interface DigestTerms extends Counting {
  /** When the edition of the period before is made, in minutes after midnight. */
  readonly at: number;
  readonly ranking: Ranking;
  readonly language: Digest['language'];
}

/** The data from which a digest is built: a period, and those before it. */
export interface Material {
  readonly date: DateText;
  /** Posts that were written in it. */
  readonly posts: readonly CountedPost[];
  /** Their tally: the published figures. */
  readonly tally: Tally;
  /** Tallies of the periods before, as many as it is compared with. */
  readonly before: readonly Tally[];
  /** Cables that were cited before it. */
  readonly cited: ReadonlySet<string>;
  readonly gaps: readonly Gap[];
  /** Names of the feeds that are read. */
  readonly feeds: readonly string[];
  /** Periods with an edition: the published tally, corrections included, and the tally as the ledger has it now. */
  readonly editions: readonly { readonly date: DateText; readonly published: Tally; readonly now: Tally }[];
  /** The current time, if the period is not over. */
  readonly unfinished?: number | undefined;
}

/** What exceeds these limits is counted, not listed. */
const most = { cables: 200, unresolved: 100, paragraphs: 5, candidates: 5 };

/** Builds a digest; the same material gives the same bytes. */
export function build(material: Material, terms: DigestTerms): Digest {
  const { date, posts, tally, unfinished } = material;
  const { name, timezone, period, language, ranking } = terms;
  const { from: start, to: end } = spanOf(date, terms);
  const references = posts.filter(isPublic).flatMap((post) => referencesIn(post, terms) ?? []);
  const cables = cablesOf(tally, references, material, compared[period]).toSorted(orders(compared[period])[ranking]);
  const unresolved = unresolvedOf(tally, references);
  const corrections = correctionsOf(material);
  return {
    digest: name,
    date,
    period,
    timezone,
    language,
    ranking,
    start: iso(start),
    end: iso(end),
    due: iso(dueAt(date, terms)),
    ...(unfinished !== undefined && { unfinished: iso(unfinished) }),
    totals: {
      posts: tally.totals['posts'] ?? 0,
      references: tally.totals['references'] ?? 0,
      cables: cables.length,
      notPublic: tally.totals['notPublic'] ?? 0,
    },
    ...timesOf(tally, material, terms),
    before: material.before.reduce((sum, { totals }) => sum + (totals['posts'] ?? 0), 0),
    platforms: byCount(tally.platforms).map(([platform, count]) => ({ platform, posts: count })),
    cables: cables.slice(0, most.cables),
    moreCables: Math.max(0, cables.length - most.cables),
    sites: byCount(tally.sites).map(([site, count]) => ({ site, references: count })),
    unresolved: unresolved.slice(0, most.unresolved),
    moreUnresolved: Math.max(0, unresolved.length - most.unresolved),
    outcomes: byCount(tally.outcomes).map(([written, count]) => ({ ...outcomeParts(written), posts: count })),
    coverage: {
      ...coverageOf(material, tally.feeds, { start, end: unfinished ?? end }),
      late: corrections.reduce((sum, { changes }) => sum + Math.max(0, changes.totals['posts'] ?? 0), 0),
    },
    corrections,
  };
}

/** A part of a period. Milliseconds since the Unix epoch. */
type Span = Readonly<Record<'start' | 'end', number>>;

/** References by day of a week, or by hour of a day. */
function timesOf({ hours }: Tally, { date }: Material, { period }: DigestTerms): Pick<Digest, 'days' | 'hours'> {
  const counts = (length: number, nameOf: (at: number) => string) =>
    Array.from({ length }, (_, at) => hours[nameOf(at)] ?? 0);
  if (period === 'week') return { days: counts(7, (day) => addDays(date, day)), hours: [] };
  return { hours: counts(24, (hour) => String(hour).padStart(2, '0')) };
}

/** What was read in that time, and the gaps. `posts`: their number by feed. */
function coverageOf({ gaps, feeds }: Material, posts: Tally['feeds'], span: Span): Omit<Coverage, 'late'> {
  const names = [...new Set([...feeds, ...Object.keys(posts)])].toSorted();
  const gapsOf = (name: string | null) =>
    within(
      gaps.filter(({ feed }) => feed === name),
      span,
    );
  return {
    feeds: names.map((feed) => ({ feed, posts: posts[feed] ?? 0, gaps: gapsOf(feed) })),
    gaps: gapsOf(null),
  };
}

/** The gaps within the span; adjacent and overlapping ones are merged. */
function within(gaps: readonly Gap[], { start, end }: Span): DigestGap[] {
  const merged: { from: number; to: number; why: Gap['why'] }[] = [];
  for (const { from, to, why } of gaps.toSorted((a, b) => a.from - b.from || (a.to ?? end) - (b.to ?? end))) {
    const part = { from: Math.max(from, start), to: Math.min(to ?? end, end), why };
    if (part.from >= part.to) continue;
    const last = merged.at(-1);
    if (last === undefined || part.from > last.to) merged.push(part);
    else last.to = Math.max(last.to, part.to);
  }
  return merged.map(({ from, to, why }) => ({ from: iso(from), to: iso(to), why }));
}

function correctionsOf({ editions }: Material): Digest['corrections'] {
  return editions
    .map(({ date, published, now }) => ({ date, changes: minus(now, published) }))
    .filter(({ changes }) => !isZero(changes))
    .toSorted((a, b) => (a.date < b.date ? -1 : 1));
}

function cablesOf(
  tally: Tally,
  references: readonly Resolution[],
  { before, cited }: Material,
  periods: number,
): DigestCable[] {
  const byCable = Map.groupBy(references, cableOf);
  const paragraphs = Map.groupBy(byCount(tally.paragraphs), ([pin]) => pin.split(' ')[0]);
  return Object.entries(tally.cables).map(([referenceId, count]) => {
    const all = byCable.get(referenceId) ?? [];
    // The latest resolution knows the cable best.
    const facts = all.findLast(({ cable }) => cable !== null)?.cable;
    const earlier = before.reduce((sum, { cables }) => sum + (cables[referenceId] ?? 0), 0);
    const isNew = !cited.has(referenceId);
    return {
      referenceId,
      subject: facts?.subject ?? null,
      created: facts?.created ?? null,
      classification: facts?.classification ?? null,
      origin: facts?.origin ?? null,
      url: linkTo(all.at(-1)),
      references: count,
      paragraphs: (paragraphs.get(referenceId) ?? [])
        .slice(0, most.paragraphs)
        .map(([pin, cites]) => ({ number: Number(pin.split(' ')[1]), references: cites })),
      isNew,
      isRising: !isNew && count >= 3 && count >= 2 * (earlier / periods),
      before: earlier,
    };
  });
}

/** The URL of the cable without a paragraph. */
function linkTo(resolution: Resolution | undefined): string | null {
  return resolution?.links[0]?.url.replace(/#.*$/, '') ?? null;
}

function unresolvedOf(tally: Tally, references: readonly Resolution[]): Digest['unresolved'] {
  const open = references.filter((resolution) => cableOf(resolution) === undefined);
  const byLabel = Map.groupBy(open, labelOf);
  return byCount(tally.unresolved).map(([reference, count]) => {
    const candidates = byLabel.get(reference)?.flatMap((one) => one.candidates.map(({ referenceId }) => referenceId));
    return { reference, references: count, candidates: [...new Set(candidates)].slice(0, most.candidates) };
  });
}

type Order = (a: DigestCable, b: DigestCable) => number;

const mentions: Order = (a, b) => b.references - a.references || (a.referenceId < b.referenceId ? -1 : 1);

/** `periods`: how many it is compared with. */
function orders(periods: number): Readonly<Record<Ranking, Order>> {
  const rise = ({ references, before }: DigestCable) => references - before / periods;
  return {
    mentions,
    new: (a, b) => Number(b.isNew) - Number(a.isNew) || mentions(a, b),
    rising: (a, b) => rise(b) - rise(a) || mentions(a, b),
  };
}

/** The greatest first, ties in the order of their names. */
function byCount(counts: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(counts).toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
