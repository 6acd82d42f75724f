/** A word or a number of a REF entry; a date or a code with digits (`12/01/09`, `D328589`) is neither. */
export interface Token {
  readonly kind: 'word' | 'number' | 'other';
  /** In numbers, a letter O that stands for a zero is corrected. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Joined to the previous token by `/` or `-`: `00789/08`. */
  readonly joined: boolean;
  readonly inParentheses: boolean;
}

/** Tokens of an entry. Splits `2005PANAMA2342` and `10-OTTAWA-57`; leaves out punctuation between tokens. */
export function tokensOf(entry: string): Token[] {
  const tokens: Token[] = [];
  for (const match of entry.matchAll(/[\p{L}\d][\p{L}\d'’./-]*/gu)) {
    const written = match[0].replace(/[./'’-]+$/, '');
    const inParentheses = entry[match.index - 1] === '(' && entry[match.index + written.length] === ')';
    for (const part of piecesOf(written)) {
      const start = match.index + part.at;
      tokens.push({
        kind: part.kind,
        text: part.text,
        joined: part.joined,
        start,
        end: start + part.length,
        inParentheses,
      });
    }
  }
  return tokens;
}

interface Piece {
  readonly kind: Token['kind'];
  readonly text: string;
  readonly at: number;
  readonly length: number;
  readonly joined: boolean;
}

function piecesOf(written: string): Piece[] {
  const number = numberOf(written);
  if (number !== undefined) return [{ kind: 'number', text: number, at: 0, length: written.length, joined: false }];
  const whole = /^(\d{2,4})-?(\p{L}[\p{L}'’-]*\p{L})-?(\d{1,8})$/u.exec(written);
  if (whole !== null) {
    const [, year = '', station = '', serial = ''] = whole;
    const at = written.indexOf(station);
    return [
      piece('number', year, 0),
      piece('word', station, at),
      piece('number', serial, written.length - serial.length),
    ];
  }
  const tail = /^(\d{1,8})[/-](\d\d|\d{4})$/.exec(written) ?? /^(\p{L}[\p{L}'’-]*\p{L})-?(\d{3,8})$/u.exec(written);
  if (tail !== null) {
    const [, head = '', digits = ''] = tail;
    const isNumber = numberOf(head) !== undefined;
    const last = piece('number', digits, written.length - digits.length);
    return [piece(isNumber ? 'number' : 'word', head, 0), { ...last, joined: isNumber }];
  }
  const isWord = /^\p{L}[\p{L}0'’.-]*$/u.test(written) && !/^E-?MAILS?$/i.test(written);
  return [piece(isWord ? 'word' : 'other', written, 0)];
}

function piece(kind: Token['kind'], text: string, at: number): Piece {
  return { kind, text, at, length: text.length, joined: false };
}

/** Digits, perhaps with the letter O for a zero: `O4`, `O1512`. */
function numberOf(written: string): string | undefined {
  if (!/^[\dOo]+$/.test(written) || !/\d/.test(written)) return undefined;
  return written.replaceAll(/[Oo]/g, '0');
}
