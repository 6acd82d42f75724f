import type { ReferenceId } from '../../core/cable.ts';
import type { CitationKind, Clues } from '../../core/citation.ts';

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

/** True for numbers that people write as years: after a place they are a date rather than a serial. */
export function looksLikeYear(digits: string): boolean {
  return /^(?:19|20)\d\d$/.test(digits);
}
