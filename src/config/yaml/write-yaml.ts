import { Document, isMap, isSeq } from 'yaml';

/** A value as YAML for people to edit: short lists and maps of secrets on one line. */
export function yamlOf(value: unknown, comment: string): string {
  const document = new Document(value);
  document.commentBefore = comment;
  shortOnOneLine(document.contents);
  return document.toString({ lineWidth: 120 });
}

function shortOnOneLine(node: unknown): void {
  if (!isMap(node) && !isSeq(node)) return;
  const children: readonly unknown[] = isMap(node) ? node.items.map(({ value }) => value) : node.items;
  const leaf = children.every((child) => !isMap(child) && !isSeq(child));
  if (leaf && (isSeq(node) || children.length === 1)) node.flow = true;
  for (const child of children) shortOnOneLine(child);
}
