import { z } from 'zod';
import type { Vocabulary } from './condition.ts';
import { conditions, conditionSchemas, onACitation, onThePost, type When } from './conditions.ts';
import type { CitationSubject, Subject } from './subject.ts';

/** Schema of `when`. */
export function whenSchema(vocabulary: Vocabulary): z.ZodType<When> {
  const parts = z
    .array(z.lazy((): z.ZodType<When> => when))
    .min(1)
    .optional();
  const when: z.ZodType<When> = z.strictObject({
    ...conditionSchemas(vocabulary),
    all: parts.describe('All of these hold, each for itself.'),
    any: parts.describe('At least one of these holds.'),
    none: parts.describe('None of these holds.'),
  });
  return when;
}

/** Whether all conditions hold, as a test to be made once a rule and asked once a post. Errors: a condition that nothing can test. */
export function matcher(when: When | undefined): (subject: Subject) => boolean {
  return when === undefined ? () => true : compiled(when).holds;
}

/** The first condition that does not hold, as a path (`status`, `all[1].feed`), or null when all do. */
export function firstFalse(when: When | undefined, subject: Subject): string | null {
  if (when === undefined) return null;
  const { ofThePost, ofACitation } = compiled(when);
  const first = ofThePost.find(({ holds }) => !holds(subject));
  if (first !== undefined) return first.condition;
  let citations = subject.citations;
  for (const { condition, holds } of ofACitation) {
    citations = citations.filter(holds);
    if (citations.length === 0) return condition;
  }
  return firstFalsePart(when, subject);
}

function firstFalsePart({ all = [], any, none = [] }: When, subject: Subject): string | null {
  for (const [i, part] of all.entries()) {
    const condition = firstFalse(part, subject);
    if (condition !== null) return `all[${i}].${condition}`;
  }
  if (any !== undefined && !any.some((part) => matcher(part)(subject))) return 'any';
  const held = none.findIndex((part) => matcher(part)(subject));
  return held === -1 ? null : `none[${held}]`;
}

/** A condition that a rule has, with what it asks for. */
interface Check<About> {
  readonly condition: string;
  readonly holds: (about: About) => boolean;
}

/** The conditions that a rule has, and no others: most rules have few of the many that there are. */
interface Compiled {
  readonly ofThePost: readonly Check<Subject>[];
  readonly ofACitation: readonly Check<CitationSubject>[];
  readonly holds: (subject: Subject) => boolean;
}

const cache = new WeakMap<When, Compiled>();

function compiled(when: When): Compiled {
  let found = cache.get(when);
  if (found === undefined) cache.set(when, (found = compile(when)));
  return found;
}

function compile({ all, any, none, ...asked }: When): Compiled {
  const strange = Object.keys(asked).find((name) => !Object.hasOwn(conditions, name));
  // Left out, it would hold for every post.
  if (strange !== undefined) throw new Error(`nothing tests the condition \`${strange}\``);
  const ofThePost = checksOf(asked, onThePost);
  const ofACitation = checksOf(asked, onACitation);
  const [allHold, anyHold, noneHold] = [all, any, none].map((parts) => parts?.map((part) => compiled(part).holds));
  return {
    ofThePost,
    ofACitation,
    holds(subject) {
      for (const { holds } of ofThePost) if (!holds(subject)) return false;
      if (ofACitation.length > 0 && !subject.citations.some((one) => holdAll(ofACitation, one))) return false;
      if (anyHold !== undefined && !anyHold.some((holds) => holds(subject))) return false;
      if (allHold !== undefined && !allHold.every((holds) => holds(subject))) return false;
      return noneHold === undefined || !noneHold.some((holds) => holds(subject));
    },
  };
}

function holdAll<About>(checks: readonly Check<About>[], about: About): boolean {
  for (const { holds } of checks) if (!holds(about)) return false;
  return true;
}

interface Test<About> {
  holds(about: About, wanted: unknown): boolean;
}

function checksOf<About>(
  asked: Readonly<Record<string, unknown>>,
  rows: readonly (readonly [name: string, row: Test<About>])[],
): Check<About>[] {
  return rows.flatMap(([condition, row]) => {
    const wanted = asked[condition];
    return wanted === undefined ? [] : [{ condition, holds: (about: About) => row.holds(about, wanted) }];
  });
}
