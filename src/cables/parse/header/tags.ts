import { lazily, readTable } from '../../tsv.ts';
import { withoutPageBreaks } from '../paragraphs/page-break.ts';

/** The meaning of a tag in the State Department's list. */
export interface TagMeaning {
  readonly kind: TagKind;
  readonly meaning: string | null;
}
type TagKind = (typeof tagKinds)[number];
const tagKinds = ['subject', 'program', 'country', 'region', 'organization', 'topic'] as const;

/** Meanings of a tag: none for a person or an unknown code, two where a country and an organization share it (BP). */
export function meaningsOfTag(tag: string): readonly TagMeaning[] {
  return knownTags().get(tag) ?? [];
}

/**
 * The tags of a message's TAGS line in upper case, in order, without repeats. Codes that ran together are split (PHUMBA is PHUM and BA);
 * persons are written `RICE, CONDOLEEZZA`. The line continues in the next one after a comma, or if the next one has only known codes.
 */
export function parseTags(text: string): string[] {
  const label = labelPattern.exec(text) ?? misprintedLabel(text);
  if (label === undefined) return [];
  const start = label.index + label[0].length;
  const lines = withoutPageBreaks(text.slice(start, start + maxLength)).split('\n');
  const tags: string[] = [];
  let mustContinue = true;
  for (const line of lines) {
    const words = untilNextLabel(line);
    if (!mustContinue && !holdsCodesOnly(words) && tornTopic(tags.at(-1) ?? '', words) === undefined) break;
    const torn = tags.at(-1);
    const whole = torn === undefined ? undefined : tornTopic(torn, words);
    if (whole !== undefined) tags[tags.length - 1] = whole.topic;
    readTags(whole?.rest ?? words, tags);
    mustContinue = words.length === line.length && line.trimEnd().endsWith(',');
    if (words.length < line.length) break;
  }
  return [...new Set(tags)];
}

const labelPattern = /(?:^|\s)(?:TAGE?S(?:[ \t]{0,3}[:;.]|[ \t]|(?=\n))|TAG:)/i;

/** `TAG PTER, PGOV`, `TAS:`, `AGS:`, `TAGS, PREL`: a misprint counts where a known code follows. */
function misprintedLabel(text: string): RegExpExecArray | undefined {
  for (const label of text.matchAll(misprintedPattern)) {
    const first = label[1] ?? '';
    if (knownTags().has(first) || codesIn(first) !== undefined) return label;
  }
  return undefined;
}

const misprintedPattern =
  /(?:^|\n)[ \t]{0,9}(?:TAGE?S?|TAS|TABS|TGS|AGS)[ \t]{0,3}[:;.,]?[ \t]{0,3}(?=([A-Z]{4,60})\b)/g;
const maxLength = 2000;
const nextLabelPattern = /SUBJ(?:ECT)?\b|\bREFS?(?:\(s\))?\b|\bE\.?O\.? ?\d|(?<!UN|DE)CLASSIFIED BY|\bSIPDIS\b/i;

function untilNextLabel(line: string): string {
  const next = nextLabelPattern.exec(line);
  return next === null ? line : line.slice(0, next.index);
}

/** `COUNTRY` at the end of a line and `CLEARANCE` at the start of the next. */
function tornTopic(last: string, line: string): { topic: string; rest: string } | undefined {
  if (!topicStarts().has(last.split(' ', 1)[0] ?? '')) return undefined;
  const words = line.trim().split(/\s+/);
  for (let count = Math.min(3, words.length); count > 0; count -= 1) {
    const topic = `${last} ${words.slice(0, count).join(' ')}`.toUpperCase().replace(/[,;.]$/, '');
    if (knownTags().get(topic)?.[0]?.kind === 'topic') return { topic, rest: words.slice(count).join(' ') };
  }
  return undefined;
}

function holdsCodesOnly(line: string): boolean {
  const words = line.split(/[\s,;]+/).filter((word) => word !== '');
  return words.length > 0 && words.every((word) => isCode(word) && word === word.toUpperCase());
}

interface Word {
  readonly text: string;
  /** Preceded by a comma. */
  readonly parted: boolean;
}

function readTags(line: string, tags: string[]): void {
  const words = wordsOf(line);
  for (let at = 0; at < words.length;) {
    const word = words[at]?.text ?? '';
    const phrase = longestTopic(words, at);
    const fused = phrase === 0 && !isCode(word) ? codesIn(word) : undefined;
    if (phrase > 0) {
      tags.push(joined(words, at, phrase));
      at += phrase;
    } else if (isCode(word) || word.includes(', ')) {
      tags.push(word);
      at += 1;
    } else if (fused !== undefined) {
      tags.push(...fused);
      at += 1;
    } else at = readUnknown(words, at, tags);
  }
}

/** `OVIP (CLINTON, HILLARY), PGOV`: text in parentheses is one tag. */
function wordsOf(line: string): Word[] {
  const words: Word[] = [];
  let parted = true;
  for (const [written] of line.toUpperCase().matchAll(/\([^()]{1,60}\)|[^\s,;()]+|[,;]/g)) {
    if (written === ',' || written === ';') {
      parted = true;
      continue;
    }
    const text = written.startsWith('(') ? person(written.slice(1, -1)) : written.replace(/[.:]+$/, '');
    if (text !== '') words.push({ text, parted });
    parted = false;
  }
  return words;
}

