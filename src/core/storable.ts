/** Untrusted text that every store returns unchanged: lone surrogates (SQLite and JSON change them) and NUL (PostgreSQL refuses it) become U+FFFD. */
export function storable(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\uFFFD') : wellFormed;
}

/** Untrusted text for a terminal or a page, without characters that move the cursor, change colours or reverse the line. */
export function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex -- it removes control characters
  return text.replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, '�');
}

/** Untrusted text for people, as lines below a heading. */
export function indented(text: string): string[] {
  return plain(text)
    .split('\n')
    .map((line) => `  ${line}`);
}

/** A text of at most `length` UTF-16 units, with an ellipsis where it is cut; a surrogate pair is kept whole or left out. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text
    .slice(0, length - 1)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd()}…`;
}
