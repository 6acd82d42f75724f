import { malformedIds, namesInIds } from '../ids/reference-id.ts';
import { lazily } from '../tsv.ts';
import { mayBeMarked } from './hashtags.ts';
import { invisibleSource, isDigitUnit, isLetterUnit, withoutAccent } from './folded-text.ts';

/**
 * False for most posts: true if a text may have an ID of a known station (two digits and the first letters of a name), #cablegate or
 * #wlfind, or characters that folding may make such.
 */
export function mayCite(text: string): boolean {
  quickPattern.lastIndex = 0;
  while (quickPattern.test(text)) {
    const last = quickPattern.lastIndex - 1;
    if (!isLetterUnit(text.charCodeAt(last))) return mayHaveUnusualId(text) || mayBeMarked(text);
    if (text[last - 2] === '#' || mayBeginName(text, last)) return true;
    quickPattern.lastIndex = last;
  }
  return false;
}

function mayHaveUnusualId(text: string): boolean {
  startPattern.lastIndex = 0;
  for (let match = startPattern.exec(text); match !== null; match = startPattern.exec(text)) {
    const last = startPattern.lastIndex - 1;
    if (match[1] !== undefined || mayBeginName(text, last)) return true;
    startPattern.lastIndex = last;
  }
  return false;
}

/** The next place where a name in an ID may begin. */
export function nextName(text: string, from: number): number | undefined {
  pairPattern.lastIndex = from;
  return pairPattern.test(text) ? pairPattern.lastIndex - 1 : undefined;
}

/**
 * The end of a year that has cables and the first letter of a name, or a zero for the O of OTTAWA, OSLO. The odd blanks and hyphens are
 * those that plain text has not.
 */
const pairSource = String.raw`(?:[06-9][0-9]|10|[0-9]0(?=[STUstu]))[ _\u00A0\u2010-\u2013\u3000\-]{0,2}[A-Za-z]`;
const pairPattern = new RegExp(pairSource, 'g');

/** A digit of another script, or what folding changes or drops in the year or the first letters. On Latin-1 text the engine drops most of it. */
const foldedSource = String.raw`[\p{Nd}--[0-9]]|(?:[06-9][0-9]|10)[_\p{Zs}\p{Pd}]{0,2}\p{Script=Cyrillic}{3}|[0-9][ _\-]{0,2}[A-Za-z]{0,3}[${invisibleSource}\uFF21-\uFF5A\u{1D400}-\u{1D6A3}]`;
const startPattern = new RegExp(`${pairSource}|(${foldedSource})`, 'gv');
/** What nobody sees in Latin-1. */
const unseenSource = String.raw`\x00-\x08\x0E-\x1F\x7F-\x9F\xAD`;
/**
 * Finds the same, and the start of a mark, in a text of Latin-1, of which the engine drops the last branch; of any other it finds the first
 * character that is none. Branches of three units are quicker than shorter ones.
 */
const quickPattern = new RegExp(
  String.raw`(?:[06-9][0-9]|10|[0-9]0(?=[STUstu]))[ _\xA0\-]{0,2}[A-Za-z${unseenSource}]|#[CcWw][AaLl](?=[BbFf])|[0-9][${unseenSource}][0-9${unseenSource}]|[\u0100-\uFFFF]`,
  'g',
);

function isUnseen(unit: number): boolean {
  return unit < 9 || (unit > 13 && unit < 32) || (unit >= 0x7f && unit < 0xa0) || unit === 0xad;
}

/** True if a name's first four letters begin at `at`, or the two or three letters of a malformed ID (`092OF5`, `09BAU339`). */
export function mayBeginName(text: string, at: number): boolean {
  let code = 0;
  let letters = 0;
  for (let place = at; letters < 4 && place < at + 7; place += 1) {
    const written = text.charCodeAt(place);
    const unit = written < 0xc0 ? written : withoutAccent(written);
    if (isLetterUnit(unit)) {
      code = code * 32 + (unit & 31);
      letters += 1;
    } else if (isDigitUnit(unit)) return shortNames().has(code);
    else if (isUnseen(unit)) return true;
    else if (!isInName(unit)) return false;
  }
  return letters === 4 && nameHeads().has(code);
}

const nameHeads = lazily(
  () => new Set(namesInIds().flatMap((name) => (/^[A-Z]/.test(name) ? headCode(name.slice(0, 4)) : []))),
);

const shortNames = lazily(() => new Set(malformedIds().map(([id]) => headCode(/[A-Z]+/.exec(id)?.[0] ?? ''))));

function headCode(letters: string): number {
  let code = 0;
  for (let at = 0; at < letters.length; at += 1) code = code * 32 + (letters.charCodeAt(at) & 31);
  return code;
}

/** Blank, apostrophes, hyphens, underscore; beyond ASCII whatever plain text may make one of them. */
function isInName(unit: number): boolean {
  return unit === 32 || unit === 39 || unit === 45 || unit === 95 || unit >= 0xa0;
}
