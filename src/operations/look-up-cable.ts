import { findCitations } from '../cables/citations/find.ts';
import type { Cable } from '../core/cable.ts';
import type { Citation, Resolution } from '../core/citation.ts';
import type { Cables } from '../app/open-cables.ts';

/** The cable that a text names in any form. */
export interface NamedCable {
  readonly resolution: Resolution;
  /** Paragraphs named with it. */
  readonly paragraphs: readonly number[];
  /** Undefined: its text is not in the corpus, or the citation is ambiguous. */
  readonly cable: Cable | undefined;
}

/** Undefined: the text names no cable. */
export async function lookUp(written: string, { corpus, resolver }: Cables): Promise<NamedCable | undefined> {
  // A station without a year must be in capitals; otherwise ordinary words would count.
  const citation = citationIn(written) ?? citationIn(written.toUpperCase());
  if (citation === undefined) return undefined;
  const resolution = await resolver.resolve(citation);
  const { referenceId, status } = resolution;
  const cable = referenceId === null || status === 'unknown-cable' ? undefined : await corpus.cable(referenceId);
  return { resolution, paragraphs: citation.paragraphs, cable };
}

function citationIn(text: string): Citation | undefined {
  return findCitations({ text, hashtags: [], links: [] }, { weakCounts: true }).citations[0];
}
