/** A line of a comparison: in both texts, or only in the old or the new one. Numbers count from 1. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
  readonly old: number | null;
  readonly now: number | null;
}

/** Lines compared by a table: more would take too much memory. */
const maxCells = 4_000_000;

/** What is different in a text, line by line, with the fewest changes; texts that differ in too many lines are compared as a whole. */
export function lineDiff(old: string, now: string): DiffLine[] {
  const [before, after] = [old.split('\n'), now.split('\n')];
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const same = (count: number, a: number, b: number) =>
    before.slice(a, a + count).map((text, i): DiffLine => ({ kind: 'same', text, old: a + i + 1, now: b + i + 1 }));
  const [a, b] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  return [
    ...same(start, 0, 0),
    ...between(a, b).map((line) => ({
      ...line,
      old: line.old === null ? null : line.old + start,
      now: line.now === null ? null : line.now + start,
    })),
    ...same(end, before.length - end, after.length - end),
  ];
}

function between(a: readonly string[], b: readonly string[]): DiffLine[] {
  const removed = (i: number): DiffLine => ({ kind: 'removed', text: a[i]!, old: i + 1, now: null });
  const added = (j: number): DiffLine => ({ kind: 'added', text: b[j]!, old: null, now: j + 1 });
  if (a.length * b.length > maxCells) return [...a.map((_, i) => removed(i)), ...b.map((_, j) => added(j))];
  const common = commonLengths(a, b);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: 'same', text: a[i]!, old: i + 1, now: j + 1 });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && common(i + 1, j) >= common(i, j + 1))) lines.push(removed(i++));
    else lines.push(added(j++));
  }
  return lines;
}

/** The length of the longest common part of the lines from `i` and from `j` on. */
function commonLengths(a: readonly string[], b: readonly string[]): (i: number, j: number) => number {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        a[i] === b[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
  return (i, j) => lengths[i * width + j]!;
}

/** Only the changes, with so many lines around them; `null` stands for what is left out. */
export function withContext(lines: readonly DiffLine[], around: number): (DiffLine | null)[] {
  const near = new Set<number>();
  for (const [at, { kind }] of lines.entries())
    if (kind !== 'same') for (let i = at - around; i <= at + around; i += 1) near.add(i);
  if (near.size === 0) return [];
  const shown = lines.map((line, at) => (near.has(at) ? line : null));
  return shown.filter((line, at) => line !== null || shown[at - 1] !== null);
}
