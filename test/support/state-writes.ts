import { type Expression, type Node, Visitor } from 'oxc-parser';
import { lineAt, type Source } from './source.ts';

/** Tables whose rows have states, with the functions through which alone these are written. */
const writers: Readonly<Record<string, { readonly states: string; readonly first: string }>> = {
  posts: { states: 'src/ledger/posts/states.ts', first: 'firstPost' },
  replies: { states: 'src/ledger/replies/states.ts', first: 'firstReply' },
};
const tables = Object.keys(writers).join('|');
const rawUpdate = new RegExp(String.raw`\bupdate\s+(${tables})\b`, 'i');
const rawInsert = new RegExp(String.raw`\binsert\s+into\s+(${tables})\b`, 'i');

/** Statements of a source that may write a state of a post or a reply past the table of states, as `file:line: what`. */
export function strayStateWrites(source: Source): string[] {
  const found: string[] = [];
  const objects = new Map<string, Node>();
  const called = new Set<string>();
  const inserts: { table: string; at: number }[] = [];
  const opened = new Map<Node, string>();
  const sets: { table: string; values: Expression | undefined; at: number }[] = [];
  const report = (at: number, what: string) => found.push(`${source.file}:${lineAt(source.text, at)}: ${what}`);

  new Visitor({
    VariableDeclarator: ({ id, init }) => void (id.type === 'Identifier' && init && objects.set(id.name, init)),
    CallExpression(call) {
      if (call.callee.type === 'Identifier') called.add(call.callee.name);
      const name = methodOf(call);
      const table = name === undefined ? undefined : tableOf(call);
      if (table === undefined || writers[table]?.states === source.file) return;
      if (name === 'updateTable') opened.set(call, table);
      if (name === 'insertInto') inserts.push({ table, at: call.start });
    },
    TaggedTemplateExpression({ quasi, start }) {
      const text = quasi.quasis.map(({ value }) => value.raw).join('?');
      if (rawUpdate.test(text)) report(start, 'a raw update');
      const table = rawInsert.exec(text)?.[1];
      if (table !== undefined) inserts.push({ table, at: start });
    },
  }).visit(source.program);

  new Visitor({
    CallExpression(call) {
      const name = methodOf(call);
      if (name !== 'set' && name !== 'values') return;
      for (const link of chainOf(call)) {
        const table = opened.get(link) ?? (methodOf(link) === 'insertInto' ? tableOf(link) : undefined);
        if (table === undefined) continue;
        opened.delete(link);
        const [values] = call.arguments;
        sets.push({ table, values: values?.type === 'SpreadElement' ? undefined : values, at: call.start });
      }
    },
  }).visit(source.program);

  for (const [call] of opened) report(call.start, 'an update whose values are set elsewhere');
  for (const { table, values, at } of sets) {
    const fault = values === undefined ? 'unknown values' : faultOf(values, objects, writers[table]?.first ?? '');
    if (fault !== undefined) report(at, fault);
  }
  for (const { table, at } of inserts) {
    if (!called.has(writers[table]?.first ?? '')) report(at, `a new row without ${writers[table]?.first}`);
  }
  return found;
}

/** The name of the called method. */
function methodOf(call: Node): string | undefined {
  if (call.type !== 'CallExpression' || call.callee.type !== 'MemberExpression') return undefined;
  return call.callee.property.type === 'Identifier' ? call.callee.property.name : undefined;
}

/** The table in the first argument, if it has states. */
function tableOf(call: Node): string | undefined {
  const [table] = call.type === 'CallExpression' ? call.arguments : [];
  if (table?.type !== 'Literal' || typeof table.value !== 'string') return undefined;
  return Object.hasOwn(writers, table.value) ? table.value : undefined;
}

/** The calls on whose results the call is made. */
function* chainOf(call: Node): Iterable<Node> {
  for (let node = call; node.type === 'CallExpression' && node.callee.type === 'MemberExpression';) {
    node = node.callee.object;
    yield node;
  }
}

/** Why the values may hold a state; undefined: they do not. */
function faultOf(values: Node, objects: ReadonlyMap<string, Node>, first: string): string | undefined {
  if (values.type === 'Identifier') {
    const object = objects.get(values.name);
    return object === undefined ? 'unknown values' : faultOf(object, objects, first);
  }
  if (values.type === 'CallExpression' && values.callee.type === 'Identifier' && values.callee.name === first)
    return undefined;
  if (values.type !== 'ObjectExpression') return 'unknown values';
  for (const property of values.properties) {
    if (property.type === 'SpreadElement') {
      const fault = faultOf(property.argument, objects, first);
      if (fault !== undefined) return fault;
    } else if (property.key.type !== 'Identifier') return 'unknown values';
    else if (property.key.name === 'state') return 'a state of its own';
  }
  return undefined;
}
