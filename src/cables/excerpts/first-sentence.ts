import { onLine } from '../../core/text/strangers.ts';

/** A heading (`SUMMARY.`) or a number at the start of a paragraph is no sentence worth quoting: what follows it belongs to the excerpt. */
const minLength = 40;
/** Of a paragraph no more is read, in UTF-16 units. */
const maxRead = 1200;

/** The first sentence of a paragraph, on one line. Where none ends within the first 1,200 UTF-16 units, these. */
export function firstSentence(text: string): string {
  const start = linesOf(text).replace(ownNumber, '').slice(0, maxRead);
  for (const { 0: mark, index } of start.matchAll(ending)) {
    const isBreak = mark === '\n';
    const sentence = start.slice(0, isBreak ? index : index + mark.length);
    const rest = start.slice(sentence.length).trimStart();
    if (sentence.length < minLength || !isWhole(sentence) || rest === '') continue;
    if (isBreak ? /[:;]$/.test(sentence) : endsHere(sentence, rest))
      return joined(isBreak ? `${sentence} …` : sentence);
  }
  return joined(start);
}

/** Some copies number their paragraphs a second time. */
const ownNumber = /^\d{1,3}\.\s+(?=\S)/;

/** Lines of one space between words, none of them empty. */
function linesOf(text: string): string {
  const lines = text.split('\n').map((line) => onLine(line.normalize('NFC'), Infinity));
  return lines.filter(Boolean).join('\n');
}

/** A slash for each line break that no punctuation announces, as after a heading. */
function joined(text: string): string {
  return text.replaceAll(/(?<=[\p{L}\p{N}])\n/gu, ' / ').replaceAll('\n', ' ');
}

/** Punctuation that may end a sentence, with what closes after it; or a line break, which is the cable's own, as before a list. */
const ending = /[.!?…]+["'”’»)\]]{0,3}(?=\s|$)|\n/g;

/** All brackets and quotation marks are closed: a sentence within them does not end the one around. */
function isWhole(sentence: string): boolean {
  const count = (mark: string) => sentence.split(mark).length - 1;
  return count('(') <= count(')') && count('[') <= count(']') && count('“') <= count('”') && count('"') % 2 === 0;
}

/** `sentence` ends with a mark of the end: is it one, before these words? */
function endsHere(sentence: string, rest: string): boolean {
  // A redacted name is no word of the sentence.
  if (/^(?!x{4})\p{Ll}/u.test(rest)) return false;
  const [, word = ''] = /(?:^|[\s("“'[/-])([\p{L}.]+)\.$/u.exec(sentence) ?? [];
  const before = word.toLowerCase();
  if (titles.has(before) || (/^\d/.test(rest) && beforeNumbers.has(before))) return false;
  const mayGoOn = /^\p{L}(?:\.\p{L})*$/u.test(word) || companies.has(before);
  return !mayGoOn || starters.test(rest);
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}

/** A name follows these, never the end of a sentence. */
const titles = words(`
  amb mr mrs ms dr gen lt col maj capt cmdr cdr adm sgt cpl sen rep gov pres min prof rev hon fr msgr st ft mt messrs mme mlle
  brig vadm radm supt insp asst vs cf e.g i.e viz approx ca`);

const beforeNumbers = words(`
  no nos para paras p pp art arts sec ch fig vol jan feb mar apr jun jul aug sep sept oct nov dec`);

/** After these, and after initials (`U.S.`, `George W.`), a sentence ends only before a word that begins most. */
const companies = words('jr sr inc ltd co corp bros etc dept ref reftel');

const starters =
  /^["“'(]?(?:the|an?|this|these|that|those|he|she|it|they|we|i|in|on|at|as|but|and|however|when|while|if|for|after|before|although|according|there|his|her|their|our|post|comment|note|end|both|most|some|many|no|not)\b/i;
