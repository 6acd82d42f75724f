import { languages } from '../core/text/languages.ts';
import { phrasesIn } from '../words/index.ts';

/**
 * Warnings that a reply may repeat, in all its languages, by how they may be written. What a stranger writes in this place is shown as the bot's
 * own headline, so nothing else is. Sources of the English ones: the lists of mastodon.art (@Curator, "content warn"), qoto.org ("Guide to Content
 * Warnings") and sakurajima.moe ("Content Warning Policy"); the common ones of the University of Michigan ("An Introduction to Content Warnings and
 * Trigger Warnings"); the labels that Bluesky lets authors set, as it writes them (com.atproto.label.defs). The others are the same in their languages.
 */
const common = languages.flatMap((language) => phrasesIn(language).warnings.trim().split(/,\s+/));
/** The first of those that are written alike. */
const byLetters = new Map(common.toReversed().map((warning) => [lettersOf(warning), warning]));
const withoutAccents = new Map(common.toReversed().map((warning) => [plainLettersOf(warning), warning]));

/** The content warning of a reply: that of the post as the lists write it, if all its parts are on them, otherwise fixed words. At most `maxLength` UTF-16 units. */
export function replyWarning(asked: string | undefined, language: string): string | undefined {
  if (asked === undefined) return undefined;
  const parts = asked.slice(0, maxRead).normalize('NFKC').replace(prefix, '').split(separator);
  const known = parts.map((part) => byLetters.get(lettersOf(part)) ?? withoutAccents.get(plainLettersOf(part)));
  const repeated = [...new Set(known)].join(', ');
  return known.includes(undefined) || repeated.length > maxLength ? phrasesIn(language).asAbove : repeated;
}

const maxRead = 200;
const maxLength = 60;

/** How people begin a warning, in the languages of replies. */
const beginnings = [
  're|cw|tw|cn|iw|ac',
  'content (?:warning|note)|trigger(?: warning)?',
  'inhalts(?:warnung|hinweis)|triggerwarnung|achtung',
  '(?:aviso|advertencia|alerta)(?: de (?:contenido|conte[úu]do|gatilho))?|gatilho',
  '(?:avertissement|alerte)(?: de contenu)?',
].join('|');
const prefix = new RegExp(`^\\s*(?:(?:${beginnings})\\s*:\\s*|(?:cw|tw|cn)\\s+)+`, 'i');

/** Between two warnings: a sign, or "and" and "or". */
const separator = /[,;/&+|]|\s(?:and|or|und|oder|y|e|o|et|ou)\s/i;

function lettersOf(text: string): string {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.join(' ');
}

function plainLettersOf(text: string): string {
  return lettersOf(text).normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('ß', 'ss');
}
