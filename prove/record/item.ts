import { hostname } from 'node:os';

/** A part of a record: the file's name in its folder, and what stands in it. */
export interface Item {
  readonly name: string;
  readonly text: string;
}

/** The item without what differs from run to run. Moments before `recent` belong to the samples and stay. */
export function stable({ name, text }: Item): Item {
  const steady = text
    .replaceAll(/\b\d{4}-\d\d-\d\d(?:[T ][\d:.]+Z?)?/g, (time) => (Date.parse(time) >= recent ? '<TIME>' : time))
    .replaceAll(/\b\d{13}\b/g, (time) => (Number(time) >= recent ? '<TIME>' : time))
    .replaceAll(/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/g, '<UUID>')
    .replaceAll(/\b[\da-f]{12}\b/g, '<HASH>')
    .replaceAll(`"host": "${hostname()}"`, '"host": "<HOST>"')
    .replaceAll(new RegExp(String.raw`\b${RegExp.escape(hostname())}:\d+(?=:<UUID>)`, 'g'), '<HOST>:<PID>')
    .replaceAll(/(?<="pid": )\d+/g, '<PID>')
    .replaceAll(/(?<="inode": ")\d+/g, '<INODE>');
  return sorted({ name, text: `${steady.trimEnd()}\n` });
}

const recent = Date.now() - 3 * 24 * 3600_000;

/** Rows, log lines and metrics come in no order that counts: their blocks are sorted. */
export function sorted({ name, text }: Item): Item {
  if (!/^(?:ledger|once|metrics)\b/.test(name)) return { name, text };
  const blocks = text.trimEnd().split(/\n{2,}/);
  return { name, text: `${blocks.toSorted().join('\n\n')}\n` };
}

/** A line of JSON as one that a diff can show. */
export function readable(line: string): string {
  if (!/^[{[].*[}\]]$/.test(line)) return line;
  try {
    return `${JSON.stringify(JSON.parse(line), null, 2)}\n`;
  } catch {
    return line;
  }
}
