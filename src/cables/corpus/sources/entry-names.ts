/** Why an archive's entry of this name is not read; nothing is ever written to disk, but who names entries so means harm. */
export function faultOfName(name: string): string | undefined {
  if (name.includes('\0')) return 'its name has a NUL character';
  if (/^(?:[/\\]|[A-Za-z]:)/.test(name)) return 'its name is an absolute path';
  if (name.split(/[/\\]/).includes('..')) return 'its name leads out of the archive (..)';
  return undefined;
}

/** Files that systems put beside the real ones: `.DS_Store`, `.git/...`, `__MACOSX/...`. They are passed over without a word. */
export function isHidden(name: string): boolean {
  return name
    .split(/[/\\]/)
    .some((part) => (part.startsWith('.') && part !== '.' && part !== '..') || part === '__MACOSX');
}

const maxLength = 300;

/** The name as it can be shown on a terminal: control characters in their escaped form, cut where it is longer than any real one. */
export function shownName(name: string): string {
  const cut = name.length > maxLength ? `${name.slice(0, maxLength)}…` : name;
  return cut.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
