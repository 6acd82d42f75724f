/**
 * Text from outside that every store can hold and give back unchanged: lone surrogates and NUL become U+FFFD
 * (SQLite and JSON would change the former, PostgreSQL refuses the latter).
 */
export function storable(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\uFFFD') : wellFormed;
}
