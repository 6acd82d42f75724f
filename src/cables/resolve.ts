import type { Cable, ReferenceId } from '../core/cable.ts';
import type { Candidate, Citation, Clues, Resolution } from '../core/citation.ts';
import type { Catalogue } from './catalogue.ts';
import type { Corpus, Passage } from './corpus.ts';
import { linksTo, type Sites } from './links.ts';
import { highestSerial, inferredMonth, isPlausible } from './months.ts';
import { formatReferenceId, partsOf, publishedIdOf } from './reference-id.ts';
import { stationNamed } from './stations.ts';
import { traitsOf } from './traits.ts';

/** Looks up what a citation names. */
export interface Resolver {
  /** Never guesses: what may be several cables is `ambiguous`, with all of them as candidates. */
  resolve(citation: Citation): Promise<Resolution>;
}

export interface Sources extends Sites {
  readonly corpus: Corpus;
  readonly catalogue: Catalogue | undefined;
}

export function openResolver(sources: Sources): Resolver {
  return { resolve: (citation) => resolve(sources, citation) };
}

async function resolve(sources: Sources, citation: Citation): Promise<Resolution> {
  if (citation.referenceId !== null) return resolveId(sources, citation, citation.referenceId, citation.paragraphs);
  if (citation.clues === null) return unknown(citation);
  if (citation.clues.quotation !== null) return resolveQuotation(sources, citation, citation.clues.quotation);
  return resolveClues(sources, citation, citation.clues);
}

async function resolveId(
  sources: Sources,
  citation: Citation,
  id: ReferenceId,
  paragraphs: readonly number[],
): Promise<Resolution> {
  const { corpus, catalogue } = sources;
  const cable = await corpus.cable(id);
  const existence = existenceOf(id, cable, catalogue);
  if (existence === 'unknown') return unknown(citation);
  const there = cable === undefined ? paragraphs : paragraphs.filter((number) => hasParagraph(cable, number));
  const status = there.length < paragraphs.length ? 'unknown-paragraph' : existence;
  const linked = { id, cable, catalogue, unverified: existence === 'unverified' };
  return {
    ...unknown(citation),
    referenceId: id,
    publishedId: publishedIdOf(id),
    paragraphs,
    status,
    cable: cable === undefined ? null : factsOf(cable),
    traits: traitsOf({ ...citation, paragraphs }, id, cable),
    // The cable itself where no paragraph is asked for, or one is that it has not.
    links: linksTo(
      linked,
      status === 'unknown-paragraph' || there.length === 0 ? [null, ...there] : there,
      sources,
    ).map((link) =>
      status === 'unknown-paragraph' && link.paragraph === null ? { ...link, why: extentOf(cable) } : link,
    ),
  };
}

function existenceOf(
  id: ReferenceId,
  cable: Cable | undefined,
  catalogue: Catalogue | undefined,
): 'resolved' | 'unverified' | 'unknown' {
  if (cable !== undefined) return 'resolved';
  if (catalogue !== undefined) return catalogue.has(publishedIdOf(id)) ? 'resolved' : 'unknown';
  const parts = partsOf(id);
  return parts !== undefined && isPlausible(parts) ? 'unverified' : 'unknown';
}

function hasParagraph(cable: Cable, paragraph: number): boolean {
  return cable.paragraphs.some(({ number }) => number === paragraph);
}

/** Which paragraphs the text at hand has, for whoever asked for another. */
function extentOf(cable: Cable | undefined): string {
  const numbers = cable?.paragraphs.map(({ number }) => number) ?? [];
  if (numbers.length === 0) return 'the text at hand has no numbered paragraphs';
  return `the text at hand has ${numbers.length} numbered paragraphs, the last is ¶${numbers.at(-1)}`;
}

function factsOf({ subject, created, classification, origin }: Cable): Resolution['cable'] {
  return { subject, created, classification, origin };
}

