import { phrasesIn } from '../words/index.ts';

/**
 * Warnings that a reply may repeat. What a stranger writes in this place is shown as the bot's own headline, so nothing else is.
 * Sources: the lists of mastodon.art (@Curator, "content warn"), qoto.org ("Guide to Content Warnings") and sakurajima.moe ("Content Warning
 * Policy"); the common ones of the University of Michigan ("An Introduction to Content Warnings and Trigger Warnings"); the labels that Bluesky
 * lets authors set, as it writes them (com.atproto.label.defs).
 */
const commonWarnings = `
  sensitive, nsfw, spoiler, spoilers, long, long post, caps, flashing, eye contact, selfie, politics, pol, uspol, ukpol,
  eupol, depol, us politics, uk politics, eu politics, war, genocide, terrorism, torture, violence, police,
  police violence, weapons, guns, gore, blood, death, murder, kidnapping, animal cruelty, animal death, abuse, child abuse,
  sexual assault, rape, sex, sexual content, nudity, lewd, pornography, pregnancy, miscarriage, abortion, self harm,
  suicide, mental health, mh, depression, ptsd, trauma, eating disorders, eating disorder, food, alcohol, alc, drugs,
  smoking, medical, covid, health, religion, racism, racial slurs, slurs, sexism, misogyny, classism, ableism, homophobia,
  transphobia, antisemitism, islamophobia, hate speech, spiders, snakes, insects, phobias, money, ai, !warn, porn, sexual,
  graphic-media`
  .trim()
  .split(/,\s+/);

const byLetters = new Map(commonWarnings.map((warning) => [lettersOf(warning), warning]));

/** The content warning of a reply: that of the post as the list writes it, if all its parts are on the list, otherwise fixed words. At most `maxLength` UTF-16 units. */
export function replyWarning(asked: string | undefined, language: string): string | undefined {
  if (asked === undefined) return undefined;
  const parts = asked
    .slice(0, maxRead)
    .replace(prefix, '')
    .split(/[,;/&+|]|\band\b/);
  const common = parts.map((part) => byLetters.get(lettersOf(part)));
  const repeated = [...new Set(common)].join(', ');
  return common.includes(undefined) || repeated.length > maxLength ? phrasesIn(language).asAbove : repeated;
}

const maxRead = 200;
const maxLength = 60;

/** How people begin a warning. */
const prefix = /^\s*(?:(?:re|cw|tw|cn|content warning|trigger warning|content note)\s*:\s*)+/i;

function lettersOf(text: string): string {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.join(' ');
}
