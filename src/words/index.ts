import type { Language } from '../core/text/languages.ts';
import { de } from './de.ts';
import { en, type Phrases, remarks, type Translation } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { pt } from './pt.ts';

const translations = new Map<string, Translation>(
  Object.entries({ de, es, fr, pt } satisfies Record<Exclude<Language, 'en'>, Translation>),
);

/** In English for a language that has no phrases. */
export function phrasesIn(language: string): Phrases {
  return translations.get(language) ?? en;
}

/** A remark of the code, or several that semicolons join. Those without a translation are left out; undefined: none has one. */
export function remarkIn(language: string, remark: string): string | undefined {
  const translation = translations.get(language);
  if (translation === undefined) return remark;
  const parts = remark.split('; ').map((part) => translated(part, translation));
  return parts.filter((part) => part !== undefined).join('; ') || undefined;
}

/** A remark that code makes, not a text of a platform or a person. */
export function isRemark(text: string): boolean {
  return patterns.some(({ pattern }) => pattern.test(text));
}

/** Each remark as a pattern, with a group for each part that differs. The longest first: a short one may match the words of another. */
const patterns = remarks
  .toSorted((a, b) => b.length - a.length)
  .map((remark) => {
    const pieces = remark
      .split(/\{(\w+)\}/)
      .map((piece, i) => (i % 2 === 1 ? `(?<${piece}>.+?)` : RegExp.escape(piece)));
    return { remark, pattern: new RegExp(`^${pieces.join('')}$`, 'su') };
  });

function translated(remark: string, translation: Translation): string | undefined {
  for (const { remark: known, pattern } of patterns) {
    const found = pattern.exec(remark);
    if (found === null) continue;
    const { groups = {} } = found;
    // A part may be a remark itself: `read so: …`.
    const partOf = (part = '') => translated(part, translation) ?? part;
    return translation.remarks[known].replaceAll(/\{(\w+)\}/g, (_, name: string) => partOf(groups[name]));
  }
  return undefined;
}
