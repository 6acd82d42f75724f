import { lazily, readTable } from '../tsv.ts';

/** A level or control of a classification: `NF`, `not for release to foreign nationals`. */
export interface MarkingPart {
  readonly code: string;
  readonly words: string;
  /** The consequence of a level: `its disclosure could be expected to cause …`; null if the words already say it. */
  readonly meaning: string | null;
}

/** A classification or portion marking spelt out. */
export interface MarkingExplained {
  readonly written: string;
  /** Null if the first word is not a level. */
  readonly level: MarkingPart | null;
  /** In the order of the marking. */
  readonly controls: readonly MarkingPart[];
  /** `secret, not for release to foreign nationals` */
  readonly words: string;
  /** Explains a corrected misprint: `N/SF is read as S/NF`. */
  readonly misprint: string | null;
}

/** `CONFIDENTIAL//NOFORN` of the viewer's table, or a portion marking without parentheses: `S//FGI//NF`, `C/REL NATO`, `N/SF`. */
export function explainMarking(written: string): MarkingExplained {
  const printed = wordsOf(written);
  const { words, misprint } = corrected(printed);
  const [first = '', ...rest] = words;
  const level = partNamed('level', first);
  const release = rest.indexOf('REL');
  const caveats = release === -1 ? rest : rest.slice(0, release);
  const controls = [
    ...caveats.map((word) => partNamed('control', word) ?? { code: word, words: word, meaning: null }),
    ...(release === -1 ? [] : [releaseTo(rest.slice(release + 1))]),
  ];
  const spelledOut = [level?.words ?? first, ...controls.map((control) => control.words)];
  return {
    written,
    level: level ?? null,
    controls,
    words: spelledOut.join(', '),
    misprint: misprint === null ? null : `${written} is read as ${misprint}`,
  };
}

/** Every word of it is known. */
export function isUnderstood({ level, controls }: MarkingExplained): boolean {
  return level !== null && controls.every(({ code, words }) => words !== code);
}

function wordsOf(written: string): string[] {
  const plain = written
    .toUpperCase()
    .replace(/FOR OFFICIAL USE ONLY/, 'FOUO')
    .replace(/LIMITED OFFICIAL USE/, 'LOU')
    .replace(/EYES ONLY/, 'EYES')
    .replace(/RELNATO/, 'REL NATO')
    .replace(/SENSITIVE BUT UNCLASSIFIED/, 'SBU');
  const words = plain.split(/[\s/,-]+/).filter((word) => word !== '');
  return words.filter((word, at) => word !== 'TO' || words[at - 1] !== 'REL');
}

/** The level and NF changed places or letters: `N/SF`, `NF/C`, `S/SF`, `C/N`. */
function corrected(words: readonly string[]): { words: readonly string[]; misprint: string | null } {
  const [first = '', second = '', ...rest] = words;
  const swapped = /^NF?$/.test(first) ? /^(?:SF|S|C)$/.exec(second)?.[0]?.[0] : undefined;
  const right =
    swapped === undefined
      ? words.map((word, at) => (at > 0 && /^(?:SF|N)$/.test(word) ? 'NF' : word))
      : [swapped, 'NF', ...rest];
  return right.join() === words.join() ? { words, misprint: null } : { words: right, misprint: right.join('/') };
}

/** `REL USA, GBR`: everything after REL names who may have it. */
function releaseTo(parties: readonly string[]): MarkingPart {
  const known = parties.filter((each) => each !== 'AND').map((each) => partNamed('party', each)?.words ?? each);
  const words = known.length === 0 ? 'releasable, it does not say to whom' : `releasable to ${listed(known)}`;
  return { code: ['REL', ...parties].join(' '), words, meaning: null };
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function partNamed(kind: string, word: string): MarkingPart | undefined {
  return parts().get(`${kind} ${word}`);
}

const parts = lazily(
  () =>
    new Map(
      readTable('markings.tsv').map(([printed = '', kind = '', code = '', words = '', meaning = '']) => [
        `${kind} ${printed}`,
        { code, words, meaning: meaning || null },
      ]),
    ),
);
