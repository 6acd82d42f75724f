import { BoundedMap } from '../async.ts';

/** Languages in which replies and digests are written. */
export const languages = ['en', 'de', 'es', 'fr', 'pt'] as const;
export type Language = (typeof languages)[number];

/** The language that a tag names, as `pt` of `pt-BR` or `PT_br`. Null: none, as of `und`, or what is no tag. */
export function primaryLanguage(tag: string | null): string | null {
  return (tag === null ? undefined : localeIn(tag))?.language ?? null;
}

/** The first of these tags that names a language, as BCP 47 writes it; a text may hold several. Null: none does. */
export function statedLanguage(...written: readonly (string | null | undefined)[]): string | null {
  const tags = written.flatMap((one) => one?.slice(0, maxRead).split(/[\s,;]+/) ?? []);
  return (
    tags
      .map(localeIn)
      .find((locale) => locale !== undefined)
      ?.toString() ?? null
  );
}

const maxRead = 100;

/** Of the tags that were asked for last: to read one takes as long as to find citations in a post. */
const known = new BoundedMap<string, Intl.Locale | undefined>(100);

/** What people and programs write: `pt-BR`, `PT_br`, `deu`, `en_US.UTF-8`. */
function localeIn(tag: string): Intl.Locale | undefined {
  if (!known.has(tag)) known.set(tag, readLocale(tag));
  return known.get(tag);
}

function readLocale(tag: string): Intl.Locale | undefined {
  try {
    const locale = new Intl.Locale(
      tag
        .trim()
        .replaceAll('_', '-')
        .replace(/[.@].*$/s, ''),
    );
    return noLanguage.test(locale.language) ? undefined : locale;
  } catch {
    return undefined;
  }
}

/** Unknown, none, several, not coded; private codes, such as those of X for posts without words; and words that are no codes, such as `english`. */
const noLanguage = /^(und|zxx|mul|mis|q[a-t][a-z]|.{4,})$/;
