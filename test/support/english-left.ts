/**
 * Words of the English text that the other one has too. `alike`: words that both languages spell so, and data that both repeat. Words of one
 * letter count as well: `y` and `a` are words.
 */
export function englishLeft(english: string, other: string, alike: string): string[] {
  const [theirs, permitted] = [wordsIn(other), wordsIn(alike)];
  return [...wordsIn(english)].filter((word) => theirs.has(word) && !permitted.has(word));
}

function wordsIn(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/\p{L}+/gu));
}
