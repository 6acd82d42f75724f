/** Replaces code and quoted lines, which cannot cite. From the private use area: neither letter, blank nor control character. */
export const hiddenMark = '\uE001';

/** Replaces a link that has been read. */
export const linkMark = '\uE002';

/** Overwrites the stretches with `mark`, except line breaks. They must be ascending and disjoint. */
export function cover(text: string, stretches: readonly (readonly [number, number])[], mark: string): string {
  let covered = '';
  let at = 0;
  for (const [start, end] of stretches) {
    const hidden = text.slice(start, end);
    covered +=
      text.slice(at, start) + (hidden.includes('\n') ? hidden.replace(/[^\n]/g, mark) : mark.repeat(end - start));
    at = end;
  }
  return covered + text.slice(at);
}

/** The text without what cannot cite: code and quoted lines are overwritten. Positions stay. */
export function hideQuoted(text: string): string {
  let shown = text;
  if (shown.includes('~~~')) shown = shown.replace(tildeFencePattern, hide);
  if (shown.includes('`')) {
    shown = shown.replace(fencePattern, hide);
    shown = cover(shown, codeSpans(shown), hiddenMark);
  }
  if (shown.includes('>')) shown = shown.replace(/^[ \t]{0,3}>.*$/gm, hide);
  return shown;
}

/** Between ``` and ```, or lines that begin with ~~~; an unclosed fence runs to the end. */
const fencePattern = /```[^]*?(?:```|$)/g;
const tildeFencePattern = /^[ \t]{0,3}~~~[^]*?(?:^[ \t]{0,3}~~~|(?![^]))/gm;

function hide(part: string): string {
  return part.replace(/[^\n]/g, hiddenMark);
}

/** Between runs of equally many backticks on one line: `…`, ``…``. */
function codeSpans(text: string): (readonly [number, number])[] {
  const runs = [...text.matchAll(/`+|\n/g)];
  // For each run the next of its length, from the last backwards.
  const closing = runs.map(() => -1);
  const next = new Map<number, number>();
  for (let index = runs.length - 1; index >= 0; index -= 1) {
    const mark = runs[index]?.[0] ?? '';
    if (mark === '\n') next.clear();
    else {
      closing[index] = next.get(mark.length) ?? -1;
      next.set(mark.length, index);
    }
  }
  const found: (readonly [number, number])[] = [];
  for (let index = 0; index < runs.length; index += 1) {
    const last = closing[index] ?? -1;
    const open = runs[index];
    const close = runs[last];
    if (open === undefined || close === undefined) continue;
    found.push([open.index, close.index + close[0].length]);
    index = last;
  }
  return found;
}
