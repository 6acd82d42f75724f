import { endingsSource } from '../../core/text/endings.ts';
import { lazily, readTable } from '../tsv.ts';

/** A pin cite: the paragraphs that `¶3`, `¶¶3-5` or `paras. 3, 7 and 9` names. */
export interface Pin {
  readonly start: number;
  readonly end: number;
  readonly paragraphs: readonly number[];
  /** Of another language, in lower case; null for `¶` and the English words. It belongs to an ID with year and serial only. */
  readonly word: string | null;
}

/** Maximum of paragraphs in a citation. */
export const maxParagraphs = 50;

/** Pin cites of plain text in order. */
export function findPins(text: string): Pin[] {
  const pins = mayBeEnglish.test(text) ? pinsOf(text, english) : [];
  const { mayBe, writing } = foreign();
  const others = mayBe.test(text) ? pinsOf(text, writing) : [];
  if (others.length === 0) return pins;
  const apart = others.filter(({ start, end }) => !pins.some((pin) => pin.start < end && start < pin.end));
  return [...pins, ...apart].toSorted((a, b) => a.start - b.start);
}

/** How pin cites are written in a language, or in several. */
interface Writing {
  readonly mark: RegExp;
  readonly range: RegExp;
  readonly next: RegExp;
  readonly isForeign: boolean;
}

function pinsOf(text: string, writing: Writing): Pin[] {
  const pins: Pin[] = [];
  const { mark, isForeign } = writing;
  mark.lastIndex = 0;
  for (let match = mark.exec(text); match !== null; match = mark.exec(text)) {
    const word = (match[1] ?? '').trim();
    const plural = isForeign || /^¶[¶s]/i.test(match[0]) || /s/i.test(word);
    const list = readList(text, mark.lastIndex, plural, writing);
    if (list === undefined || (/^para[^.]/.test(match[0]) && !isForeign && isPurpose(text, list.end))) continue;
    pins.push({ start: match.index, ...list, word: isForeign ? word.toLowerCase() : null });
    mark.lastIndex = list.end;
  }
  return pins;
}

const signSource = '¶{1,2}s?[ \t]{0,2}';
const wordSource = String.raw`(?<![A-Za-z0-9_\u00C0-\u024F])(paragraphs?|paras?|pars?)(?:\.[ \t]{0,2}|[ \t]{1,2}|(?=\d))`;
/** Most texts have neither. */
const mayBeEnglish = /¶|par[^i]/i;
const english: Writing = {
  mark: new RegExp(String.raw`(?:${signSource}|${wordSource})(?:#|nos?(?:\.[ \t]{0,2}|[ \t]{1,2}))?(?=[¶0-9])`, 'gi'),
  range: /[ \t]{0,2}(?:[-—]|to|through|thru)[ \t]{0,2}¶?[ \t]{0,2}/iy,
  next: /[ \t]{0,2}(?:,[ \t]{0,2}(?:and|or)?|;|&|\+|\/|and|or)[ \t]{0,2}(¶?)[ \t]{0,2}/iy,
  isForeign: false,
};

const paragraphWords = lazily(
  () =>
    new Map(readTable('paragraph-words.tsv').map(([word = '', , short]) => [word.toLowerCase(), short === 'short'])),
);

const foreign = lazily(() => {
  const all = [...paragraphWords().keys()].toSorted((a, b) => b.length - a.length);
  const words = all.map((word) => RegExp.escape(word)).join('|');
  const writing: Writing = {
    mark: new RegExp(String.raw`(?<![\p{L}\p{N}_])(${words})[ \t]{0,2}(?=[0-9])`, 'giv'),
    range: /[ \t]{0,2}(?:-|—|bis|hasta|ate|al?|tot|till|по|до)[ \t]{0,2}/iy,
    next: /[ \t]{0,2}(?:,[ \t]{0,2}|;|&|\+|\/|et|ou|und|oder|en|of|och|или|y|e|o|и)[ \t]{0,2}(¶?)[ \t]{0,2}/iy,
    isForeign: true,
  };
  // Reads from the number backwards: most numbers are behind another letter.
  const mayBe = new RegExp(String.raw`[1-9](?![0-9]{3})(?<=${endingsSource(all)}[ \t]{0,2}[1-9])`, 'i');
  return { mayBe, writing };
});

/** True for a word that means other things too. */
export function isShortWord(word: string): boolean {
  return paragraphWords().get(word) === true;
}

/** May be followed by a part of the paragraph (`5a`) or by "and following" (`5f.`, `5ff`). */
const numberPattern = /([1-9]\d{0,2})(?:ff?|[a-e])?(?![A-Za-z0-9_\u00C0-\u024F%]|[.:]\d)/y;

function readList(
  text: string,
  from: number,
  plural: boolean,
  { range: rangePattern, next: nextPattern }: Writing,
): { paragraphs: number[]; end: number } | undefined {
  const first = numberAt(text, from);
  if (first === undefined) return undefined;
  const numbers = new Set([first.value]);
  let { value, end } = first;
  for (;;) {
    const range = after(rangePattern, text, end);
    const last = range && numberAt(text, range.end);
    if (last) {
      addRange(numbers, value, last.value);
      ({ value, end } = last);
      continue;
    }
    const next = startsPin(text, end) ? undefined : after(nextPattern, text, end);
    const more = next && numberAt(text, next.end);
    // `para 3, 7 people` names one paragraph: after a singular, a further number must not count people or things.
    if (!more || !(plural || next.sign || !countsSomething(text, more.end))) break;
    if (numbers.size < maxParagraphs) numbers.add(more.value);
    ({ value, end } = more);
  }
  return { paragraphs: [...numbers], end };
}

/** `¶2; ¶3 of …`: the second may belong to another cable. */
function startsPin(text: string, at: number): boolean {
  semicolonPattern.lastIndex = at;
  return semicolonPattern.test(text);
}

const semicolonPattern = /[ \t]{0,2};[ \t]{0,2}¶/y;

function addRange(numbers: Set<number>, first: number, last: number): void {
  if (last < first) numbers.add(last);
  for (let number = first; number <= last && numbers.size < maxParagraphs; number += 1) numbers.add(number);
}

function numberAt(text: string, at: number): { value: number; end: number } | undefined {
  numberPattern.lastIndex = at;
  const match = numberPattern.exec(text);
  return match === null ? undefined : { value: Number(match[1]), end: numberPattern.lastIndex };
}

function after(pattern: RegExp, text: string, at: number): { end: number; sign: boolean } | undefined {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  return match === null ? undefined : { end: pattern.lastIndex, sign: match[1] === '¶' };
}

const countedPattern = /[ \t]{1,2}(?!(?:and|or|to|of|in|from|at|see)\b)[A-Za-z\u00C0-\u024F]/iy;

/** `para 10 personas` is Spanish or Portuguese: `para` and its number go before an English word that joins or reports, or before an ID. */
function isPurpose(text: string, at: number): boolean {
  wordBehindPattern.lastIndex = at;
  const word = wordBehindPattern.exec(text)?.[1];
  return word !== undefined && !englishWords.has(word.toLowerCase()) && !/^[A-Z]{4,}$/.test(word);
}

const wordBehindPattern = /[ \t]{1,2}([A-Za-z\u00C0-\u024F]{1,30})/y;
const englishWords = new Set(
  'of in from on by at and or to says say said states notes reads describes shows reports is was about the see cable also esp especially ref cf'.split(
    ' ',
  ),
);

function countsSomething(text: string, at: number): boolean {
  countedPattern.lastIndex = at;
  return countedPattern.test(text);
}
