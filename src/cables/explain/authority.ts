import { lazily, readTable } from '../tsv.ts';
import { dayMs } from '../../core/durations.ts';

/** An Executive Order by which information was classified, at a date. */
export interface OrderInForce {
  readonly number: string;
  /** Number of the amending order, if there was one before that date. */
  readonly amendedBy: string | null;
  /** `YYYY-MM-DD`: since when it was in force, and the amendment if there is one. */
  readonly since: string;
  readonly amendedSince: string | null;
  /** Section of the reasons as cables cite it: `1.4`. */
  readonly section: string | null;
  /** Its text at Wikisource. */
  readonly url: string;
  /** Text of the amendment, which reprints the whole order. */
  readonly amendmentUrl: string | null;
  /** An order that was signed at that date but not in force yet. */
  readonly upcoming: { readonly number: string; readonly signed: string; readonly since: string } | null;
}

/** The order in force on a day `YYYY-MM-DD`; undefined before 1953. */
export function orderOn(day: string): OrderInForce | undefined {
  const row = rows().findLast(({ since }) => since <= day);
  if (row === undefined) return undefined;
  const order = row.amends === null ? row : (rows().find(({ number }) => number === row.amends) ?? row);
  const next = rows().find(({ signed, since }) => signed <= day && day < since);
  return {
    number: order.number,
    amendedBy: row.amends === null ? null : row.number,
    since: order.since,
    amendedSince: row.amends === null ? null : row.since,
    section: row.section,
    url: textOfOrder(order.number),
    amendmentUrl: row.amends === null ? null : textOfOrder(row.number),
    upcoming: next === undefined ? null : { number: next.number, signed: next.signed, since: next.since },
  };
}

/** `E.O. 12958 as amended by E.O. 13292` */
export function nameOfOrder({ number, amendedBy }: OrderInForce): string {
  return amendedBy === null ? `E.O. ${number}` : `E.O. ${number} as amended by E.O. ${amendedBy}`;
}

/** The order whose reasons are in a section of that number; used for undated cables. */
function orderWithSection(section: string): OrderInForce | undefined {
  const row = rows().find((each) => each.section === section);
  return row && orderOn(row.since);
}

function textOfOrder(number: string): string {
  return `https://en.wikisource.org/wiki/Executive_Order_${number}`;
}

/** In chronological order. */
const rows = lazily(() =>
  readTable('orders.tsv').map(([number = '', signed = '', since = '', section = '', amends = '']) => ({
    number,
    signed,
    since,
    section: section || null,
    amends: amends || null,
  })),
);

/** A reason for classification, in the order's words. */
export interface ReasonExplained {
  /** `1.5(b)` */
  readonly written: string;
  /** The same reason in the order in force: `1.4(b)`; null if that order's reasons have no letters. */
  readonly inForce: string | null;
  /** Null if the order in force has no such letter. */
  readonly words: string | null;
  /** Explains why the written reason does not fit the date. */
  readonly mismatch: string | null;
}

/** `written`: `1.4(b)`. `day`: the cable's, `YYYY-MM-DD`; without it the section determines the order. */
export function explainReason(written: string, day: string | null): ReasonExplained {
  const [, section = '', letter = ''] = /^([\d.]+)\(([a-z])\)$/.exec(written) ?? [];
  const order = day === null ? orderWithSection(section) : orderOn(day);
  if (order === undefined) return { written, inForce: null, words: null, mismatch: null };
  const words = reasonWords().get(`${order.amendedBy ?? order.number} ${letter}`) ?? null;
  const wrongSection =
    order.section === section
      ? null
      : order.section === null
        ? `${nameOfOrder(order)}, in force on ${day}, numbers its reasons in another way`
        : `on ${day} the reasons were in section ${order.section} of ${nameOfOrder(order)}`;
  const noLetter = order.section !== null && words === null ? `${nameOfOrder(order)} has no reason (${letter})` : null;
  return {
    written,
    inForce: words === null || order.section === null ? null : `${order.section}(${letter})`,
    words,
    mismatch: [wrongSection, noLetter].filter((each) => each !== null).join('; ') || null,
  };
}

const reasonWords = lazily(
  () => new Map(readTable('reasons.tsv').map(([order = '', letter = '', words = '']) => [`${order} ${letter}`, words])),
);

/** Explains the line `DECL:`. `decl`: a date `YYYY-MM-DD` or words, as in `Cable`; null if none is printed or it is N/A. */
export function explainDeclassification(decl: string | null, isClassified: boolean, created: string | null): string {
  if (decl === null)
    return isClassified ? 'no date or event is printed in this copy' : 'nothing to declassify: it is not classified';
  if (/^\d{4}-\d\d-\d\d$/.test(decl)) return `on ${dayInWords(decl)}${yearsAfter(decl, created)}`;
  const exemption = /(?<![A-Z0-9])(?:25 ?X ?[1-9]|X ?[1-8])(?!\d)/i.exec(decl);
  if (exemption !== null) return explainExemption(exemption[0].replaceAll(' ', '').toUpperCase());
  const code = declassificationCodes.find(([pattern]) => pattern.test(decl));
  if (code !== undefined) return code[1];
  if (/\b(?:AFTER|UPON|WHEN|END OF|CLOSURE|COMPLETION|WITHDRAWAL)\b/i.test(decl))
    return `when this event has happened: ${decl}`;
  return `as printed: ${decl}`;
}

/** Codes instead of a date, with their meaning. */
const declassificationCodes: readonly (readonly [RegExp, string])[] = [
  [/^\W*MR\b/i, 'on no date: only after a review (MR: manual review)'],
  [/\bOADR\b/i, "on no date: when the originating agency decides (OADR: originating agency's determination required)"],
  [/\bXGDS/i, 'exempt from the general declassification schedule (XGDS)'],
  [/\bGDS\b/i, 'by the general declassification schedule (GDS)'],
  [/^99\/99\/9999/, 'on no date: 99/99/9999 is a placeholder'],
];

function explainExemption(code: string): string {
  const about = exemptions().get(code) ?? '';
  return `exempt from declassification after ${code.startsWith('25') ? 25 : 10} years (${code}): ${about}`;
}

/** `, 10 years after it was sent`; rounded to years, because such dates are often some days off. */
function yearsAfter(day: string, created: string | null): string {
  if (created === null) return '';
  const years = Math.round((Date.parse(day) - Date.parse(created)) / dayMs / 365.25);
  if (years < 1) return day < created.slice(0, 10) ? ', before it was sent' : ', within a year';
  return `, ${years} year${years === 1 ? '' : 's'} after it was sent`;
}

const exemptions = lazily(() => new Map(readTable('exemptions.tsv').map(([code = '', about = '']) => [code, about])));

/** `2007-08-19` or a time of that day as `19 August 2007`. */
export function dayInWords(time: string): string {
  return dayFormat().format(new Date(`${time.slice(0, 10)}T00:00Z`));
}

/** `2007-08-19T23:55Z` as `Sunday 19 August 2007, 23:55 UTC`. */
export function timeInWords(time: string): string {
  return `${weekdayFormat().format(new Date(time))} ${dayInWords(time)}, ${time.slice(11, 16)} UTC`;
}

const dayFormat = lazily(() => inUtc({ day: 'numeric', month: 'long', year: 'numeric' }));
const weekdayFormat = lazily(() => inUtc({ weekday: 'long' }));

function inUtc(parts: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', { ...parts, timeZone: 'UTC' });
}
