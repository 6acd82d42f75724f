import { z } from 'zod';
import { Duration, TimeOfDay } from '../core/durations.ts';
import { earlierSchema } from './counters.ts';
import { folded, foldedClassification, foldedHandle, foldedHashtag, foldedMarking, foldedWords } from './fold.ts';
import { isTimezone } from '../core/zone.ts';
import { days } from './hours.ts';
import { patternFault } from './pattern.ts';

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

export const statuses = ['resolved', 'unknown-paragraph', 'unverified', 'ambiguous', 'unknown-cable'] as const;
export const kinds = ['hashtag', 'id', 'url', 'no-year', 'description', 'quotation'] as const;

/** The six that the cable viewer lists. */
const classifications = [
  'unclassified',
  'unclassified//for official use only',
  'confidential',
  'confidential//noforn',
  'secret',
  'secret//noforn',
] as const;

/** Conditions on the post itself. */
function ofThePost({ platforms, feeds }: Vocabulary) {
  return {
    platform: oneOrMore(word(platforms)).optional().describe('The post comes from one of these platforms.'),
    feed: oneOrMore(word(feeds)).optional().describe('The post was found in one of these feeds, by their names.'),
    hashtags: oneOrMore(comparable(foldedHashtag))
      .optional()
      .describe('The post has one of these hashtags (with or without #).'),
    text: oneOrMore(phrase())
      .optional()
      .describe('One of these words or phrases stands in the text: whole words, whatever is between them, case aside.'),
    pattern: oneOrMore(pattern())
      .optional()
      .describe('One of these regular expressions (RE2) matches somewhere in the text, case aside.'),
    author: oneOrMore(comparable(foldedHandle))
      .optional()
      .describe('One of these handles wrote it (with or without @).'),
    bot: z.boolean().optional().describe('The platform says that a program wrote it, or does not.'),
    follower: z
      .boolean()
      .optional()
      .describe('The author follows the bot, or does not. Holds neither way where the platform does not say.'),
    accountAge: age()
      .optional()
      .describe('How old the author’s account was when they wrote. Does not hold where the platform does not say.'),
    language: oneOrMore(comparable(folded))
      .optional()
      .describe('The platform says that it is in one of these languages; `en` includes `en-GB`.'),
    summoned: z.boolean().optional().describe('The author addressed the bot, or did not.'),
    repost: z.boolean().optional().describe('It repeats someone else’s words, or does not.'),
    visibility: oneOrMore(z.enum(['public', 'unlisted', 'followers', 'direct']))
      .optional()
      .describe('Visibility of the post.'),
    thread: z.enum(['start', 'reply']).optional().describe('start: it answers no other post; reply: it does.'),
    written: hours().optional().describe('It was written in these hours.'),
    earlier: oneOrMore(earlierSchema()).optional().describe('This many posts with citations came before it.'),
  };
}

/** Conditions on a citation in it, and on the cable that is cited. */
function ofACitation({ stations, countries }: Vocabulary) {
  return {
    kind: oneOrMore(z.enum(kinds)).optional().describe('How the cable is cited.'),
    status: oneOrMore(z.enum(statuses)).optional().describe('Result of the lookup.'),
    year: oneOrMore(year()).optional().describe('Year of the cable, by its ID: 2007, or `{ from: 2003, to: 2009 }`.'),
    station: oneOrMore(comparable((text) => folded(text).toUpperCase()).pipe(word(stations)))
      .optional()
      .describe('Station of the cable, as in its ID: ASTANA.'),
    country: oneOrMore(word(countries)).optional().describe('Country of that station: Kazakhstan.'),
    origin: oneOrMore(comparable(folded)).optional().describe('Sender of the cable, such as Embassy Astana.'),
    classification: oneOrMore(classification()).optional().describe('Classification of the cable, exactly.'),
    tags: oneOrMore(comparable((text) => folded(text).toUpperCase()))
      .optional()
      .describe('One of these TAGS stands on the cable: PREL, KZ. Known where the corpus has its text.'),
    marking: oneOrMore(comparable(foldedMarking))
      .optional()
      .describe(
        'A paragraph that is cited has one of these portion markings: SBU, S/NF. Known where the corpus has its text.',
      ),
  };
}

function conditions(vocabulary: Vocabulary) {
  return z.strictObject({ ...ofThePost(vocabulary), ...ofACitation(vocabulary) });
}

type Conditions = z.output<ReturnType<typeof conditions>>;

/** Every condition must hold, and so must the parts. */
export interface When extends Conditions {
  readonly all?: readonly When[] | undefined;
  readonly any?: readonly When[] | undefined;
  readonly none?: readonly When[] | undefined;
}

/** Schema of `when`. */
export function whenSchema(vocabulary: Vocabulary): z.ZodType<When> {
  const parts = z
    .array(z.lazy((): z.ZodType<When> => when))
    .min(1)
    .optional();
  const when: z.ZodType<When> = conditions(vocabulary).extend({
    all: parts.describe('All of these hold, each for itself.'),
    any: parts.describe('At least one of these holds.'),
    none: parts.describe('None of these holds.'),
  });
  return when;
}

export function oneOrMore<T extends z.ZodType>(item: T) {
  return z
    .union([item, z.array(item).min(1)])
    .transform((written): z.output<T>[] => (Array.isArray(written) ? written : [written]) as z.output<T>[]);
}

export function word(known: readonly string[] | undefined): z.ZodType<string, string> {
  return known === undefined ? z.string().min(1) : z.enum(known);
}

function comparable(fold: (written: string) => string) {
  return z.string().min(1).transform(fold);
}

function phrase() {
  return z
    .string()
    .transform(foldedWords)
    .refine((words) => words.trim() !== '', 'expected a word: letters or digits');
}

function pattern() {
  return z
    .string()
    .min(1)
    .max(1000)
    .superRefine((written, context) => {
      const fault = patternFault(written);
      if (fault !== undefined) {
        const message = `expected a regular expression of RE2, which has neither backreferences nor lookaround: ${fault}`;
        context.addIssue({ code: 'custom', message });
      }
    });
}

function year() {
  const one = z.int().min(1966).max(2010);
  return z.union([
    one.transform((only) => ({ from: only, to: only })),
    z
      .strictObject({
        from: one.default(1966).describe('The first year.'),
        to: one.default(2010).describe('The last year.'),
      })
      .refine(({ from, to }) => from <= to, 'expected `from` not after `to`'),
  ]);
}

function classification() {
  return z
    .string()
    .transform(foldedClassification)
    .pipe(z.enum(classifications))
    .meta({ examples: [...classifications] });
}

function age() {
  return z
    .strictObject({
      atLeast: Duration.optional().describe('This old, or older: 30d.'),
      atMost: Duration.optional().describe('This old, or younger.'),
    })
    .refine(({ atLeast, atMost }) => atLeast !== undefined || atMost !== undefined, 'expected `atLeast` or `atMost`')
    .refine(({ atLeast = 0, atMost = Infinity }) => atLeast <= atMost, 'expected `atLeast` not above `atMost`');
}

function hours() {
  return z.strictObject({
    days: oneOrMore(z.enum(days)).optional().describe('On these days of the week. Left out: on all.'),
    from: TimeOfDay.prefault('00:00').describe('From this time of the day on.'),
    to: TimeOfDay.prefault('00:00').describe('Up to this time: 06:00. Where it is not after `from`, on the next day.'),
    timezone: z
      .string()
      .refine(isTimezone, 'expected the name of a time zone, such as Europe/Berlin')
      .default('UTC')
      .describe('Time zone of the times.'),
  });
}
