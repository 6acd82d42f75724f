import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What an import could not read, and where it is listed; `file` undefined: it is not. */
export interface Rejected {
  readonly count: number;
  readonly file: string | undefined;
}

/** One JSON object a line, however many: at `asked`, else beside the corpus, where an earlier import's go away. */
export async function writeRejects(db: DatabaseSync, asked: string | undefined, target: string): Promise<Rejected> {
  const count = Number(db.prepare('select count(*) as n from rejects').get()?.['n']);
  const file = asked ?? `${target}.rejects.jsonl`;
  if (asked === undefined && count === 0) {
    await rm(file, { force: true });
    return { count, file: undefined };
  }
  await pipeline(Readable.from(linesIn(db)), createWriteStream(file));
  return { count, file };
}

function* linesIn(db: DatabaseSync): Iterable<string> {
  for (const { source, position, reason } of db.prepare('select source, position, reason from rejects').iterate())
    yield `${JSON.stringify({ source, position, reason })}\n`;
}
