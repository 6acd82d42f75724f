import type { Cable } from '../../../core/cable.ts';

/** True if a copy of a cable is more complete than another: more paragraphs, else more letters that are not redacted, else less damage. */
export function isMoreComplete(one: Cable, other: Cable): boolean {
  const [ours, theirs] = [one, other].map(measuresOf);
  const at = ours?.findIndex((measure, index) => measure !== theirs?.[index]) ?? -1;
  return at !== -1 && (ours?.[at] ?? 0) > (theirs?.[at] ?? 0);
}

function measuresOf({ paragraphs, subject, warnings }: Cable): number[] {
  const letters = paragraphs.reduce((sum, { text }) => sum + text.replaceAll(noWordsPattern, '').length, 0);
  return [paragraphs.length, letters, subject === null ? 0 : 1, -warnings.length];
}

/** Blanks and redactions. */
const noWordsPattern = /\s+|[xX]{3,}|\[(?:NAMES?|DETAILS?)[^\]]{0,40}REMOVED\]/g;
