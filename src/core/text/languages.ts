/** Languages in which replies and digests are written. */
export const languages = ['en', 'de', 'es', 'fr', 'pt'] as const;
export type Language = (typeof languages)[number];

/**
 * The language that a tag names (BCP 47), as `pt` of `pt-BR`; feeds also write `pt_BR`. Null: none, as of `und`, or what is no tag.
 */
export function primaryLanguage(tag: string | null): string | null {
  try {
    const { language } = new Intl.Locale(tag?.trim().replaceAll('_', '-') ?? '');
    return /^(und|zxx|mul|mis)$/.test(language) ? null : language;
  } catch {
    return null;
  }
}