/** One place needs to have the words clearly better than any other. */
async function resolveQuotation(sources: Sources, citation: Citation, words: string): Promise<Resolution> {
  const [best, ...others] = contendersOf(await sources.corpus.search(words, MOST_PASSAGES));
  if (best === undefined) return unknown(citation);
  if (others.length > 0) return ambiguous(citation, [best, ...others].map(candidateOfPassage));
  return resolveId(sources, citation, best.referenceId, best.paragraph === null ? [] : [best.paragraph]);
}

/** More places than this say nothing. */
const MOST_PASSAGES = 10;
/** Of a quotation's words so many must be there, or it may be of any text. */
const LEAST_SCORE = 0.75;
/** A place that is this much worse is out of the question. */
const CLEAR_MARGIN = 0.15;

/** What has the words letter by letter beats what nearly has them. */
function contendersOf(passages: readonly Passage[]): Passage[] {
  const [best] = passages;
  if (best === undefined || best.score < LEAST_SCORE) return [];
  return passages.filter(({ exact, score }) => exact === best.exact && score > best.score - CLEAR_MARGIN);
}

function candidateOfPassage({ referenceId, paragraph, exact, score }: Passage): Candidate {
  const where = paragraph === null ? 'it' : `¶${paragraph}`;
  const share = exact ? 'these words' : `${Math.floor(score * 100)} % of these words`;
  return { referenceId, distance: 0, reason: `${where} has ${share}` };
}

/** Station and serial, perhaps year and month. Without a list the years count in which the station sent that many cables. */
async function resolveClues(sources: Sources, citation: Citation, clues: Clues): Promise<Resolution> {
  const { corpus, catalogue } = sources;
  const { station, serial } = clues;
  if (station === null || serial === null) return unknown(citation);
  const ids: ReferenceId[] = [];
  for (const year of stationNamed(station)?.years ?? []) {
    const id = formatReferenceId({ year, station, serial });
    if ((clues.year ?? year) !== year) continue;
    const listed = catalogue?.years(station, serial).includes(year);
    const possible = listed ?? serial <= (highestSerial(station, year) ?? 0);
    if (possible || (await corpus.cable(id)) !== undefined) ids.push(id);
  }
  if (ids.length === 0) return unknown(citation);
  const fitting = clues.month === null ? ids : await sentIn(sources, ids, clues.month);
  const [only, other] = fitting;
  // A year that only we supplied is a guess, unless such a cable is known.
  const sure = other === undefined && only !== undefined && (clues.year !== null || (await isKnown(sources, only)));
  if (sure) return resolveId(sources, citation, only, citation.paragraphs);
  const left = fitting.length > 0 ? fitting : ids;
  return ambiguous(citation, await Promise.all(left.map((id) => candidateOfYear(sources, id))));
}

async function isKnown({ corpus, catalogue }: Sources, id: ReferenceId): Promise<boolean> {
  return catalogue?.has(publishedIdOf(id)) === true || (await corpus.cable(id)) !== undefined;
}

async function sentIn(
  { corpus, catalogue }: Sources,
  ids: readonly ReferenceId[],
  month: number,
): Promise<ReferenceId[]> {
  const found: ReferenceId[] = [];
  for (const id of ids) {
    const created = (await corpus.cable(id))?.created?.slice(5, 7);
    const parts = partsOf(id);
    const sent =
      created === undefined
        ? (catalogue?.month(publishedIdOf(id)) ?? (parts && inferredMonth(parts)))
        : Number(created);
    if (sent === month) found.push(id);
  }
  return found;
}

async function candidateOfYear({ corpus, catalogue }: Sources, id: ReferenceId): Promise<Candidate> {
  const year = partsOf(id)?.year;
  const known = (await corpus.cable(id)) === undefined ? undefined : 'its text is at hand';
  const listed = catalogue === undefined ? 'the station sent that many cables in that year' : 'it is listed';
  return { referenceId: id, distance: 0, reason: `the year may be ${year}: ${known ?? listed}` };
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
