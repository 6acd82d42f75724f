import type { Language } from '../../src/core/text/languages.ts';

/** Words of keys and protocols, which no language translates. */
const keys = 'maxage nobot opted p summoned true x';

/** Words of replies and remarks that are spelled alike in English and the language. */
export const alike: Readonly<Record<Exclude<Language, 'en'>, string>> = {
  de: `${keys} an bot bots browser id in link relay server so spam tag text thread timeline us was webhook`,
  es: `${keys} a bot bots cable cables id in no spam web webhook`,
  fr: `${keys} a bot bots budget catalogue id in index long mention mode note notes on page pages quota silence site sites spam webhook`,
  pt: `${keys} a bot bots feed feeds id in item link relay site sites spam webhook`,
};
