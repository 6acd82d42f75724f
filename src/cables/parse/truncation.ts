import type { Joined } from './paragraphs/paragraph-text.ts';

/** The text stops inside a sentence: rows are lost before the next number, or the page ends. */
export function isCutOff({ text, lastRow, endsInList }: Joined, isLast: boolean): boolean {
  const end = text.slice(-60);
  if (isLast && /[A-Za-z](?:\.\.\.|…)$/.test(end)) return true;
  if (endsInList || text.length < minProseLength || !/[A-Za-z0-9,-]$/.test(end)) return false;
  if (
    /\bend\b[^.]{0,40}$/i.test(end) ||
    /xx$/i.test(end) ||
    /\b[A-Z]{2,}$/.test(end) ||
    /(?:https?:|www\.)\S*$/.test(end)
  )
    return false;
  return (
    lastRow.trimEnd().length >= fullRowLength ||
    /(?:,|\b(?:a|an|and|as|at|but|by|for|from|in|of|on|or|that|the|to|will|with))$/.test(end)
  );
}

/** Shorter texts are titles: `3. (U) Participants`. */
const minProseLength = 100;

/** A row this full goes on in the next one; a drafter who forgets the full stop ends in a shorter one. */
const fullRowLength = 50;
