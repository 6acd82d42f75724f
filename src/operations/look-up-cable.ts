import { findCitations } from '../cables/citations/find.ts';
import type { Citation } from '../core/citation.ts';
import type { Cables } from '../app/open-cables.ts';

/**
 * The cable that a text names in any form, and the paragraphs that it names; undefined: it names none. `cable` is undefined if its text is not
 * in the corpus or the citation is ambiguous. Errors: the signal's reason, if it is aborted before a quotation is searched.
 */
export async function lookUp(written: string, { corpus, resolver }: Cables, signal?: AbortSignal) {
  // A station without a year must be in capitals; otherwise ordinary words would count.
  const citation = citationIn(written) ?? citationIn(written.toUpperCase());
  if (citation === undefined) return undefined;
  const resolution = await resolver.resolve(citation, undefined, signal);
  const { referenceId, status } = resolution;
  const cable = referenceId === null || status === 'unknown-cable' ? undefined : await corpus.cable(referenceId);
  return { resolution, paragraphs: citation.paragraphs, cable };
}

function citationIn(text: string): Citation | undefined {
  return findCitations({ text, hashtags: [], links: [] }, { weakCounts: true }).citations[0];
}
