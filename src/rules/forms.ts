import { RE2JS } from 're2js';
import { z } from 'zod';
import { dayMs, Duration, TimeOfDay } from '../core/durations.ts';
import { Timezone } from '../core/zone.ts';
import { per } from './counters.ts';
import { foldedClassification, foldedPhrase } from './fold.ts';

export const statuses = ['resolved', 'unknown-paragraph', 'unverified', 'ambiguous', 'unknown-cable'] as const;
export const kinds = ['hashtag', 'id', 'url', 'no-year', 'description', 'quotation'] as const;

/** One of something, or a list of which one is enough. */
export function oneOrMore<T extends z.ZodType>(item: T) {
  return z
    .union([item, z.array(item).min(1)])
    .transform((written): z.output<T>[] => (Array.isArray(written) ? written : [written]) as z.output<T>[]);
}

export function word(known: readonly string[] | undefined): z.ZodType<string, string> {
  return known === undefined ? z.string().min(1) : z.enum(known);
}

/** A text in the form in which it is compared. */
export function comparable(fold: (written: string) => string) {
  return z.string().min(1).transform(fold);
}

export function phrase() {
  return z
    .string()
    .transform(foldedPhrase)
    .refine((words) => words.trim() !== '', 'expected a word: letters or digits');
}

export function pattern() {
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

/** Whether a pattern stands anywhere in a text, case aside. RE2 takes time that grows with the text alone, whatever the pattern. */
export function standsIn(text: string, written: string): boolean {
  return compile(written).matcher(text).find();
}

/** What is wrong with a pattern; undefined: nothing. */
function patternFault(written: string): string | undefined {
  try {
    compile(written);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // The pattern itself stands in the file, and not with the flag that is put before it here.
    return message.replace(/^error parsing regexp: /, '').replace(/: `\(\?i\).*$/s, '');
  }
}

const patterns = new Map<string, RE2JS>();

function compile(written: string): RE2JS {
  let found = patterns.get(written);
  if (found === undefined) patterns.set(written, (found = RE2JS.compile(written, RE2JS.CASE_INSENSITIVE)));
  return found;
}

export function year() {
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

/** The six that the cable viewer lists. */
const classifications = [
  'unclassified',
  'unclassified//for official use only',
  'confidential',
  'confidential//noforn',
  'secret',
  'secret//noforn',
] as const;

export function classification() {
  return z
    .string()
    .transform(foldedClassification)
    .pipe(z.enum(classifications))
    .meta({ examples: [...classifications] });
}

interface Bounds {
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
}

function bounded<Schema extends z.ZodType<Bounds>>(schema: Schema): Schema {
  return schema
    .refine(({ atLeast, atMost }) => atLeast !== undefined || atMost !== undefined, 'expected `atLeast` or `atMost`')
    .refine(({ atLeast = 0, atMost = Infinity }) => atLeast <= atMost, 'expected `atLeast` not above `atMost`');
}

export function isBetween(found: number, { atLeast = 0, atMost = Infinity }: Bounds): boolean {
  return found >= atLeast && found <= atMost;
}

export function age() {
  return bounded(
    z.strictObject({
      atLeast: Duration.optional().describe('This old, or older: 30d.'),
      atMost: Duration.optional().describe('This old, or younger.'),
    }),
  );
}

const yearMs = 366 * dayMs;

/** So many posts within a span of time. */
export function countWindow() {
  return bounded(
    z.strictObject({
      per: z
        .enum(per)
        .describe(
          'Which posts: those of the same `author` or `thread`, about a `cable` that the post cites too, or `all`.',
        ),
      within: Duration.refine((ms) => ms > 0 && ms <= yearMs, 'expected a span of at most 366d').describe(
        'How far back: 1h, 7d.',
      ),
      atLeast: z.int().min(1).max(1_000_000).optional().describe('So many, or more.'),
      atMost: z.int().min(0).max(1_000_000).optional().describe('So many, or fewer.'),
    }),
  );
}

export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** A part of the week in one zone. */
export function hours() {
  return z.strictObject({
    days: oneOrMore(z.enum(days)).optional().describe('On these days of the week. Left out: on all.'),
    from: TimeOfDay.prefault('00:00').describe('From this time of the day on.'),
    to: TimeOfDay.prefault('00:00').describe('Up to this time: 06:00. Where it is not after `from`, on the next day.'),
    timezone: Timezone.default('UTC').describe('Time zone of the times.'),
  });
}

/** A moment, in the tests beside the rules. */
export function time() {
  return z.iso.datetime({
    offset: true,
    error: 'expected a time with its zone, such as 2026-11-25T22:30:00+01:00',
  });
}
