/** Character codes instead of regular expressions, for code that reads every line of a cable. */

export const hyphen = 45;
export const dot = 46;
export const openParenthesis = 40;
export const closeParenthesis = 41;

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isUpper(code: number): boolean {
  return code >= 65 && code <= 90;
}

export function isLower(code: number): boolean {
  return code >= 97 && code <= 122;
}

export function isLetter(code: number): boolean {
  return isUpper(code) || isLower(code) || code >= 0xc0;
}

/** Like `\s` in a regular expression. */
export function isBlank(code: number): boolean {
  if (code <= 32) return code === 32 || (code >= 9 && code <= 13);
  if (code < 0xa0) return false;
  return code === 0xa0 || code === 0x1680 || (code >= 0x2000 && code <= 0x200a) || rareBlanks.has(code);
}

/** The first place at or after `at` that is not blank, or the end. */
export function skipBlanks(text: string, at: number): number {
  let next = at;
  while (next < text.length && isBlank(text.charCodeAt(next))) next += 1;
  return next;
}

/** The first place at or after `at` that is not a digit, or the end. */
export function skipDigits(text: string, at: number): number {
  let next = at;
  while (next < text.length && isDigit(text.charCodeAt(next))) next += 1;
  return next;
}

const rareBlanks = new Set([0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff]);
