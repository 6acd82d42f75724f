import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** One import of one file. `target` is a path from the project's root, or the name of a package (`node:fs`, `zod`). */
export interface Import {
  readonly file: string;
  readonly target: string;
  readonly inProject: boolean;
  /** Node loads the target with the file: it is neither an `import type`, which Node strips, nor an `import()`. */
  readonly isStatic: boolean;
}

const importForms =
  /(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Imports of a source text, static and dynamic. */
export function importsOf(file: string, source: string): Import[] {
  return [...source.matchAll(importForms)].map((match) => {
    const name = match[1] ?? match[2] ?? '';
    const inProject = name.startsWith('.');
    const isStatic = match[1] !== undefined && !/^\s*(?:import|export)\s+type\s/.test(match[0]);
    return { file, inProject, isStatic, target: inProject ? join(dirname(file), name) : packageOf(name) };
  });
}

/** Imports of all TypeScript files under the folders, paths from the project's root. */
export function importsUnder(root: string, folders: readonly string[]): Import[] {
  return folders.flatMap((folder) =>
    globSync(`${folder}/**/*.ts`, { cwd: root }).flatMap((file) =>
      importsOf(relative(root, join(root, file)), readFileSync(join(root, file), 'utf8')),
    ),
  );
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
