import { z } from 'zod';
import type { Resolution } from '../core/citation.ts';
import { type Post, postKey } from '../core/post.ts';
import { Action, type Verdict } from '../core/verdict.ts';
import type { Vocabulary } from './condition.ts';
import { citationKeys, keySchemas, postKeys, type ReadShortPost, type ShortPost, withKeys } from './conditions.ts';
import { type Counter, counterKey, type Earlier } from './counters.ts';

/** Schema of `tests`, which stand beside the rules that they hold to. */
export function testsSchema(vocabulary: Vocabulary) {
  const cable = z.strictObject(keySchemas(citationKeys, vocabulary)).partial();
  const count = z.int().min(0).optional();
  const counts = z.strictObject({
    author: count.describe('By the same author.'),
    thread: count.describe('In the same thread.'),
    cable: count.describe('About the cable that it cites.'),
    all: count.describe('At all.'),
  });
  const expected = z.strictObject({
    action: Action.optional().describe('What is done in the end.'),
    rule: z.string().nullable().optional().describe('Name of the rule that decides; `null`: none.'),
    template: z.string().nullable().optional().describe('Template of the reply.'),
    labels: z.array(z.string()).optional().describe('Exactly these labels.'),
    clause: z.string().nullable().optional().describe('Words of the clause that lowers it; `null`: none does.'),
  });
  return z
    .array(
      z.strictObject({
        name: z.string().min(1).max(100).describe('What the test shows.'),
        post: testPost(vocabulary).describe('A post, in short.'),
        cable: cable
          .optional()
          .describe('Taken to be so of each citation, whatever is known here: then the test does not depend on it.'),
        earlier: counts
          .optional()
          .describe('So many posts came before it, in whatever window a rule asks for. Left out: none.'),
        expect: expected.describe('What the verdict must be; what is left out may be anything.'),
      }),
    )
    .describe('Tests of the rules: `pilcrow rules test`.');
}

export type RuleTest = z.output<ReturnType<typeof testsSchema>>[number];

function testPost(vocabulary: Vocabulary): z.ZodType<ReadShortPost, ShortPost> {
  return z.strictObject(keySchemas(postKeys, vocabulary));
}

/** What the test takes to have come before the post. */
export function earlierIn({ earlier = {} }: RuleTest, counters: readonly Counter[]): Earlier {
  return new Map(counters.map((counter) => [counterKey(counter), earlier[counter.per] ?? 0]));
}

/** Schema of a post in short where nothing is known of the installation. */
export const TestPost = testPost({});

const plainPost: Post = {
  key: postKey('file', 'test'),
  platform: 'file',
  id: 'test',
  url: null,
  author: { id: 'reader', handle: 'reader', name: null, bot: false },
  text: '',
  language: null,
  createdAt: 0,
  hashtags: [],
  links: [],
  summoned: false,
  repost: false,
  visibility: 'public',
  inReplyTo: null,
  thread: 'test',
};

/** The whole post that a test means. */
export function postOf(short: ReadShortPost): Post {
  return withKeys(postKeys, short, plainPost);
}

/** A resolution with what the test takes to be so. */
export function assumed(resolution: Resolution, { cable = {} }: RuleTest): Resolution {
  return withKeys(citationKeys, cable, resolution);
}

/** Where a verdict is not what the test expects, a line each: `action: expected log, got reply`. */
export function differences({ expect }: RuleTest, verdict: Verdict): string[] {
  const { action, rule, template, labels, clause } = expect;
  const got = verdict.clause;
  return [
    ...differs('action', action, verdict.action),
    ...differs('rule', rule, verdict.rule),
    ...differs('template', template, verdict.template),
    ...differs('labels', labels?.join(', '), (verdict.labels ?? []).join(', ')),
    ...(typeof clause === 'string' && got?.includes(clause) === true ? [] : differs('clause', clause, got)),
  ];
}

function differs(what: string, expected: string | null | undefined, got: string | null): string[] {
  return expected === undefined || expected === got ? [] : [`${what}: expected ${named(expected)}, got ${named(got)}`];
}

function named(value: string | null): string {
  return value === null || value === '' ? 'none' : value;
}
