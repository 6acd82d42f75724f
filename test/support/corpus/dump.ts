import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { MadeCable, MadeCorpus } from './generate.ts';

/** A row of `cables.csv`: eight quoted fields, a backslash before quotes and backslashes, raw newlines, no header. */
export function dumpRow(cable: MadeCable): string {
  const { number, created, id, origin, classification, references, header, body } = cable;
  const fields = [String(number), created, id, origin, classification, references.join('|'), header, body];
  return `${fields.map((field) => `"${field.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}\n`;
}

/** Writes the cables from `from` up to `to` as a dump, in constant memory. Resolves to its bytes. */
export async function writeDump(file: string, corpus: MadeCorpus, from = 0, to = corpus.count): Promise<number> {
  const out = createWriteStream(file);
  for (let at = from; at < to; at += 1) {
    if (!out.write(dumpRow(corpus.cable(at)))) await once(out, 'drain');
  }
  out.end();
  await finished(out);
  return out.bytesWritten;
}
