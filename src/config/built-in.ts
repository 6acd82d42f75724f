import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `config` of the checkout, or of the package: the sample configuration, the rules, the templates, and a cable. A person edits copies of them. */
export const builtInFolder = fileURLToPath(new URL('../../config', import.meta.url));

/** What was named `name` in the folder of a configuration; where nothing is, what comes with Pilcrow under this name. */
export function besideOrBuiltIn(configDir: string, name: string): string {
  const beside = join(configDir, name);
  return existsSync(beside) ? beside : join(builtInFolder, name);
}

/** The configuration of a command without `--config`: `pilcrow.yaml` of the working folder; where there is none, the sample. */
export function usualConfig(): string {
  if (existsSync('pilcrow.yaml')) return 'pilcrow.yaml';
  const sample = join(builtInFolder, 'pilcrow.yaml');
  const fromHere = relative('', sample);
  return fromHere.startsWith('..') ? sample : fromHere;
}
