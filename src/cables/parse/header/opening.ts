import { isoDate } from './times.ts';

/** Executive Order and declassification of the line `E.O. 12958: DECL: 10/05/2019`. */
export interface ExecutiveOrder {
  readonly eo: string | null;
  /** `YYYY-MM-DD` for a date, else the words; null for `N/A`. */
  readonly decl: string | null;
}

export function parseExecutiveOrder(opening: string): ExecutiveOrder {
  const order = orderPattern.exec(opening);
  const decl = declPattern.exec(order === null ? opening : opening.slice(order.index, order.index + 400));
  return { eo: order?.[1] ?? null, decl: decl === null ? null : declassification(decl[1] ?? '') };
}

/** `E.O. 12958`, `EO 12958`, `E.0. 12958:` */
const orderPattern = /\bE\.? ?[O0]\.?,?[ \t:]{0,3}(\d{4,5})\b/i;
const declPattern = /\bDECL(?:AS|ASSIFY)?(?:[ \t]{0,3}[:;.]|[ \t])[ \t]{0,9}([^\n]{1,120})/i;

function declassification(written: string): string | null {
  const words = written.split(/\s(?:TAGS|SUBJECT|REF)\b/i, 1)[0]?.replace(/[\s\\,]+$/, '') ?? '';
  const date = dateOf(words);
  if (date !== undefined) return date;
  return words === '' || /^N\/?A\b/i.test(words) ? null : words;
}

/** `10/05/2019` is month, day, year; `2019/10/05` is year, month, day. */
function dateOf(words: string): string | undefined {
  const parts = /^(\d{1,4})[/-](\d{1,2})[/-](\d{1,4})\b/.exec(words);
  if (parts === null) return undefined;
  const [first, second, third] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  if (parts[1]?.length === 4) return isoDate(first, second, third);
  const isFull = parts[3]?.length === 4;
  if (!isFull && parts[3]?.length !== 2) return undefined;
  return isoDate(isFull ? third : third + (third >= 66 ? 1900 : 2000), first, second);
}

/** The reasons for classification: `Reasons: 1.4 (b), (d)` is `1.4(b)` and `1.4(d)`. */
export function parseReasons(text: string): string[] {
  const reasons: string[] = [];
  for (const match of text.matchAll(/(?<![\d.])1\.([345])(?!\d)/g)) {
    const letters = text.slice(match.index + match[0].length, match.index + match[0].length + 60);
    for (const letter of reasonLetters(letters)) reasons.push(`1.${match[1] ?? ''}(${letter})`);
  }
  return [...new Set(reasons)];
}

/** `(b/d)`, `(b) and (d)`, `B, D`: single letters up to the first other word or the end of the sentence. */
function reasonLetters(text: string): string[] {
  const list = /^(?:[\s(),/&-]{1,4}|(?:and|AND|or|OR)(?=[\s(])|[A-Ha-h](?![A-Za-z]))+/.exec(text)?.[0] ?? '';
  return [...list.matchAll(/(?<![A-Za-z])[A-Ha-h](?![A-Za-z])/g)].map(([letter]) => letter.toLowerCase());
}

/** The six values are combinations of these words. */
const secret = 'SECRET';
const confidential = 'CONFIDENTIAL';
const unclassified = 'UNCLASSIFIED';

/**
 * The message's own classification line in the words of the viewer: `C O N F I D E N T I A L` with a line NOFORN is CONFIDENTIAL//NOFORN.
 */
export function parseClassification(opening: string): string | null {
  const line = levelPattern.exec(opening);
  if (line === null) return null;
  const letter = (line[1] ?? '').trimStart()[0]?.toUpperCase();
  const after = opening.slice(line.index, line.index + 400);
  if (letter === 'U')
    return /\bSENSITIVE\b|FOR OFFICIAL USE|FOUO|\bSBU\b/i.test(after)
      ? `${unclassified}//FOR OFFICIAL USE ONLY`
      : unclassified;
  const level = letter === 'S' ? secret : confidential;
  return /\bNOFORN\b|\/NF\b/.test(after) ? `${level}//NOFORN` : level;
}

const levelPattern = /(?:^|\n)[ \t]{0,40}(UNCLAS|C ?O ?N ?F ?I ?D ?E ?N ?T ?I ?A ?L\b|S ?E ?C ?R ?E ?T\b)/i;
