import type { Digest } from '../../core/digest.ts';
import { dayInWords, wordsOf } from '../words/index.ts';

/** The length limit of a platform; `TextLimits` of src/platforms has this shape. */
interface Limits {
  readonly maxLength: number;
  length(text: string): number;
}

const maxCables = 5;

/** An edition as a post that addresses nobody, with as many cables as fit. Undefined: not even the numbers fit. */
export function postOf(digest: Digest, link: string | undefined, limits: Limits): string | undefined {
  const words = wordsOf(digest.language);
  const { posts, cables } = digest.totals;
  const first = words.post(posts, cables, dayInWords(digest.date, words));
  const lines = digest.cables.slice(0, maxCables).map(({ referenceId, references }) => `${referenceId}: ${references}`);
  const end = link === undefined ? [] : [`${link.replace(/\/$/, '')}/${digest.date}`];
  for (let shown = lines.length; shown >= 0; shown -= 1) {
    const text = [first, ...lines.slice(0, shown), ...end].join('\n');
    if (limits.length(text) <= limits.maxLength) return text;
  }
  return limits.length(first) <= limits.maxLength ? first : undefined;
}
