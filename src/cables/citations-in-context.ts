import type { Citation } from '../core/citation.ts';
import { mention } from '../core/control.ts';
import type { Found } from './citations/found.ts';
import { fold } from './citations/folded-text.ts';
import { paragraphsNamed } from './citations/pin-cites.ts';
import { hideQuoted } from './citations/plain-text.ts';

/**
 * What a question without a citation is about: the citations of an earlier post are its antecedents. `and ¶8?` is about that paragraph of
 * their cable, `the next paragraph?` about that behind theirs, any other question about the same as the post. Of several cables none is
 * guessed: a pin cite belongs to each.
 */
export function citationsInContext(question: string, earlier: readonly Citation[]): readonly Citation[] {
  const text = hideQuoted(fold(question).text).replaceAll(mention, (name) => ' '.repeat(name.length));
  const cables = [...Map.groupBy(earlier, ({ referenceId, clues }) => referenceId ?? JSON.stringify(clues)).values()];
  const asked = cables.flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const [named] = paragraphsNamed(text, [antecedent(first, same)]);
    return named?.size ? [{ ...first, paragraphs: [...named].toSorted((a, b) => a - b) }] : [];
  });
  return (asked.length > 0 ? asked : earlier).map((citation) => ({ ...citation, span: null }));
}

/** All citations of a cable as one, which stands before the text. */
function antecedent({ kind, strength, written, referenceId: id, clues }: Citation, same: readonly Citation[]): Found {
  const paragraphs = [...new Set(same.flatMap((each) => each.paragraphs))].toSorted((a, b) => a - b);
  return { kind, strength, span: [0, 0], written, id, paragraphs, clues };
}
