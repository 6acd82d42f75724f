import { type Document, isSeq, parseDocument } from 'yaml';
import { onShortLines } from './yaml-file.ts';

/** Items to append to the list at a path of keys. */
export interface Appended {
  readonly path: readonly string[];
  readonly items: readonly unknown[];
}

/** The text with more items in its lists: comments and order stay. A list that is not there is made. */
export function withAppended(text: string, lists: readonly Appended[]): string {
  const document = parseDocument(text);
  for (const list of lists) if (list.items.length > 0) append(document, list);
  // Lines that are there keep their length and indentation.
  return document.toString({ lineWidth: 0, indentSeq: !/^\w+:[ \t]*(#.*)?\n- /m.test(text) });
}

function append(document: Document, { path, items }: Appended): void {
  for (const [depth] of path.entries()) {
    const above = path.slice(0, depth + 1);
    // `feeds:` with nothing after it.
    if (document.hasIn(above) && document.getIn(above) === null) document.deleteIn(above);
  }
  const list = document.getIn(path);
  if (!isSeq(list)) return document.setIn(path, onShortLines(document.createNode(items)));
  if (list.items.length === 0) list.flow = false;
  for (const item of items) list.add(onShortLines(document.createNode(item)));
}
