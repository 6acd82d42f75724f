import type { Found } from './found.ts';
import type { Pin } from './pins.ts';

/**
 * Words that stand for the cable cited just before, as lawyers use them: in document order, and never guessed. Without a citation before
 * them they mean nothing.
 */
const beforePinPattern =
  /(?:\b(?:ibid(?:em)?|id|ebd|ebenda|ibídem|loc\. ?cit|op\. ?cit)\b\.?|там же|\b(?:in )?(?:the )?same (?:cable|telegram|message|one)\b|\bits\b)[\s,;:(]{0,3}(?:at |in )?$/iu;
const behindPinPattern =
  /^[\s,]{0,2}(?:of|in|from) (?:it|that (?:one|cable|telegram)|the same(?: cable| one| telegram)?)\b/i;

/** `ibid. ¶7`, `same cable, para 7`, `¶7 of it` */
export function refersBack(text: string, { start, end }: Pin): boolean {
  return (
    beforePinPattern.test(text.slice(Math.max(0, start - window), start)) ||
    behindPinPattern.test(text.slice(end, end + window))
  );
}

const window = 32;

/** The last citation that ends before a position. */
export function antecedentOf(citations: readonly Found[], at: number): number | undefined {
  let last: { index: number; end: number } | undefined;
  for (const [index, { span }] of citations.entries())
    if (span !== null && span[1] <= at && span[1] >= (last?.end ?? 0)) last = { index, end: span[1] };
  return last?.index;
}

const mayBeNeighbour = / para(?<=(?:next|ing|ous) para)/i;
const neighbourPattern = /\b(next|following|previous|preceding) para(?:graph)?\b(?! ?\d)/gi;
/** Bounds the work. */
const maxNeighbours = 20;

/** `the next paragraph`: that behind the last paragraph cited before it, of the same cable. */
export function neighbours(
  text: string,
  citations: readonly Found[],
  pins: readonly Pin[],
  owners: readonly (number | undefined)[],
): { citation: number; paragraph: number }[] {
  if (!mayBeNeighbour.test(text)) return [];
  return [...text.matchAll(neighbourPattern)].slice(0, maxNeighbours).flatMap(({ index, 1: word = '' }) => {
    const citation = antecedentOf(citations, index);
    if (citation === undefined) return [];
    const pin = pins.findLast(({ end }, at) => end <= index && owners[at] === citation);
    const last = (pin?.paragraphs ?? citations[citation]?.paragraphs)?.at(-1);
    const paragraph = last === undefined ? 0 : last + (/^[nf]/i.test(word) ? 1 : -1);
    return paragraph > 0 ? [{ citation, paragraph }] : [];
  });
}
