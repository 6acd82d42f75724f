import { findCitations } from '../cables/citations/find.ts';
import type { Cable } from '../core/cable.ts';
import type { Citation, Resolution } from '../core/citation.ts';
import type { Cables } from '../app/open-cables.ts';

/** A cable that somebody names, in any form that people write. */
export interface LookedUp {
  readonly resolution: Resolution;
  /** Paragraphs that were named beside it. */
  readonly paragraphs: readonly number[];
  /** Undefined where its text is not at hand, or it is not clear which one is meant. */
  readonly cable: Cable | undefined;
}

/** Undefined: nothing in it names a cable. */
export async function lookUp(written: string, { corpus, resolver }: Cables): Promise<LookedUp | undefined> {
  // Without a year a station counts in capitals only, lest posts be full of them.
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
