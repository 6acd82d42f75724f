import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { replaceOnce } from './pattern.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'prove/mutants');

const edit = {
  /** From the root of the repository. */
  file: z.string(),
  /** As in `replaceOnce`. */
  find: z.string(),
  replace: z.string(),
};

const mutant = z.strictObject({
  name: z.string(),
  /** What the bug is, in a line. */
  what: z.string(),
  ...edit,
  /** More edits, where one does not make the bug. */
  also: z.array(z.strictObject(edit)).default([]),
  /** Test files that must notice it. */
  killedBy: z.array(z.string()).min(1),
});

/** A bug written on purpose. */
export type Mutant = Readonly<z.infer<typeof mutant>>;

export function readMutants(): Mutant[] {
  const files = readdirSync(folder).toSorted();
  return files.flatMap((file) => z.array(mutant).parse(parse(readFileSync(join(folder, file), 'utf8'))));
}

/** The files that the bug changes, with their code before and after, by path from `dir`. Errors: an edit does not apply. */
export function mutate({ also, ...first }: Mutant, dir = root): Map<string, { before: string; after: string }> {
  const changed = new Map<string, { before: string; after: string }>();
  for (const { file, find, replace } of [first, ...also]) {
    const before = changed.get(file)?.before ?? readFileSync(join(dir, file), 'utf8');
    const after = replaceOnce(changed.get(file)?.after ?? before, find, replace);
    changed.set(file, { before, after });
  }
  return changed;
}
