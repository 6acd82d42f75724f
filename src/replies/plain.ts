// Control characters, marks that turn the reading direction, and letters without width or form of their own.
const invisible = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** A value for a reply as harmless plain text on one line: nothing invisible, nobody addressed (`@` becomes `(at)`), at most `length` UTF-16 units. */
export function plain(text: string, length = 300): string {
  const line = text.replaceAll(invisible, ' ').replaceAll(/[@＠﹫]/g, '(at)');
  return shorten(oneSpaced(line), length);
}

/** A handle as it is typed, without the `@` before it. */
export function plainHandle(handle: string): string {
  return oneSpaced(handle.slice(0, 300).replaceAll(invisible, ''))
    .replaceAll(' ', '')
    .replace(/^[@＠﹫]+/, '');
}

function oneSpaced(text: string): string {
  return text.split(/\s/).filter(Boolean).join(' ');
}

function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  // A surrogate pair is kept whole or left out.
  return `${text
    .slice(0, length - 1)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd()}…`;
}
