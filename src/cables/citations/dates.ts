import { lazily } from '../tsv.ts';

/** A date next to a citation without a year. */
export interface DateBeside {
  /** Year and month, if they are the cable's; null: the date may be that of a publication. */
  readonly year: number | null;
  readonly month: number | null;
  /** Units from the core to the far end of the date; 0: the date is further away. */
  readonly length: number;
}

/** A date such as `of August 2007` that begins at `at`, or `dated 19 August 2007` a little behind it. */
export function dateAfter(text: string, at: number): DateBeside | undefined {
  const { after, farAfter } = patterns();
  const rest = text.slice(at, at + 120);
  return dateOf(after.exec(rest)) ?? atDistance(dateOf(farAfter.exec(rest)));
}

/** A date such as `August 2007,` that ends at `at`, or `a cable dated 19 August 2007` a little before it, not before `floor`. */
export function dateBefore(text: string, at: number, floor: number): DateBeside | undefined {
  const { before, farBefore } = patterns();
  const above = text.slice(Math.max(floor, at - 90), at);
  return dateOf(before.exec(above.slice(-40))) ?? atDistance(dateOf(farBefore.exec(above)));
}

/** The date-time group of a message's header: `O 111111Z SEP 07`. */
export const groupSource = String.raw`\d{6}Z\s{0,2}(?<name>[A-Z]{3})[A-Z]{0,6}\s{0,2}(?<year>\d\d(?:\d\d)?)(?!\d)`;

export function dateOf(match: RegExpExecArray | null): DateBeside | undefined {
  if (match === null) return undefined;
  const { name = '', number, first, second, year: digits = '', mark } = match.groups ?? {};
  const written = Number(digits.replace("'", ''));
  const year = written >= 100 ? written : written + (written < 50 ? 2000 : 1900);
  const month = monthNamed(name) ?? monthOf(number, first, second);
  // A year alone may be that of a publication, and what is later than the last cable is.
  const isCables = (month !== null || first !== undefined || mark !== undefined) && isWithinCables(year, month);
  return { year: isCables ? year : null, month: isCables ? month : null, length: match[0].length };
}

function atDistance(date: DateBeside | undefined): DateBeside | undefined {
  return date?.year === null ? undefined : date && { ...date, length: 0 };
}

/** The last cables are of February 2010. */
function isWithinCables(year: number, month: number | null): boolean {
  return year < 2010 || (year === 2010 && (month ?? 1) <= 2);
}

/** Null where day and month may be meant either way: `03/04/2007`. */
function monthOf(number: string | undefined, first: string | undefined, second: string | undefined): number | null {
  if (number !== undefined) return Number(number);
  const [one, two] = [Number(first ?? 0), Number(second ?? 0)];
  if (one > 12 || one === two) return two || null;
  return two > 12 ? one : null;
}

function monthNamed(written: string): number | null {
  const name = written.toLowerCase();
  return monthNames().get(name) ?? monthNames().get(name.slice(0, 3)) ?? null;
}

/** English, and the main languages of cable readers. */
const languages = ['en', 'fr', 'es', 'pt', 'de', 'it', 'nl', 'sv', 'ru'];

/** Names and English abbreviations of months, in lower case without accents. */
const monthNames = lazily(() => {
  const names = new Map<string, number>();
  for (const language of languages)
    for (const month of ['long', 'short'] as const)
      for (let number = 1; number <= 12; number += 1) {
        if (month === 'short' && language !== 'en') continue;
        const format = new Intl.DateTimeFormat(language, { day: 'numeric', month, timeZone: 'UTC' });
        const parts = format.formatToParts(Date.UTC(2007, number - 1, 15));
        const name = parts.find(({ type }) => type === 'month')?.value ?? '';
        names.set(
          name
            .toLowerCase()
            .normalize('NFKD')
            .replaceAll(/\p{Mn}/gu, ''),
          number,
        );
      }
  return names.set('sept', 9);
});

const patterns = lazily(() => {
  const month = `(?<name>${[...monthNames().keys()].toSorted((a, b) => b.length - a.length).join('|')})(?!\\p{L})\\.?`;
  const year = String.raw`(?<year>(?:19|20)\d\d)(?!\d)`;
  const of = String.raw`(?:(?:de|del|di)\s)?`;
  const date = [
    `(?:DTG:?\\s{0,2})?${groupSource}`,
    String.raw`\d{1,2}(?:st|nd|rd|th|er|\.|º)?[\s\-]${of}${month},?[\s\-]{1,2}${of}(?<year>(?:19|20)\d\d|'?\d\d)(?!\d)`,
    String.raw`${month},?\s{1,2}(?:\d{1,2}(?:st|nd|rd|th)?,?\s{1,2})?${of}${year}`,
    String.raw`(?<year>(?:19|20)\d\d)[\-\/.](?<number>0?[1-9]|1[0-2])(?:[\-\/.]\d{1,2})?(?!\d)`,
    String.raw`\d{1,2}\.\s?(?<number>0?[1-9]|1[0-2])\.\s?${year}`,
    String.raw`(?<first>\d{1,2})[\-\/](?<second>\d{1,2})[\-\/]${year}`,
  ].join('|');
  const mark = String.raw`(?:(?<mark>of|from|dated|dtd|du|de|del|di|vom|von|van|fran|от)\s{1,2})`;
  const dated = String.raw`(?:dated|dtd\.?|datee?|fechado|fechada|datado|datada|datiert|datato|gedateerd|daterat|(?:cable|telegram|message)\s(?:of|from))\s(?:(?:on|of|du|de|em|vom|den|op|del)\s)?(?:${date})`;
  const gap = String.raw`(?:(?!\s(?:and|but|while|et|y|e|und|en|och|и)\s)[^\d.;\n]){0,40}`;
  return {
    after: new RegExp(String.raw`^[,\s\(]{0,3}${mark}?(?:(?:on|in|den)\s{1,2})?(?:${date}|${year})`, 'iv'),
    before: new RegExp(String.raw`(?<![\p{L}\p{Nd}])(?:${date}|${year})[,\s\(:]{1,3}$`, 'iv'),
    farAfter: new RegExp(String.raw`^(?:,?\s(?:¶{1,2}|para\.?)\s?\d+(?:-\d+)?)?${gap}(?<!\p{L})${dated}`, 'iv'),
    farBefore: new RegExp(String.raw`(?<!\p{L})${dated}${gap}$`, 'iv'),
  };
});
