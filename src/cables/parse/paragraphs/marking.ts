import { closeParenthesis, openParenthesis } from '../characters.ts';

/** A portion marking in a line, and the position after it. */
export interface MarkingAt {
  /** As printed, without parentheses and outer blanks: `C/NF`, `U//FOUO`. */
  readonly marking: string;
  readonly end: number;
}

/** Reads `(SBU)`, `( C )`, `(S//REL NATO, ISAF)`; undefined for other text in parentheses: `(U.S.)`, `(IRAN)`. */
export function markingAt(line: string, at: number): MarkingAt | undefined {
  if (line.charCodeAt(at) !== openParenthesis) return undefined;
  if (line.charCodeAt(at + 2) === closeParenthesis)
    return levelWords.has(line[at + 1] ?? '') ? { marking: line[at + 1] ?? '', end: at + 3 } : undefined;
  if (line.startsWith('(SBU)', at)) return { marking: 'SBU', end: at + 5 };
  const inside = line.slice(at + 1, at + 1 + maxLength);
  const close = inside.indexOf(')');
  if (close === -1) return undefined;
  const marking = inside.slice(0, close).trim();
  return isMarking(marking) ? { marking, end: at + close + 2 } : undefined;
}

/** `C/NF`, `SBU`, `SECRET/REL USA, GBR`, the misprint `N/SF`. */
export function isMarking(words: string): boolean {
  if (words === '' || words.length > maxLength || !/^[A-Za-z][A-Za-z /,-]*$/.test(words)) return false;
  const [level = '', ...caveats] = words.toUpperCase().split(/[ /,-]+/);
  if (!levelWords.has(level))
    return (level === 'N' || level === 'NF') && caveats.length === 1 && /^(?:SF|S|C)$/.test(caveats[0] ?? '');
  const released = caveats.indexOf('REL');
  const checked = released === -1 ? caveats : caveats.slice(0, released);
  return checked.every((caveat) => caveat === '' || caveatWords.has(caveat));
}

/** `S/REL` with a list of countries is the longest. */
const maxLength = 160;

const levelWords = new Set([
  'U',
  'C',
  'S',
  'SBU',
  'LOU',
  'FOUO',
  'TS',
  'u',
  'c',
  's',
  'UNCLASSIFIED',
  'UNCLAS',
  'CONFIDENTIAL',
  'SECRET',
]);

const caveatWords = new Set(
  'NF NOFORN FOUO SBU LOU LES SENSITIVE FGI NATO ISAF EYES ONLY ORCON OC PROPIN EXDIS NODIS LIMDIS STADIS SF N RELNATO UNCLASSIFIED'.split(
    ' ',
  ),
);
