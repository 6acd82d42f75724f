import type { ReferenceId } from '../../core/cable.ts';
import type { Citation, CitationKind, Clues } from '../../core/citation.ts';
import { partsOf } from '../ids/reference-id.ts';

/** A place where a post names a cable, before pin cites are assigned and repeats are merged. */
export interface Found {
  readonly kind: CitationKind;
  readonly strength: 'strong' | 'weak';
  /** [start, end); null when it comes from the platform's lists alone. */
  readonly span: readonly [number, number] | null;
  /** The text as written, if there is no span. */
  readonly written: string | null;
  readonly id: ReferenceId | null;
  readonly paragraphs: readonly number[];
  readonly clues: Clues | null;
}

export const noClues: Clues = { station: null, serial: null, year: null, month: null, quotation: null };

/** A place that names no ID. */
export function foundByClues(kind: CitationKind, span: readonly [number, number], clues: Partial<Clues>): Found {
  return { kind, strength: 'weak', span, written: null, id: null, paragraphs: [], clues: { ...noClues, ...clues } };
}

/** True for numbers that people write as years: after a place they are a date rather than a serial. */
export function looksLikeYear(digits: string): boolean {
  return /^(?:19|20)\d\d$/.test(digits);
}

/** Adds those of `more` that do not overlap one of `found`. */
export function withMore(found: readonly Found[], more: readonly Found[]): readonly Found[] {
  if (more.length === 0) return found;
  const taken = stretchesOf(found);
  return [...found, ...more.filter(({ span }) => span === null || !overlaps(taken, span))];
}

/** Adds descriptions, except those of a cable whose ID the post has. */
export function withDescriptions(found: readonly Found[], descriptions: readonly Found[]): readonly Found[] {
  if (descriptions.length === 0 || found.length === 0) return found.length === 0 ? descriptions : found;
  const named = new Set<string>();
  for (const { id } of found) {
    const parts = id === null ? undefined : partsOf(id);
    if (parts) named.add(`${parts.station} ${parts.serial}`);
  }
  return withMore(
    found,
    descriptions.filter(({ clues }) => !named.has(`${clues?.station} ${clues?.serial}`)),
  );
}

/** Their spans in text order. */
export function stretchesOf(found: readonly Found[]): (readonly [number, number])[] {
  const stretches: (readonly [number, number])[] = [];
  for (const { span } of inOrder(found)) if (span !== null) stretches.push(span);
  return stretches;
}

/** In text order; citations without a span come last. */
export function inOrder(found: readonly Found[]): readonly Found[] {
  if (found.length < 2) return found;
  return found.toSorted((a, b) => (a.span?.[0] ?? Infinity) - (b.span?.[0] ?? Infinity) || 0);
}

/** One citation per cable and set of paragraphs; the whole cable adds nothing beside one of its paragraphs. */
export function merge(text: string, found: readonly Found[], most: number): { citations: Citation[]; surplus: number } {
  const [only] = found;
  if (found.length < 2) return { citations: only === undefined ? [] : [citationOf(text, only)], surplus: 0 };
  const pinned = new Set(found.filter(({ paragraphs }) => paragraphs.length > 0).map(nameOf));
  const seen = new Set<string>();
  const citations: Citation[] = [];
  for (const one of found) {
    const name = nameOf(one);
    if (one.paragraphs.length === 0 && pinned.has(name)) continue;
    const key = `${name} ${one.paragraphs.join(',')}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (citations.length < most) citations.push(citationOf(text, one));
  }
  return { citations, surplus: seen.size - citations.length };
}

function nameOf({ id, clues }: Found): string {
  return id ?? JSON.stringify(clues);
}

function citationOf(text: string, found: Found): Citation {
  const { kind, strength, span, id, paragraphs, clues } = found;
  const written = span === null ? (found.written ?? '') : text.slice(...span);
  return { kind, strength, written, span, referenceId: id, paragraphs, clues };
}

/** True if a stretch overlaps one of `stretches`, which are ascending and disjoint. */
function overlaps(stretches: readonly (readonly [number, number])[], [start, end]: readonly [number, number]): boolean {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stretches[middle]?.[1] ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  const stretch = stretches[low];
  return stretch !== undefined && stretch[0] < end;
}
