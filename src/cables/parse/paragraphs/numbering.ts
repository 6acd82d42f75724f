import type { Paragraph, Warning } from '../../../core/cable.ts';
import type { Rows } from './paragraph-rows.ts';

/** Numbers that the copy skips, and a text that has none. */
export function missingNumbers(paragraphs: readonly Pick<Paragraph, 'number'>[]): Warning[] {
  if (paragraphs.length === 0)
    return [{ code: 'no-paragraphs', paragraph: null, message: 'the text has no numbered paragraphs' }];
  const warnings: Warning[] = [];
  let expected = 1;
  for (const { number } of paragraphs) {
    if (number > expected)
      warnings.push({ code: 'missing-paragraphs', paragraph: expected, message: gap(expected, number - 1) });
    expected = number + 1;
  }
  return warnings;
}

function gap(first: number, last: number): string {
  return first === last ? `paragraph ${first} is missing` : `paragraphs ${first} to ${last} are missing`;
}

/** `17. 15. Comment`: whoever made the copy counted anew and left the old numbers. */
export function secondNumbers(cut: readonly Rows[]): Warning[] {
  const doubled = cut.flatMap(({ number, marking, rows }) => {
    const second = marking === null ? /^\s{0,9}(\d{1,3}\.)\s/.exec((rows[0] ?? '').slice(0, 20))?.[1] : undefined;
    return second === undefined ? [] : [{ number, second }];
  });
  const [first, ...others] = doubled;
  if (first === undefined) return [];
  const more =
    others.length === 0 ? '' : `, and ${others.length} more ${others.length === 1 ? 'has one' : 'have one'} too`;
  const message = `paragraph ${first.number} has a second number, "${first.second}"${more}`;
  return [{ code: 'renumbered', paragraph: first.number, message }];
}
