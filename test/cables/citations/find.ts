import { findCitations } from '../../../src/cables/citations/find.ts';

/** What stands beside the text; nothing unless given. */
export interface Beside {
  hashtags?: string[];
  links?: string[];
  weakCounts?: boolean;
}

export function find(text: string, { hashtags = [], links = [], weakCounts = false }: Beside = {}) {
  return findCitations({ text, hashtags, links }, { weakCounts });
}

/** `ID[paragraphs]` of each citation; `?` where it has no ID. */
export function cited(text: string, beside?: Beside): string[] {
  return find(text, beside).citations.map(
    ({ referenceId, paragraphs }) => `${referenceId ?? '?'}${paragraphs.length > 0 ? `[${paragraphs.join()}]` : ''}`,
  );
}

/** Kind, strength and text of the first citation. */
export function first(text: string, beside?: Beside) {
  const [citation] = find(text, beside).citations;
  return citation && { kind: citation.kind, strength: citation.strength, written: citation.written };
}
