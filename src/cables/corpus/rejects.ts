import { rm, writeFile } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import type { Reject } from './sources.ts';

/** What an import could not read, in order. */
export function rejectsIn(db: DatabaseSync): Reject[] {
  return db
    .prepare('select source, position, reason from rejects')
    .all()
    .map(({ source, position, reason }) => ({
      source: String(source),
      position: String(position),
      reason: String(reason),
    }));
}

/** One JSON object a line: at `asked`, else beside the corpus, where an earlier import's go away. Undefined: none is written. */
export async function writeRejects(
  rejects: readonly Reject[],
  asked: string | undefined,
  target: string,
): Promise<string | undefined> {
  const file = asked ?? `${target}.rejects.jsonl`;
  if (asked === undefined && rejects.length === 0) {
    await rm(file, { force: true });
    return undefined;
  }
  await writeFile(file, rejects.map((reject) => `${JSON.stringify(reject)}\n`).join(''));
  return file;
}
