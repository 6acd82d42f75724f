/** What stands in the place of a secret. */
const hidden = '***';

/**
 * Returns a function that takes secrets out of a text: each as it is, as URLs write it and as JSON writes it, and what stands before the
 * `@` of any URL. `longest` is the length of the longest text that is taken out at once.
 */
export function hideSecrets(secrets: readonly string[]): { hide: (text: string) => string; longest: number } {
  // The longer one first: a secret may be the beginning of another.
  const parts = [...new Set(secrets.flatMap(pieces))].toSorted((a, b) => b.length - a.length);
  const patterns = parts.map((part) => new RegExp(Array.from(part, anyForm).join(''), 'gu'));
  const hide = (text: string) =>
    patterns.reduce((rest, pattern) => rest.replace(pattern, hidden), text).replace(userinfo, `$1${hidden}@`);
  return { hide, longest: (parts[0]?.length ?? 0) * longestForm };
}

/** A key of many lines would make a pattern that is too large to run. */
const longestPiece = 256;

/** Of equal length but for the last, which is the longest: a short rest would be found in everything. */
function pieces(secret: string): string[] {
  const characters = Array.from(secret);
  const count = Math.max(1, Math.floor(characters.length / longestPiece));
  const cuts = Array.from({ length: count }, (_, at) => {
    const end = at === count - 1 ? characters.length : (at + 1) * longestPiece;
    return characters.slice(at * longestPiece, end).join('');
  });
  return cuts.filter((piece) => piece !== '');
}

/** `postgres://user:password@host`; an `@` behind the first slash is a handle. */
const userinfo = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#]*@/giu;

/** `%E2%82%AC`, the longest way of writing one UTF-16 unit. */
const longestForm = 9;

/** A pattern for one character however it is written: a library may encode more or less of a secret than the next. */
function anyForm(character: string): string {
  const forms = [escaped(character), encoded(character), escaped(JSON.stringify(character).slice(1, -1))];
  if (character === ' ') forms.push('\\+');
  return `(?:${[...new Set(forms)].toSorted((a, b) => b.length - a.length).join('|')})`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, (sign) => `\\${sign}`);
}

/** Percent-encoded bytes, hexadecimal digits in either case. */
function encoded(character: string): string {
  const bytes = [...Buffer.from(character)].map((byte) => byte.toString(16).padStart(2, '0'));
  const either = (digit: string) => (/[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit);
  return bytes.map((byte) => `%${Array.from(byte, either).join('')}`).join('');
}
