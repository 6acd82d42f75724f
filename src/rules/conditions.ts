import type { z } from 'zod';
import { citationConditions } from './citation-conditions.ts';
import type { CitationCondition, Key, PostCondition, SetBy, Vocabulary } from './condition.ts';
import { postConditions } from './post-conditions.ts';

/** The table of conditions, in the order in which they are tried. All that knows a condition by name is made from its row. */
export const conditions = { ...postConditions, ...citationConditions };

type Table = typeof conditions;

/** What a rule asks for: each condition must hold, and so must the parts. */
export type When = { readonly [Name in keyof Table]?: z.output<ReturnType<Table[Name]['schema']>> | undefined } & {
  readonly all?: readonly When[] | undefined;
  readonly any?: readonly When[] | undefined;
  readonly none?: readonly When[] | undefined;
};

/** Rows by the names of their conditions. */
type Rows<Row> = readonly (readonly [name: string, row: Row])[];

export const onThePost: Rows<PostCondition> = Object.entries(postConditions);
export const onACitation: Rows<CitationCondition> = Object.entries(citationConditions);

/** Schemas of the conditions of a rule. */
export function conditionSchemas(vocabulary: Vocabulary) {
  return Object.fromEntries(
    [...onThePost, ...onACitation].map(([name, row]) => [name, row.schema(vocabulary).optional().describe(row.words)]),
  );
}

/** Keys that the examples of tests may have, by name. */
export const postKeys = keysIn(onThePost);
export const citationKeys = keysIn(onACitation);

type Keys<Example> = ReadonlyMap<string, Key<Example>>;

function keysIn<Example>(rows: Rows<{ readonly inTests: Key<Example> | SetBy }>): Keys<Example> {
  return new Map(
    rows.flatMap(([name, { inTests }]) => ('setBy' in inTests ? [] : [[inTests.name ?? name, inTests] as const])),
  );
}

/** Schemas of these keys. */
export function keySchemas(keys: ReadonlyMap<string, Pick<Key<unknown>, 'schema' | 'words'>>, vocabulary: Vocabulary) {
  return Object.fromEntries([...keys].map(([name, key]) => [name, key.schema(vocabulary).describe(key.words)]));
}

/** An example with the values of these keys. */
export function withKeys<Example>(
  keys: Keys<Example>,
  values: Readonly<Record<string, unknown>>,
  example: Example,
): Example {
  return [...keys].reduce((current, [name, key]) => {
    const value = values[name];
    return value === undefined ? current : { ...current, ...key.changes(value, current) };
  }, example);
}

type PostTable = typeof postConditions;
type KeyName = { [Name in keyof PostTable]: PostTable[Name]['inTests'] extends SetBy ? never : Name }[keyof PostTable];
type SchemaOf<Name extends KeyName> = PostTable[Name]['inTests'] extends {
  schema(vocabulary: Vocabulary): infer Schema;
}
  ? Schema
  : never;

/** A post in short, as a test writes it. What is left out is as usual. */
export type ShortPost = { readonly [Name in KeyName]?: z.input<SchemaOf<Name>> | undefined };
/** The same as it is read. */
export type ReadShortPost = { readonly [Name in KeyName]?: z.output<SchemaOf<Name>> | undefined };
