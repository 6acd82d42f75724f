import type { CableCopy, Cut } from '../raw-cable.ts';

/** The bare message: a text that begins (perhaps below other words) with transmission lines or the opening of a body. */
export function messageText(text: string): Cut | undefined {
  const starts = messageStarts(text);
  if (starts.length === 0) return undefined;
  const copies = starts.map((start, index): CableCopy => {
    const { header, body } = splitMessage(untilChrome(text.slice(start, starts[index + 1])));
    return {
      writtenId: null,
      title: null,
      created: null,
      released: null,
      classification: null,
      origin: null,
      header,
      body,
      cutShort: false,
    };
  });
  return { copies, rejects: [] };
}

const dateGroupSource = String.raw`[ZOPR](?: ?[ZOPR])? \d{6}Z [A-Za-z]{3,9} \d\d\b`;
const transmissionSource = String.raw`VZCZC[A-Z]{2,4}\d{2,6}|(?:[ZOPR]{2} RU[A-Z]{4}|DE RU[A-Z]{4,6} #|${dateGroupSource})`;
const levelSource = String.raw`(?:UNCLAS|C O N F I D E N T I A L|S E C R E T|CONFIDENTIAL|SECRET)\b(?=[^\n]{0,60}\d{6}|[ \t]*\n)`;
const labelSource = String.raw`E\.?[O0]\.? ?\d{5}|TAGE?S[:;]? |SUBJ(?:ECT)?:`;
const startPattern = new RegExp(String.raw`(?:^|\n)[ \t]{0,9}(?=${transmissionSource}|${levelSource}|${labelSource})`);
const nextMessagePattern = /\n(?=VZCZC[A-Z]{2,4}\d{2,6}\s)/g;

/** A transmission's number `VZCZC...` begins each further message. */
function messageStarts(text: string): number[] {
  const first = startPattern.exec(text);
  if (first === null) return [];
  const start = first.index + (first[0].startsWith('\n') ? 1 : 0);
  const others = [...text.matchAll(nextMessagePattern)].map((match) => match.index + 1).filter((at) => at > start);
  return [start, ...others];
}

/** Transmission lines and body: the body begins at its classification, its first label or its first paragraph. */
export function splitMessage(message: string): { header: string; body: string[] } {
  const lines = message.split('\n');
  const first = lines.findIndex((line) => bodyPattern.test(line.slice(0, 200)));
  const bodyAt = first === -1 ? lines.findLastIndex((line) => headerLinePattern.test(line.slice(0, 200))) + 1 : first;
  return { header: lines.slice(0, bodyAt).join('\n').trim(), body: withoutOuterBlanks(lines.slice(bodyAt)) };
}

const bodyPattern =
  /^\s{0,40}(?:UNCLAS|C ?O ?N ?F ?I ?D ?E ?N ?T ?I ?A ?L\b|S ?E ?C ?R ?E ?T\b|E\.?[O0]\.? ?\d{4}|TAGE?S\b|SUBJ(?:ECT)?\b|REFS?\b[:. ]|SIPDIS|[¶\uFFFD]?\(?1[.)]\s?)/i;
const headerLinePattern = /^(?:VZCZC|[ZOPR]{2} RU|DE RU|ZN[RY] |[ZOPR] (?:[ZOPR] )?\d{6}Z|FM |TO |INFO )/;

function withoutOuterBlanks(lines: string[]): string[] {
  let first = 0;
  let last = lines.length;
  while (first < last && (lines[first] ?? '').trim() === '') first += 1;
  while (last > first && (lines[last - 1] ?? '').trim() === '') last -= 1;
  return lines.slice(first, last);
}

/** The text before the blog's own words: comment forms, share buttons, post footers. */
export function untilChrome(text: string): string {
  const chrome = chromePattern.exec(text);
  return chrome === null ? text : text.slice(0, chrome.index);
}

const chromePhrases = [
  'Post a comment or leave a trackback',
  'Leave a (?:Reply|comment)',
  'Fill in your details below',
  'Enter your comment here',
  'You are commenting using',
  'Share this:',
  'Like this:',
  'Like Loading',
  'Advertisements?$',
  'About these ads',
  'Comments are closed',
  'This entry was posted',
  'Filed under:?',
  'Trackback URL',
  'Posted (?:in|by) ',
  'Rate this:',
  'Connecting to %s',
  '%d bloggers like this',
  'Tagged (?:as|with) ',
  'Blog at WordPress\\.com',
];
const chromePattern = new RegExp(String.raw`^[ \t]{0,20}(?:${chromePhrases.join('|')})`, 'im');
