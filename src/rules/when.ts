import { z } from 'zod';
import type { Vocabulary } from './condition.ts';
import { conditions, conditionSchemas, onACitation, onThePost, type When } from './conditions.ts';
import type { Subject } from './subject.ts';

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
export function matcher(when: When = {}): (subject: Subject) => boolean {
  const first = compiled(when);
  return (subject) => first(subject) === null;
}

/** The first condition that does not hold, as a path (`status`, `all[1].feed`), or null when all do. */
export function firstFalse(when: When | undefined, subject: Subject): string | null {
  return compiled(when ?? {})(subject);
}

type FirstFalse = (subject: Subject) => string | null;

const cache = new WeakMap<When, FirstFalse>();

function compiled(when: When): FirstFalse {
  let found = cache.get(when);
  if (found === undefined) cache.set(when, (found = compile(when)));
  return found;
}

/** Keeps the conditions that a rule has, and no others: most rules have few of the many that there are. */
function compile({ all = [], any, none = [], ...asked }: When): FirstFalse {
  const strange = Object.keys(asked).find((name) => !Object.hasOwn(conditions, name));
  // Left out, it would hold for every post.
  if (strange !== undefined) throw new Error(`nothing tests the condition \`${strange}\``);
  const ofThePost = checksOf(asked, onThePost);
  const ofACitation = checksOf(asked, onACitation);
  const [allParts, anyParts, noneParts] = [all.map(compiled), any?.map(compiled), none.map(compiled)];
  return (subject) => {
    for (const { condition, holds } of ofThePost) if (!holds(subject)) return condition;
    let { citations } = subject;
    for (const { condition, holds } of ofACitation) {
      citations = citations.filter(holds);
      if (citations.length === 0) return condition;
    }
    for (const [i, part] of allParts.entries()) {
      const condition = part(subject);
      if (condition !== null) return `all[${i}].${condition}`;
    }
    if (anyParts !== undefined && !anyParts.some((part) => part(subject) === null)) return 'any';
    const held = noneParts.findIndex((part) => part(subject) === null);
    return held === -1 ? null : `none[${held}]`;
  };
}

/** A condition that a rule has, with what it asks for. */
interface Check<About> {
  readonly condition: string;
  readonly holds: (about: About) => boolean;
}

function checksOf<About>(
  asked: Readonly<Record<string, unknown>>,
  rows: readonly (readonly [name: string, row: { holds(about: About, wanted: unknown): boolean }])[],
): Check<About>[] {
  return rows.flatMap(([condition, row]) => {
    const wanted = asked[condition];
    return wanted === undefined ? [] : [{ condition, holds: (about: About) => row.holds(about, wanted) }];
  });
}
