import type { z } from 'zod';
import type { Resolution } from '../core/citation.ts';
import type { Post } from '../core/post.ts';
import type { NeverThere } from '../core/verdict.ts';
import type { CitationSubject, Subject } from './subject.ts';

/** Words that are valid in this installation; any other is refused. Undefined: any word is valid. */
export interface Vocabulary {
  readonly platforms?: readonly string[];
  readonly feeds?: readonly string[];
  readonly templates?: readonly string[];
  readonly channels?: readonly string[];
  /** Where there are any. */
  readonly digests?: readonly string[] | undefined;
  readonly presets?: readonly string[];
  readonly stations?: readonly string[];
  readonly countries?: readonly string[];
}

/** Everything about a condition. Each piece is required, so that a condition without one does not compile. */
interface Condition<About, Schema extends z.ZodType, InTests> {
  /** What it asks for, as a sentence: for editors, and for docs/rules.md. */
  readonly words: string;
  /** What a rule may write. */
  schema(vocabulary: Vocabulary): Schema;
  holds(about: About, wanted: z.output<Schema>): boolean;
  /** How the tests beside the rules say it. */
  readonly inTests: InTests;
}

/** A condition on the post itself. */
export interface PostCondition<Schema extends z.ZodType = z.ZodType, InTests = Key<Post> | SetBy> extends Condition<
  Subject,
  Schema,
  InTests
> {
  readonly lint: {
    /** A post has one value of it, so two conditions that ask for different ones never hold together. */
    readonly single: boolean;
    /** Properties of which a post must have one to meet it, and that some platforms lack (`ConsentPolicy.never`). Empty: none. */
    needs(wanted: z.output<Schema>): readonly NeverThere[];
  };
}

/** A condition on a citation in the post, and on the cable that is cited. */
export interface CitationCondition<
  Schema extends z.ZodType = z.ZodType,
  InTests = Key<Resolution> | SetBy,
> extends Condition<CitationSubject, Schema, InTests> {
  readonly lint: {
    /** It is known only of a cable whose text the corpus has. */
    readonly needsText: boolean;
  };
}

/** A key in the examples of tests. */
export interface Key<Example, Schema extends z.ZodType = z.ZodType> {
  /** Left out: that of the condition. */
  readonly name?: string;
  readonly words: string;
  schema(vocabulary: Vocabulary): Schema;
  /** What is different in an example that has it. */
  changes(value: Exclude<z.output<Schema>, undefined>, example: Example): Partial<Example>;
}

/** It has no key of its own: this says it. */
export interface SetBy {
  readonly setBy: string;
}

/** A row of the table: its test gets what its schema gives. */
export function postCondition<Schema extends z.ZodType, InTests extends Key<Post> | SetBy>(
  row: PostCondition<Schema, InTests>,
) {
  return row;
}

/** A row of the table, as `postCondition`. */
export function citationCondition<Schema extends z.ZodType, InTests extends Key<Resolution> | SetBy>(
  row: CitationCondition<Schema, InTests>,
) {
  return row;
}

type KeyOf<Example> = <Schema extends z.ZodType>(
  schema: Schema,
  words: string,
  changes: Key<Example, Schema>['changes'],
) => Key<Example, Schema>;

/** A key in the post of a test. */
export const inPost: KeyOf<Post> = (schema, words, changes) => ({ schema: () => schema, words, changes });
/** A key in the `cable` of a test. */
export const inCitation: KeyOf<Resolution> = (schema, words, changes) => ({ schema: () => schema, words, changes });
