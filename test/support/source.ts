import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, type Program } from 'oxc-parser';

/** A TypeScript file of the project, parsed. */
export interface Source {
  /** Path from the project's root. */
  readonly file: string;
  readonly text: string;
  readonly program: Program;
  readonly comments: readonly Span[];
}

/** A piece of a source: offsets into its text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Errors: a text that does not parse. */
export function parseSource(file: string, text: string): Source {
  const { program, comments, errors } = parseSync(file, text);
  const [error] = errors;
  if (error) throw new Error(`${file}: ${error.message}`);
  return { file, text, program, comments };
}

/** All TypeScript files under the folders, in the order of their paths. */
export function sourcesUnder(root: string, folders: readonly string[]): Source[] {
  return folders
    .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }))
    .toSorted()
    .map((file) => parseSource(file, readFileSync(join(root, file), 'utf8')));
}

/** Lines that a text or a piece of it touches. */
export function linesOf(text: string, { start, end }: Span = { start: 0, end: text.trimEnd().length }): number {
  return text.slice(start, end).split('\n').length;
}

/** The line of an offset, counted from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
