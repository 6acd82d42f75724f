import type { Citation } from '../../core/citation.ts';
import { partsOf } from '../ids/reference-id.ts';
import type { Found } from './found.ts';

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

function citationOf(text: string, { kind, strength, span, written, id, paragraphs, clues }: Found): Citation {
  return {
    kind,
    strength,
    written: span === null ? (written ?? '') : text.slice(span[0], span[1]),
    span,
    referenceId: id,
    paragraphs,
    clues,
  };
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
