import { citationTests, postTests, type Tests } from './conditions.ts';
import type { CitationSubject, Subject } from './subject.ts';
import type { When } from './when.ts';

/** Whether all conditions hold, as a test to be made once a rule and asked once a post. */
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
  readonly condition: keyof When;
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

function compile(when: When): Compiled {
  const ofThePost = checksOf(when, postTests);
  const ofACitation = checksOf(when, citationTests);
  const [all, any, none] = [when.all, when.any, when.none].map((parts) => parts?.map((part) => compiled(part).holds));
  return {
    ofThePost,
    ofACitation,
    holds(subject) {
      for (const { holds } of ofThePost) if (!holds(subject)) return false;
      if (ofACitation.length > 0 && !subject.citations.some((one) => holdAll(ofACitation, one))) return false;
      if (any !== undefined && !any.some((holds) => holds(subject))) return false;
      if (all !== undefined && !all.every((holds) => holds(subject))) return false;
      return none === undefined || !none.some((holds) => holds(subject));
    },
  };
}

function holdAll<About>(checks: readonly Check<About>[], about: About): boolean {
  for (const { holds } of checks) if (!holds(about)) return false;
  return true;
}

function checksOf<About>(when: When, tests: Tests<About>): Check<About>[] {
  return (Object.keys(tests) as (keyof When)[]).flatMap((condition) => {
    const wanted = when[condition];
    const test = tests[condition] as ((wanted: unknown) => (about: About) => boolean) | undefined;
    return wanted === undefined || test === undefined ? [] : [{ condition, holds: test(wanted) }];
  });
}
