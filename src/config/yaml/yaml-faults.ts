import { type Alias, type Document, isAlias, isMap, isNode, isScalar, isSeq, type Pair } from 'yaml';
import { lowerFirst, shorten } from '../suggest.ts';

/** Something wrong at an offset of the text. */
export interface Fault {
  readonly offset: number;
  readonly message: string;
}

const maxDepth = 64;
// Aliases are good for repeating an entry; looking one up takes the time of reading the whole file.
const maxAliases = 200;
const maxSyntaxFaults = 20;
const tooDeep = `nested more than ${maxDepth} deep: refused`;

/** Syntax errors; null when there are none. */
export function syntaxFaults(document: Document.Parsed): Fault[] | null {
  const faults = [...document.errors, ...document.warnings];
  // The parser catches its own stack overflow and reports it at each level that it unwinds.
  const overflow = faults.find(({ message }) => message.startsWith('Maximum call stack'));
  if (overflow) return [{ offset: overflow.pos[0], message: tooDeep }];
  if (faults.length === 0) return null;
  const first = faults.slice(0, maxSyntaxFaults);
  return first.map(({ pos, message }) => ({ offset: pos[0], message: syntaxMessage(message) }));
}

/** Valid YAML that is refused: duplicate keys (the parser's own check takes quadratic time), too deep, too many aliases. */
export function structureFaults(document: Document.Parsed, lineOf: (offset: number) => number): Fault[] {
  const faults: Fault[] = [];
  const aliases: Alias[] = [];
  for (const { node, depth } of nodes(document)) {
    if (depth > maxDepth) return [{ offset: offset(node), message: tooDeep }];
    if (isMap(node)) faults.push(...duplicateKeys(node.items, lineOf));
    else if (isAlias(node)) aliases.push(node);
  }
  if (aliases.length > maxAliases) {
    return [{ offset: offset(aliases[0]), message: `more than ${maxAliases} aliases (\`*name\`): refused` }];
  }
  for (const alias of aliases) {
    if (alias.resolve(document)) continue;
    faults.push({ offset: offset(alias), message: `alias \`*${shorten(alias.source)}\` names no anchor before it` });
  }
  return faults;
}

/** Offset of the first alias. */
export function firstAlias(document: Document.Parsed): number {
  for (const { node } of nodes(document)) if (isAlias(node)) return offset(node);
  return 0;
}

export function offset(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

export function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : '';
}

/** All nodes in the order of the text; aliases are not followed. */
function* nodes(document: Document.Parsed): Iterable<{ node: unknown; depth: number }> {
  const open: { node: unknown; depth: number }[] = [{ node: document.contents, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    yield next;
    for (const node of inside(next.node).toReversed()) open.push({ node, depth: next.depth + 1 });
  }
}

function inside(node: unknown): readonly unknown[] {
  if (isSeq(node)) return node.items;
  return isMap(node) ? node.items.map(({ value }) => value) : [];
}

function duplicateKeys(pairs: readonly Pair[], lineOf: (offset: number) => number): Fault[] {
  const seen = new Map<string, number>();
  const faults: Fault[] = [];
  for (const pair of pairs) {
    const key = keyOf(pair);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, offset(pair.key));
      continue;
    }
    const message = `duplicate key \`${shorten(key)}\` (first on line ${lineOf(first)})`;
    faults.push({ offset: offset(pair.key), message });
  }
  return faults;
}

function syntaxMessage(message: string): string {
  if (message.includes('multiple documents')) return 'a second document begins here (`---`): expected one in a file';
  return `not valid YAML: ${lowerFirst(shorten(message, 200))}`;
}
