import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { schemaFiles } from '../../config/schema-files.ts';
import type { Output } from '../lib/output.ts';

export function schemasCommand(output: Output): Command {
  return new Command('schemas').argument('[folder]', 'target folder', 'config').action(async (folder: string) => {
    for (const [name, text] of Object.entries(schemaFiles())) {
      await writeFile(join(folder, name), text);
      output.line(join(folder, name));
    }
  });
}
