import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Visitor } from 'oxc-parser';
import { openOutput } from '../../src/cli/lib/output.ts';
import { lineAt, type Source } from './source.ts';

/** Where people and programs meet a name of ours. `value`: a string of a type, such as a state or an event. */
export type NameKind =
  'identifier' | 'value' | 'file' | 'column' | 'config' | 'metric' | 'command' | 'css' | 'template';

export interface Name {
  readonly kind: NameKind;
  readonly name: string;
  /** `file:line`, or what else says where it is. */
  readonly place: string;
}

/** The identifiers of a source and the strings that its types allow, each at its first place. */
export function namesOf({ file, text, program }: Source): Name[] {
  const found = new Map<string, Name>();
  const add = (kind: NameKind, name: string, start: number) => {
    const key = `${kind} ${name}`;
    if (!found.has(key)) found.set(key, { kind, name, place: `${file}:${lineAt(text, start)}` });
  };
  new Visitor({
    Identifier: ({ name, start }) => add('identifier', name, start),
    PrivateIdentifier: ({ name, start }) => add('identifier', name, start),
    TSLiteralType({ literal }) {
      if (literal.type === 'Literal' && typeof literal.value === 'string') add('value', literal.value, literal.start);
    },
  }).visit(program);
  return [...found.values()];
}

/** Names of files and of the folders that they are in. */
export function fileNames(files: readonly string[]): Name[] {
  return files.flatMap((file) => file.split('/').map((name): Name => ({ kind: 'file', name, place: file })));
}

/** Words of a definition in SQL: tables, columns, indexes, the states that a check allows. */
export function columnNames(place: string, sql: string): Name[] {
  return [...new Set(sql.match(/\w+/g))].map((name): Name => ({ kind: 'column', name, place }));
}

/** Keys and values of a JSON schema. */
export function schemaNames(place: string, schema: unknown): Name[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
    if (key === 'properties') return Object.keys(value as object);
    if (key === 'enum') return (value as unknown[]).map(String);
    return key === 'const' ? [String(value)] : [];
  });
  const inner = Object.values(schema).flatMap((value) => schemaNames(place, value));
  return [...own.map((name): Name => ({ kind: 'config', name, place })), ...inner];
}

/** Commands under src/cli with their subcommands, options, arguments and the values that these may have. */
export async function commandNames(root: string): Promise<Name[]> {
  const modules = globSync('src/cli/**/*.ts', { cwd: root }).map(
    async (file) => (await import(join(root, file))) as Record<string, unknown>,
  );
  const makers = (await Promise.all(modules)).flatMap((module) =>
    Object.entries(module).filter(([name]) => name.endsWith('Command')),
  );
  // Each one listens to the streams of the process.
  const output = openOutput();
  return makers.flatMap(([, make]) => namesOfCommand('pilcrow', (make as MakeCommand)(output)));
}

type MakeCommand = (output: ReturnType<typeof openOutput>) => Command;

function namesOfCommand(parent: string, command: Command): Name[] {
  const place = `${parent} ${command.name()}`;
  const options = command.options.flatMap(({ long, short, argChoices = [] }) => [long ?? short ?? '', ...argChoices]);
  const values = command.registeredArguments.flatMap((one) => [one.name(), ...(one.argChoices ?? [])]);
  const own = [command.name(), ...options, ...values];
  const inner = command.commands.flatMap((child) => namesOfCommand(place, child));
  return [...own.map((name): Name => ({ kind: 'command', name, place })), ...inner];
}

/** Classes, ids and variables of a style sheet. */
export function styleNames(place: string, css: string): Name[] {
  return [...new Set(css.match(/[.#]-?[a-z][\w-]*|--[\w-]+/gi))].map((name): Name => ({ kind: 'css', name, place }));
}

/** Words between the braces of a template. */
export function templateNames(place: string, liquid: string): Name[] {
  const words = (liquid.match(/\{[{%].*?[%}]\}/gs) ?? []).flatMap((braces) => braces.match(/\w+/g) ?? []);
  return [...new Set(words)].map((name): Name => ({ kind: 'template', name, place }));
}
