import { Parser } from 'htmlparser2';

/** The readable start of a damaged document. */
interface Readable<T> {
  readonly value: T;
  /** How many items it has. */
  readonly items: number;
}

const maxItems = 5000;

/** What `parse` makes of the longest start of a damaged document that ends behind an item. Undefined: it cannot read a single one. */
export function readStart<T>(text: string, parse: (start: string) => T): Readable<T> | undefined {
  const ends = text.trimStart().startsWith('{') ? jsonItemEnds(text) : xmlItemEnds(text);
  const closing = text.trimStart().startsWith('{') ? ']}' : closingTags(text);
  let best: Readable<T> | undefined;
  let [low, high] = [1, ends.length];
  while (low <= high) {
    const items = Math.ceil((low + high) / 2);
    try {
      best = { value: parse(text.slice(0, ends[items - 1]) + closing), items };
      low = items + 1;
    } catch {
      high = items - 1;
    }
  }
  return best;
}

function xmlItemEnds(text: string): number[] {
  return [...text.matchAll(/<\/(?:\w+:)?(?:item|entry)\s*>/gi)]
    .slice(0, maxItems)
    .map(({ 0: tag, index }) => index + tag.length);
}

/** Those of the elements that are open where the first item begins. */
function closingTags(text: string): string {
  const open: string[] = [];
  const parser = new Parser(
    { onopentagname: (name) => open.push(name), onclosetag: () => open.pop() },
    { xmlMode: true },
  );
  parser.write(text.slice(0, Math.max(0, text.search(/<(?:\w+:)?(?:item|entry)[\s>]/i))));
  return open
    .toReversed()
    .map((name) => `</${name}>`)
    .join('');
}

/** The ends of the objects of a list in the outermost object. */
function jsonItemEnds(text: string): number[] {
  const ends: number[] = [];
  let depth = 0;
  for (const { 0: sign, index } of text.matchAll(/"(?:[^"\\]|\\[^])*"|[[\]{}]/g)) {
    if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') depth -= 1;
    if (sign === '}' && depth === 2 && ends.length < maxItems) ends.push(index + 1);
  }
  return ends;
}
