import type { Cable } from '../../core/cable.ts';
import { canonicalReferenceId } from '../ids/reference-id.ts';
import type { CableCopy } from './raw-cable.ts';

type Labelled = Pick<Cable, 'tags' | 'references'>;

/**
 * What the message's own lines say, filled up from the lists beside it: cables that its REF line does not name (or that could not be read
 * there), and tags where it has no TAGS line.
 */
export function withListed({ tags, references }: Labelled, listed: CableCopy['listed']): Labelled {
  if (listed === undefined) return { tags, references };
  const named = new Set(references.map(({ id }) => id));
  const unnamed: Cable['references'][number][] = [];
  for (const written of listed.references) {
    const id = canonicalReferenceId(written);
    if (id === undefined || named.has(id)) continue;
    named.add(id);
    unnamed.push({ id, letter: null, asWritten: written.trim() });
  }
  return { tags: tags.length > 0 ? tags : inOneForm(listed.tags), references: [...references, ...unnamed] };
}

function inOneForm(tags: readonly string[]): string[] {
  return [...new Set(tags.map((tag) => tag.trim().toUpperCase()))].filter((tag) => tag !== '');
}
