import { controlLanguage } from '../core/control.ts';
import { ownWords, type Post } from '../core/post.ts';
import { primaryLanguage } from '../core/text/languages.ts';

/** Codes of languages, the preferred one first. */
export type ReplyLanguages = readonly [string, ...string[]];

/** The language in which a post should be answered, and why. It is never guessed from its words, but for a command of one language. */
export function languageFor(
  post: Pick<Post, 'language' | 'summoned' | 'text' | 'altTextStart'>,
  languages: ReplyLanguages,
): { readonly language: string; readonly because: string } {
  const stated = primaryLanguage(post.language);
  const spoken = stated ?? (post.summoned ? controlLanguage(ownWords(post)) : undefined);
  if (spoken !== undefined && languages.includes(spoken))
    return { language: spoken, because: stated === null ? 'the language of its command' : 'the platform says so' };
  const [language] = languages;
  const lack = spoken === undefined ? 'the platform does not say one' : `${spoken} is not among \`replies.languages\``;
  return { language, because: `${lack}; the first of \`replies.languages\`` };
}
