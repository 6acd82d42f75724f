import type { Cable, ReferenceId } from '../core/cable.ts';
import type { Candidate, Citation, Resolution, Traits } from '../core/citation.ts';
import type { Catalogue } from './catalogue/catalogue.ts';
import type { Corpus, Passage } from './corpus/corpus.ts';
import { linksTo, type Sites } from './links/cable-links.ts';
import { type LinkHealth, liveFirst } from './links/live-links.ts';
import { earlierTelegram, isWrittenAsEarlier } from './ids/earlier-telegrams.ts';
import { isPlausible } from './ids/months.ts';
import { partsOf, publishedIdOf } from './ids/reference-id.ts';
import { choose, isDoubtful, type LikelyCandidate, candidatesFrom, candidatesOfClues } from './repair/repair.ts';
import { stationNamed } from './ids/stations.ts';

/** Looks up the cable that a citation names. */
export interface Resolver {
  /**
   * Never guesses: a citation of several possible cables is `ambiguous`, with all of them as candidates. `postText` may
   * decide between them. Errors: the signal's reason, if it is aborted before a quotation is searched.
   */
  resolve(citation: Citation, postText?: string, signal?: AbortSignal): Promise<Resolution>;
}

export interface Sources extends Sites {
  readonly corpus: Corpus;
  readonly catalogue: Catalogue | undefined;
  /** Left out if links are not checked. */
  readonly linkHealth?: LinkHealth | undefined;
}

export function openResolver(sources: Sources): Resolver {
  return { resolve: (citation, postText = '', signal) => resolve(sources, citation, postText, signal) };
}

async function resolve(
  sources: Sources,
  citation: Citation,
  postText: string,
  signal?: AbortSignal,
): Promise<Resolution> {
  const { referenceId, clues, written, kind } = citation;
  if (referenceId !== null) {
    const found = await resolveId(sources, citation, referenceId, citation.paragraphs);
    const isOther = kind !== 'url' && isDoubtful(sources, written, referenceId);
    if (found.status !== 'unknown-cable' && !isOther) return found;
    return resolveCandidates(
      sources,
      citation,
      candidatesFrom(sources, kind === 'url' ? referenceId : written),
      postText,
    );
  }
  if (clues === null) return unknown(citation);
  if (clues.quotation !== null) return resolveQuotation(sources, citation, clues.quotation, signal);
  if (clues.index !== undefined) return resolveIndex(sources, citation, clues.index);
  return resolveCandidates(sources, citation, await candidatesOfClues(sources, clues), postText);
}

/** The number identifies the cable. */
async function resolveIndex(sources: Sources, citation: Citation, index: number): Promise<Resolution> {
  const id = await sources.corpus.numbered(index);
  if (id === undefined) return unknown(citation);
  const reason = `it has number ${index} in the index that newspapers cite`;
  const candidates = [{ referenceId: id, distance: 0, reason }];
  return { ...(await resolveId(sources, citation, id, citation.paragraphs)), candidates };
}

async function resolveId(
  sources: Sources,
  citation: Citation,
  id: ReferenceId,
  paragraphs: readonly number[],
): Promise<Resolution> {
  const { corpus, catalogue } = sources;
  const printed = paragraphs.length === 0 ? undefined : await corpus.printed(id);
  const cable = paragraphs.length === 0 ? await corpus.cable(id) : printed?.cable;
  const existence = existenceOf(id, citation.written, cable, catalogue);
  if (existence === 'unknown') return unknown(citation);
  const existing = cable === undefined ? paragraphs : paragraphs.filter((number) => hasParagraph(cable, number));
  const status = existing.length < paragraphs.length ? 'unknown-paragraph' : existence;
  const linked = { id, cable, body: printed?.body, catalogue, unverified: existence === 'unverified' };
  // The cable itself if no paragraph is cited, or one that it does not have.
  const linkedTo = status === 'unknown-paragraph' || existing.length === 0 ? [null, ...existing] : existing;
  const links = linksTo(linked, linkedTo, sources).map((link) =>
    // True of the cable, but not of what is asked: nobody who filters by `exact` may take it for the paragraph.
    status === 'unknown-paragraph' && link.paragraph === null ? { ...link, exact: false, why: extentOf(cable) } : link,
  );
  return {
    ...unknown(citation),
    referenceId: id,
    publishedId: publishedIdOf(id),
    paragraphs,
    status,
    cable: cable === undefined ? null : factsOf(cable),
    traits: traitsOf({ ...citation, paragraphs }, id, cable),
    links: sources.linkHealth === undefined ? links : await liveFirst(links, sources.linkHealth),
  };
}

