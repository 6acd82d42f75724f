/** Untrusted text that every store returns unchanged: lone surrogates (SQLite and JSON change them) and NUL (PostgreSQL refuses it) become U+FFFD. */
export function storable(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\uFFFD') : wellFormed;
}
