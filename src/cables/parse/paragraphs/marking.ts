/** Reads `(SBU)`, `( C )`, `(S//REL NATO, ISAF)` after blanks; undefined for other text in parentheses: `(U.S.)`, `(IRAN)`. */
export function markingAt(line: string, at: number): { marking: string; end: number } | undefined {
  const [written = '', inside = ''] = /^\s*\(([^)]{1,59})\)/.exec(line.slice(at)) ?? [];
  const marking = inside.trim();
  return isMarking(marking) ? { marking, end: at + written.length } : undefined;
}

/** `C/NF`, `SBU`, `SECRET/REL USA, GBR`, the misprint `N/SF`. */
export function isMarking(words: string): boolean {
  if (!/^[A-Za-z][A-Za-z /,-]{0,59}$/.test(words)) return false;
  const [level = '', ...caveats] = words.toUpperCase().split(/[ /,-]+/);
  if (!levelWords.has(level))
    return (level === 'N' || level === 'NF') && caveats.length === 1 && /^(?:SF|S|C)$/.test(caveats[0] ?? '');
  const released = caveats.indexOf('REL');
  const checked = released === -1 ? caveats : caveats.slice(0, released);
  return checked.every((caveat) => caveat === '' || caveatWords.has(caveat));
}

const levelWords = new Set('U C S SBU LOU FOUO TS UNCLASSIFIED UNCLAS CONFIDENTIAL SECRET'.split(' '));

const caveatWords = new Set(
  'NF NOFORN FOUO SBU LOU LES SENSITIVE FGI NATO ISAF EYES ONLY ORCON OC PROPIN EXDIS NODIS LIMDIS STADIS SF N RELNATO UNCLASSIFIED'.split(
    ' ',
  ),
);
