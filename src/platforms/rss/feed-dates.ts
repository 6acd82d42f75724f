/** Offsets of named zones, in hours: those of RFC 822, and those that name one zone alone. Any other name is UTC (RFC 2822, 4.3). */
const zones: Readonly<Record<string, number>> = Object.fromEntries(
  `EST -5, EDT -4, CST -6, CDT -5, MST -7, MDT -6, PST -8, PDT -7, WEST 1, BST 1, CET 1, MET 1, MEZ 1, CEST 2, MEST 2, MESZ 2, EET 2, EEST 3,
  MSK 3, JST 9, KST 9, AEST 10, AEDT 11, NZST 12, NZDT 13, BRT -3, HST -10, AKST -9, AKDT -8`
    .split(/,\s+/)
    .map((zone) => zone.split(' '))
    .map(([name = '', hours]) => [name, Number(hours)]),
);

const languages = ['en', 'de', 'es', 'fr', 'pt', 'it', 'nl', 'sv', 'da', 'pl', 'ru', 'tr', 'id'];

const [weekday, name] = [/(?:\p{L}+\.?(?:-\p{L}+)?,?\s+)?/u, /(?<name>[\p{L}\p{M}]+)\.?/u];
const time = /(?:[\s,]+(?:\p{L}+\s+)?(?<hour>\d\d?):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.\d+)?)?)?/u;
const zone = /\s*(?:[\p{L}(]*\s?(?<offset>[+-]\d\d:?\d\d)|\(?(?<zone>\p{L}+)\)?)?.*/u;
/** RFC 822, with names of months in any of the languages: `Seg, 24 de Set de 2026 19:42:40 -0300`. */
const dayFirst = new RegExp(
  `^${weekday.source}(?<day>\\d\\d?)(?:\\.|º)?[\\s-]+(?:de\\s+)?${name.source}[\\s-]+(?:de\\s+)?(?<year>\\d{4}|\\d\\d)${time.source}${zone.source}$`,
  'u',
);
/** `Thu Nov 26 14:17:15 2026`, `November 26, 2026 2:17 PM`: read as JavaScript does, in UTC unless it names a zone. */
const monthFirst = /^(?:[A-Za-z]+,?\s+)?[A-Za-z]{3,9}\.?\s+\d\d?[\s,]/;
const iso =
  /^(?<date>\d{4}(?:-\d\d){0,2})(?=$|[T\s,])(?:[T ](?<time>\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s?(?<zone>Z|[+-]\d\d:?\d\d)?)?/i;

/** The time in a date as feeds write it, in milliseconds since the Unix epoch, without a zone in UTC. Null: it is not understood. */
export function timeOf(written: string): number | null {
  const text = written.trim().slice(0, 100);
  const epoch = /^\d{10}(?:\d{3})?$/.test(text) ? Number(text.padEnd(13, '0')) : Number.NaN;
  const isEnglish = monthFirst.test(text) || /\d\s*[ap]m\b/i.test(text);
  const found = [epoch, isoTime(text), isEnglish ? englishTime(text) : rfc822Time(text)];
  return found.find((one) => !Number.isNaN(one)) ?? null;
}

function isoTime(text: string): number {
  const { date = '', time: clock, zone: offset = 'Z' } = iso.exec(text)?.groups ?? {};
  return Date.parse(clock === undefined ? date : `${date}T${clock}${offset.toUpperCase()}`);
}

function rfc822Time(text: string): number {
  const parts = dayFirst.exec(text)?.groups;
  const month = parts && monthOf(parts['name'] ?? '');
  if (parts === undefined || month === undefined) return Number.NaN;
  const [day, hour, minute, second] = ['day', 'hour', 'minute', 'second'].map((key) => Number(parts[key] ?? 0));
  if (day! < 1 || day! > 31 || hour! > 24 || minute! > 59 || second! > 60) return Number.NaN;
  const year = Number(parts['year']);
  const full = year >= 100 ? year : year + (year < 70 ? 2000 : 1900);
  return Date.UTC(full, month, day, hour, minute, second) - offsetMs(parts);
}

function offsetMs({ offset, zone: named }: Readonly<Record<string, string | undefined>>): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(offset ?? '') ?? [];
  const written = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  const inMinutes = offset === undefined ? (zones[(named ?? '').toUpperCase()] ?? 0) * 60 : written;
  return (sign === '-' ? -inMinutes : inMinutes) * 60_000;
}

function englishTime(text: string): number {
  return Date.parse(/(?:[a-z]{3,}|[+-]\d\d:?\d\d|\))$/i.test(text) ? text : `${text} UTC`);
}

let months: ReadonlyMap<string, number> | undefined;

/** 0 to 11. Undefined: no month of these languages, or of two. */
function monthOf(written: string): number | undefined {
  months ??= namesOfMonths();
  return months.get(folded(written));
}

/** Long and short names, and the first three letters, without those that mean different months. */
function namesOfMonths(): ReadonlyMap<string, number> {
  const found = new Map<string, Set<number>>();
  for (const language of languages) {
    for (let month = 0; month < 12; month += 1) {
      for (const written of namesOf(month, language)) {
        found.set(written, new Set([...(found.get(written) ?? []), month]));
      }
    }
  }
  return new Map([...found].flatMap(([written, [month, other]]) => (other === undefined ? [[written, month!]] : [])));
}

function namesOf(month: number, language: string): string[] {
  const names = (['long', 'short'] as const).map((style) => {
    const format = new Intl.DateTimeFormat(language, { day: 'numeric', month: style, timeZone: 'UTC' });
    return folded(format.formatToParts(Date.UTC(2026, month, 1)).find(({ type }) => type === 'month')?.value ?? '');
  });
  return [...names, ...names.map((written) => written.slice(0, 3))].filter((written) => written.length > 2);
}

/** In lower case and without accents. */
function folded(written: string): string {
  return written
    .normalize('NFD')
    .replaceAll(/[\p{M}.]/gu, '')
    .toLowerCase();
}
