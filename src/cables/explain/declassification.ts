import { lazily, readTable } from '../tsv.ts';
import { dayInWords } from './days.ts';

/** What the line `DECL:` means. `decl`: a date `YYYY-MM-DD` or the words, as in `Cable`; null where none is printed or it says N/A. */
export function explainDeclassification(decl: string | null, isClassified: boolean, created: string | null): string {
  if (decl === null)
    return isClassified ? 'no date or event is printed in this copy' : 'nothing to declassify: it is not classified';
  if (/^\d{4}-\d\d-\d\d$/.test(decl)) return `on ${dayInWords(decl)}${yearsAfter(decl, created)}`;
  const exemption = /(?<![A-Z0-9])(?:25 ?X ?[1-9]|X ?[1-8])(?!\d)/i.exec(decl);
  if (exemption !== null) return explainExemption(exemption[0].replaceAll(' ', '').toUpperCase());
  const code = declassificationCodes.find(([pattern]) => pattern.test(decl));
  if (code !== undefined) return code[1];
  if (/\b(?:AFTER|UPON|WHEN|END OF|CLOSURE|COMPLETION|WITHDRAWAL)\b/i.test(decl))
    return `when the event has come that is named: ${decl}`;
  return `as printed: ${decl}`;
}

/** What stands instead of a date, with what it means. */
const declassificationCodes: readonly (readonly [RegExp, string])[] = [
  [/^\W*MR\b/i, 'on no date: only after a review (MR: manual review)'],
  [/\bOADR\b/i, "on no date: when the originating agency decides (OADR: originating agency's determination required)"],
  [/\bXGDS/i, 'exempt from the general declassification schedule (XGDS)'],
  [/\bGDS\b/i, 'by the general declassification schedule (GDS)'],
  [/^99\/99\/9999/, 'on no date: 99/99/9999 fills its place'],
];

function explainExemption(code: string): string {
  const about = exemptions().get(code) ?? '';
  return `exempt from declassification after ${code.startsWith('25') ? 25 : 10} years (${code}): ${about}`;
}

/** `, 10 years after it was sent`; to the year, since such dates are often some days off. */
function yearsAfter(day: string, created: string | null): string {
  if (created === null) return '';
  const years = Math.round((Date.parse(day) - Date.parse(created)) / 86_400_000 / 365.25);
  if (years < 1) return day < created.slice(0, 10) ? ', before it was sent' : ', within a year';
  return `, ${years} year${years === 1 ? '' : 's'} after it was sent`;
}

const exemptions = lazily(() => new Map(readTable('exemptions.tsv').map(([code = '', about = '']) => [code, about])));
