import type { Cable } from '../../../core/cable.ts';

/** Whether a copy of a cable has more of it than another: more paragraphs, else more letters that are not blacked out, else less damage. */
export function isFuller(one: Cable, other: Cable): boolean {
  const [ours, theirs] = [one, other].map(measuresOf);
  const at = ours?.findIndex((measure, index) => measure !== theirs?.[index]) ?? -1;
  return at !== -1 && (ours?.[at] ?? 0) > (theirs?.[at] ?? 0);
}

function measuresOf({ paragraphs, subject, warnings }: Cable): number[] {
  const letters = paragraphs.reduce((sum, { text }) => sum + text.replaceAll(noWordsPattern, '').length, 0);
  return [paragraphs.length, letters, subject === null ? 0 : 1, -warnings.length];
}

/** Blanks, and what stands in the place of names. */
const noWordsPattern = /\s+|[xX]{3,}|\[(?:NAMES?|DETAILS?)[^\]]{0,40}REMOVED\]/g;