function existenceOf(
  id: ReferenceId,
  written: string,
  cable: Cable | undefined,
  catalogue: Catalogue | undefined,
): 'resolved' | 'unverified' | 'unknown' {
  if (cable !== undefined || catalogue?.has(publishedIdOf(id)) === true) return 'resolved';
  // The catalogue lists the cables of 1966 to 2010 that were published together; the telegrams of PlusD's other collections it does not.
  if (isWrittenAsEarlier(written) && earlierTelegram(id) !== undefined) return 'unverified';
  if (catalogue !== undefined) return 'unknown';
  const parts = partsOf(id);
  return parts !== undefined && isPlausible(parts) ? 'unverified' : 'unknown';
}

function hasParagraph(cable: Cable, paragraph: number): boolean {
  return cable.paragraphs.some(({ number }) => number === paragraph);
}

/** Says which paragraphs there are, for a citation of another one. */
function extentOf(cable: Cable | undefined): string {
  const numbers = cable?.paragraphs.map(({ number }) => number) ?? [];
  if (numbers.length === 0) return 'this cable has no numbered paragraphs';
  return `this cable ends at ¶${numbers.at(-1)}`;
}

function factsOf({ subject, created, classification, origin }: Cable): Resolution['cable'] {
  return { subject, created, classification, origin };
}

/** Resolves only if one place matches clearly better than any other. */
async function resolveQuotation(
  sources: Sources,
  citation: Citation,
  words: string,
  signal?: AbortSignal,
): Promise<Resolution> {
  const [best, ...others] = contendersOf(await sources.corpus.search(words, maxPassages, signal));
  if (best === undefined) return unknown(citation);
  if (others.length > 0) return ambiguous(citation, [best, ...others].map(candidateOfPassage));
  return resolveId(sources, citation, best.referenceId, best.paragraph === null ? [] : [best.paragraph]);
}

/** Maximum of places to compare. */
const maxPassages = 10;
/** Minimum share of the quotation's words; with fewer it may be from any text. */
const minScore = 0.75;
/** A place with a score lower by this much is not a contender. */
const clearMargin = 0.15;

/** An exact match beats an approximate one. */
function contendersOf(passages: readonly Passage[]): Passage[] {
  const [best] = passages;
  if (best === undefined || best.score < minScore) return [];
  return passages.filter(({ exact, score }) => exact === best.exact && score > best.score - clearMargin);
}

function candidateOfPassage({ referenceId, paragraph, exact, score }: Passage): Candidate {
  const where = paragraph === null ? 'it' : `¶${paragraph}`;
  const share = exact ? 'these words' : `${Math.floor(score * 100)} % of these words`;
  return { referenceId, distance: 0, reason: `${where} has ${share}` };
}

/** Chooses among candidates by the post's text, only if the choice is certain. */
async function resolveCandidates(
  sources: Sources,
  citation: Citation,
  likely: readonly LikelyCandidate[],
  postText: string,
): Promise<Resolution> {
  const { certain, candidates, sure } = await choose(sources, likely, postText);
  if (certain !== undefined) {
    const found = await resolveId(
      sources,
      { ...citation, referenceId: null },
      certain.referenceId,
      citation.paragraphs,
    );
    const isPlain = likely.every(({ distance, referenceId }) => distance > 0 || referenceId === certain.referenceId);
    // A year that is not written with station and serial is always accounted for.
    const isWhole = typeof citation.clues?.serial !== 'number';
    return { ...found, candidates: certain.distance === 0 && isPlain && isWhole ? [] : candidates };
  }
  // A complete ID may name a cable that does not exist.
  const isAmbiguous = candidates.length > 0 && (sure || citation.referenceId === null);
  return { ...unknown(citation), status: isAmbiguous ? 'ambiguous' : 'unknown-cable', candidates };
}

function ambiguous(citation: Citation, candidates: readonly Candidate[]): Resolution {
  return { ...unknown(citation), status: 'ambiguous', candidates };
}

function unknown(citation: Citation): Resolution {
  const { written, span, referenceId, paragraphs } = citation;
  return {
    written,
    span,
    referenceId,
    publishedId: null,
    paragraphs,
    status: 'unknown-cable',
    cable: null,
    links: [],
    candidates: [],
    traits: traitsOf(citation, referenceId),
  };
}

/** See `Traits`. `id`: of the cable that is cited; null where that is not known. */
export function traitsOf({ kind, paragraphs }: Citation, id: ReferenceId | null, cable?: Cable): Traits {
  const parts = id === null ? undefined : partsOf(id);
  const cited = cable?.paragraphs.filter(({ number }) => paragraphs.includes(number)) ?? [];
  return {
    kind,
    year: parts?.year ?? null,
    station: parts?.station ?? null,
    country: (parts && stationNamed(parts.station)?.country) ?? null,
    tags: cable?.tags ?? [],
    markings: [...new Set(cited.flatMap(({ marking }) => marking ?? []))],
  };
}
