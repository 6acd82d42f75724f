import { z } from 'zod';
import { periods, rankings } from '../../core/digest.ts';
import { languages } from '../../core/text/languages.ts';
import { TimeOfDay } from '../../core/durations.ts';
import { nameSuchAs } from '../../core/text/names.ts';
import { Action } from '../../core/verdict.ts';
import { Timezone } from '../../core/zone.ts';
import { digestFormats, formats } from '../../digest/render/index.ts';

const Name = nameSuchAs('daily');

const Word = z.string().min(1);
const words = z.array(Word).min(1).optional();

const Filter = z.strictObject({
  platforms: words.describe('Posts of these platforms.'),
  feeds: words.describe('Posts that these feeds found, by their names.'),
  labels: words.describe('Posts whose verdict has one of these labels, which rules give.'),
  actions: z.array(Action).min(1).optional().describe('Posts about which this was done. Left out: all but `ignore`.'),
  stations: z
    .array(Word.transform((code) => code.toUpperCase()))
    .min(1)
    .optional()
    .describe('Cables of these stations, by their codes: ASTANA.'),
  classifications: z
    .array(Word.transform((text) => text.toLowerCase()))
    .min(1)
    .optional()
    .describe('Cables of these classifications, as far as they are known.'),
});

function listed(many: boolean): string {
  return digestFormats.filter((format) => formats[format].many === many).join(', ');
}

/** Schema of an entry under `digests`. */
export const DigestEntry = z.strictObject({
  name: Name.describe('Your name for this digest. The ledger keeps its editions by it: do not reuse or change it.'),
  period: z
    .enum(periods)
    .default('day')
    .describe('What an edition covers: day; week: Monday to Sunday. To change it, give the digest a new name.'),
  timezone: Timezone.default('UTC').describe('Whose days: the name of a time zone, such as Europe/Berlin.'),
  time: TimeOfDay.prefault('07:00').describe(
    'The time in that zone at which the edition of the day before, or on Mondays that of the week before, is made.',
  ),
  filter: Filter.prefault({}).describe('What it counts. Left out: all posts that cite a cable.'),
  ranking: z
    .enum(rankings)
    .default('mentions')
    .describe(
      'The order of the cables. mentions: the most cited first; new: those never cited before first; rising: those first that are cited more than on the days before.',
    ),
  language: z.enum(languages).default('en').describe('What it is written in.'),
  formats: z
    .array(z.enum(digestFormats))
    .min(1)
    .default(['md', 'html', 'json', 'atom'])
    .describe(
      `Files that are written. One an edition: ${listed(false)}. One with the last 30 editions: ${listed(true)}.`,
    ),
  folder: z
    .string()
    .min(1)
    .nullable()
    .optional()
    .describe('Where the files go, relative to this one. Left out: digests/NAME in the data folder; `null`: nowhere.'),
  channels: z.array(Name).default([]).describe('Channels that get each edition, by their names.'),
  account: Name.optional().describe(
    'A publisher that posts a line about each edition on its own timeline: one with `mode: own-timeline`, or the log.',
  ),
  link: z
    .url({ protocol: /^https?$/, error: 'expected the address of a page, such as https://example.org/digests' })
    .optional()
    .describe('Where the editions can be read, if anywhere: feeds and posts link to it.'),
});
