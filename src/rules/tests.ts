import { z } from 'zod';
import type { Resolution } from '../core/citation.ts';
import { type Post, postKey } from '../core/post.ts';
import { Duration } from '../core/durations.ts';
import { Action, type Verdict } from '../core/verdict.ts';
import { type Counter, counterKey, type Earlier } from './counters.ts';
import { kinds, statuses, type Vocabulary, word } from './when.ts';

/** Schema of `tests`, which stand beside the rules that they hold to. */
export function testsSchema(vocabulary: Vocabulary) {
  const post = testPost(vocabulary);
  const cable = z.strictObject({
    status: z.enum(statuses).optional().describe('What the look-up gave.'),
    kind: z.enum(kinds).optional().describe('How it is cited.'),
    classification: z.string().optional().describe('Its classification.'),
    origin: z.string().optional().describe('Its sender.'),
    tags: z.array(z.string()).optional().describe('Its TAGS.'),
    markings: z.array(z.string()).optional().describe('Portion markings of the paragraphs that are cited.'),
  });
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
        post: post.describe('A post, in short.'),
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

/** A post in short, as tests write it. */
function testPost({ platforms, feeds }: Vocabulary) {
  return z.strictObject({
    text: z.string().describe('Text of the post; citations are found in it as in any.'),
    platform: word(platforms).default('file').describe('Where it comes from.'),
    feed: word(feeds).optional().describe('In which feed it was found. Left out: in none that is configured.'),
    author: z.string().min(1).default('reader').describe('Handle of its author, with or without @.'),
    bot: z.boolean().default(false).describe('A program wrote it.'),
    follower: z.boolean().optional().describe('The author follows the bot. Left out: that is not known.'),
    accountAge: Duration.optional().describe('How old the author’s account is: 30d. Left out: that is not known.'),
    language: z.string().nullable().default(null).describe('Its language, as the platform says: en, de, pt-BR.'),
    hashtags: z.array(z.string()).default([]).describe('Hashtags beside those of the text.'),
    summoned: z.boolean().default(false).describe('Its author addressed the bot.'),
    repost: z.boolean().default(false).describe('It repeats someone else’s words.'),
    visibility: z.enum(['public', 'unlisted', 'followers', 'direct']).default('public').describe('Its visibility.'),
    thread: z.enum(['start', 'reply']).default('start').describe('It starts a thread, or answers a post.'),
    written: z.iso
      .datetime({ offset: true, error: 'expected a time with its zone, such as 2026-11-25T22:30:00+01:00' })
      .default('2026-11-25T12:00:00Z')
      .describe('When it was written.'),
  });
}

/** What the test takes to have come before the post. */
export function earlierIn({ earlier = {} }: RuleTest, counters: readonly Counter[]): Earlier {
  return new Map(counters.map((counter) => [counterKey(counter), earlier[counter.per] ?? 0]));
}

/** Schema of a post in short where nothing is known of the installation. */
export const TestPost = testPost({});
type TestPost = z.output<typeof TestPost>;
/** As it is written: what is left out is as usual. */
export type ShortPost = z.input<typeof TestPost>;

/** It in full. */
export function postOf(short: TestPost): Post {
  const { text, platform, author, bot, follower, accountAge, language, summoned, repost, visibility, thread, written } =
    short;
  const handle = author.replace(/^@/, '');
  const found = [...text.matchAll(/#([\p{L}\p{N}_]+)/gu)].map((match) => match[1] ?? '');
  return {
    key: postKey(platform, 'test'),
    platform,
    id: 'test',
    url: null,
    author: {
      id: handle,
      handle,
      name: null,
      bot,
      ...(follower !== undefined && { follower }),
      ...(accountAge !== undefined && { since: Date.parse(written) - accountAge }),
    },
    text,
    language,
    createdAt: Date.parse(written),
    hashtags: [...short.hashtags.map((tag) => tag.replace(/^#/, '')), ...found],
    links: [],
    summoned,
    repost,
    visibility,
    inReplyTo: thread === 'reply' ? 'another' : null,
    thread: thread === 'reply' ? 'another' : 'test',
  };
}

/** A resolution with what the test takes to be so. */
export function assumed(resolution: Resolution, { cable = {} }: RuleTest): Resolution {
  const { status, kind, classification, origin, tags, markings } = cable;
  const facts = resolution.cable ?? { subject: null, created: null, classification: null, origin: null };
  const isKnown = classification !== undefined || origin !== undefined;
  return {
    ...resolution,
    status: status ?? resolution.status,
    cable: isKnown
      ? { ...facts, classification: classification ?? facts.classification, origin: origin ?? facts.origin }
      : resolution.cable,
    traits: {
      ...resolution.traits,
      kind: kind ?? resolution.traits.kind,
      tags: tags ?? resolution.traits.tags,
      markings: markings ?? resolution.traits.markings,
    },
  };
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
