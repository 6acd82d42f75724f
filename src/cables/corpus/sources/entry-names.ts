/** Why an archive's entry with this name is rejected. Entries are never written to disk, but such names are hostile. */
export function faultOfName(name: string): string | undefined {
  if (name.includes('\0')) return 'its name has a NUL character';
  if (/^(?:[/\\]|[A-Za-z]:)/.test(name)) return 'its name is an absolute path';
  if (name.split(/[/\\]/).includes('..')) return 'its name leads out of the archive (..)';
  return undefined;
}

/** Files that systems create: `.DS_Store`, `.git/...`, `__MACOSX/...`. They are skipped silently. */
export function isHidden(name: string): boolean {
  return name
    .split(/[/\\]/)
    .some((part) => (part.startsWith('.') && part !== '.' && part !== '..') || part === '__MACOSX');
}

const maxLength = 300;

/** The name for a terminal: control characters escaped, cut if longer than any real one. */
export function shownName(name: string): string {
  const cut = name.length > maxLength ? `${name.slice(0, maxLength)}…` : name;
  return cut.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
