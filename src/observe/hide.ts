/** Replaces a secret. */
const mask = '***';

/**
 * Returns a function that masks secrets in a text: plain, URL-encoded and JSON-escaped, and the user information of any URL. `longest` is the
 * length of the longest match.
 */
export function hideSecrets(secrets: readonly string[]): { hide: (text: string) => string; longest: number } {
  // The longest first: a secret may be a prefix of another.
  const parts = [...new Set(secrets.flatMap(pieces))].toSorted((a, b) => b.length - a.length);
  const patterns = parts.map((part) => new RegExp(Array.from(part, anyForm).join(''), 'gu'));
  const hide = (text: string) =>
    patterns.reduce((rest, pattern) => rest.replace(pattern, mask), text).replace(userinfo, `${mask}@`);
  return { hide, longest: (parts[0]?.length ?? 0) * maxFormLength };
}

/** A longer secret is cut into pieces, because its pattern would be too large. */
const maxPieceLength = 256;

/** Cuts a secret into pieces of equal length. The last one is longer, because a short rest would match everywhere. */
function pieces(secret: string): string[] {
  const characters = Array.from(secret);
  const count = Math.max(1, Math.floor(characters.length / maxPieceLength));
  const cuts = Array.from({ length: count }, (_, at) => {
    const end = at === count - 1 ? characters.length : (at + 1) * maxPieceLength;
    return characters.slice(at * maxPieceLength, end).join('');
  });
  return cuts.filter((piece) => piece !== '');
}

/** `postgres://user:password@host`; an `@` after the first slash belongs to a handle. */
const userinfo = /(?<=[a-z0-9+.-]:\/\/)[^\s/?#]*@/giu;

/** Length of `%E2%82%AC`, the longest encoding of one UTF-16 unit. */
const maxFormLength = 9;

/** A pattern for any encoding of one character: libraries differ in what they encode. */
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