function person(written: string): string {
  return written
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join(', ');
}

/** Number of words of the longest topic that begins here, at least two: `ISRAELI PALESTINIAN AFFAIRS`. */
function longestTopic(words: readonly Word[], at: number): number {
  if (!topicStarts().has(words[at]?.text ?? '')) return 0;
  for (let count = Math.min(4, words.length - at); count >= 2; count -= 1)
    if (knownTags().has(joined(words, at, count))) return count;
  return 0;
}

function joined(words: readonly Word[], at: number, count: number): string {
  return words
    .slice(at, at + count)
    .map((word) => word.text)
    .join(' ');
}

/** Names are written LAST FIRST. Other unknown words are one topic if commas separate the tags; otherwise each is a tag. */
function readUnknown(words: readonly Word[], at: number, tags: string[]): number {
  let end = at + 1;
  while (end < words.length && end - at < 6 && isUnknown(words, end)) end += 1;
  const first = words[at]?.text ?? '';
  const second = words[at + 1]?.text ?? '';
  if (end > at + 1 && givenNames.has(second)) {
    tags.push(fullNames.get(`${first}, ${second}`) ?? `${first}, ${second}`);
    return at + 2;
  }
  if (givenNames.has(second) && words[at + 1]?.parted === true) {
    tags.push(`${first}, ${second}`);
    return at + 2;
  }
  const isPhrase =
    end > at + 1 &&
    words[at]?.parted === true &&
    words[end]?.parted !== false &&
    words.some((word, index) => index > 0 && word.parted);
  tags.push(isPhrase ? joined(words, at, end - at) : first);
  return isPhrase ? end : at + 1;
}

function isUnknown(words: readonly Word[], at: number): boolean {
  const word = words[at];
  return (
    word !== undefined &&
    !word.parted &&
    !isCode(word.text) &&
    codesIn(word.text) === undefined &&
    longestTopic(words, at) === 0
  );
}

function isCode(word: string): boolean {
  return knownTags().has(word) || /^[A-Z]{2}$/.test(word);
}

/** The longest fused TAGS line seen has 36 letters. */
const maxFusedLength = 60;

/** Known codes of four letters, or countries of two, that together form the whole word; tries four letters first. */
function codesIn(word: string): string[] | undefined {
  if (word.length < 6 || word.length > maxFusedLength) return undefined;
  const dead = new Set<number>();
  const parts: string[] = [];
  const readFrom = (at: number): boolean => {
    if (at === word.length) return true;
    if (dead.has(at)) return false;
    for (const length of [4, 2]) {
      const part = word.slice(at, at + length);
      if (part.length !== length || !isPart(part)) continue;
      parts.push(part);
      if (readFrom(at + length)) return true;
      parts.pop();
    }
    dead.add(at);
    return false;
  };
  // Country codes alone could form nearly every word.
  return readFrom(0) && parts.some((part) => part.length === 4) ? parts : undefined;
}

function isPart(part: string): boolean {
  const kind = knownTags().get(part)?.[0]?.kind;
  return part.length === 2 ? kind === 'country' || kind === 'region' : kind === 'subject' || kind === 'program';
}

const knownTags = lazily(() => {
  const tags = new Map<string, TagMeaning[]>();
  for (const [tag = '', written = '', meaning = ''] of readTable('tags.tsv')) {
    const kind = tagKinds.find((each) => each === written);
    if (kind !== undefined) tags.set(tag, [...(tags.get(tag) ?? []), { kind, meaning: meaning || null }]);
  }
  return tags;
});

/** First words of topics of several words. */
const topicStarts = lazily(() => {
  const topics = [...knownTags().keys()].filter((tag) => tag.includes(' '));
  return new Set(topics.map((topic) => topic.slice(0, topic.indexOf(' '))));
});

/** Given names of persons in TAGS lines. Without one, two unknown words do not count as a person. */
const givenNames = new Set(
  'ALBERTO ANDREW ANN ANNE ANTHONY BARACK BARBARA BILL CARLOS CHARLES CHRISTOPHER COLIN CONDOLEEZZA DAN DANIEL DAVID DENNIS DICK DONALD EDWARD ERIC FRANK GEORGE GERARD GORDON HENRY HILLARY JACK JAMES JANET JEFFREY JOE JOHN JOSE JOSEPH KAREN KARL KENNETH LAURA LAWRENCE LINDA MADELEINE MARC MARGARET MARIA MARK MARTIN MARY MICHAEL MICHELLE NANCY NICHOLAS PATRICK PAUL PAULA PETER PHILIP RICHARD ROBERT ROBIN RONALD SAMUEL SCOTT STEPHEN STEVEN STUART SUSAN THOMAS TIMOTHY TOM VICTORIA WILLIAM'.split(
    ' ',
  ),
);

/** Persons whose tag on the sites is longer than in the TAGS line. */
const fullNames = new Map([['STEINBERG, JAMES', 'STEINBERG, JAMES B.']]);
