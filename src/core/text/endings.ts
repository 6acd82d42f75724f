/**
 * The source of a pattern that ends with one of some words, for a look behind: it branches from the last letter backwards, so that most texts
 * fail at their first letter.
 */
export function endingsSource(words: Iterable<string>): string {
  const byLast = Map.groupBy(new Set(words), (word) => word.slice(-1));
  // A whole word and the end of a longer one: the shorter is enough.
  if (byLast.has('')) return '';
  const branches = [...byLast].map(([last, each]) => {
    const before = endingsSource(each.map((word) => word.slice(0, -1)));
    return `${before}${RegExp.escape(last)}`;
  });
  return branches.length === 1 ? branches.join('') : `(?:${branches.join('|')})`;
}
