import { type Language, languages } from './text/languages.ts';

/** Commands that anybody may give the bot. */
export const controls = ['follow', 'unfollow', 'stop', 'start', 'delete', 'help', 'why'] as const;
export type ControlWord = (typeof controls)[number];

/** The words of each command, alike in capitals and without accents. */
export const controlWords: Readonly<Record<ControlWord, Readonly<Record<Language, readonly string[]>>>> = {
  /** Answer my posts without being asked. */
  follow: { en: ['follow', 'subscribe'], de: ['folgen', 'abonnieren'], es: ['seguir'], fr: ['suivre'], pt: ['seguir'] },
  /** No longer. */
  unfollow: {
    en: ['unfollow'],
    de: ['entfolgen'],
    es: ['dejar de seguir'],
    fr: ['ne plus suivre'],
    pt: ['deixar de seguir'],
  },
  /** Opt out for good. */
  stop: {
    en: ['stop', 'unsubscribe'],
    de: ['stopp', 'aufhören'],
    es: ['parar'],
    fr: ['arrêter', 'arrête'],
    pt: ['parar'],
  },
  /** Take the opt-out back. */
  start: {
    en: ['start'],
    de: ['starten'],
    es: ['empezar', 'iniciar'],
    fr: ['démarrer', 'commencer'],
    pt: ['começar', 'iniciar'],
  },
  /** Withdraw the replies to me. */
  delete: {
    en: ['delete'],
    de: ['löschen', 'loeschen'],
    es: ['borrar', 'eliminar'],
    fr: ['supprimer', 'effacer'],
    pt: ['apagar', 'excluir', 'eliminar'],
  },
  /** Explain yourself. */
  help: { en: ['help'], de: ['hilfe'], es: ['ayuda'], fr: ['aide'], pt: ['ajuda'] },
  /** Say which rule decided about the post above. */
  why: { en: ['why'], de: ['warum'], es: ['por qué'], fr: ['pourquoi'], pt: ['por quê'] },
};

/** The command that a post consists of, apart from @mentions and a "please". The caller checks whether the post addresses the bot. */
export function controlWord(text: string): ControlWord | undefined {
  return commandsIn(text)[0]?.command;
}

/** The language of that command; accents may tell: `por qué`, `por quê`. Undefined: there is no command, or it is one of several languages. */
export function controlLanguage(text: string): Language | undefined {
  const possible = commandsIn(text);
  const typed = text.normalize('NFC').toLowerCase();
  const exact = possible.filter(({ word }) => typed.includes(word));
  const [language, ...others] = new Set((exact.length > 0 ? exact : possible).map((one) => one.language));
  return others.length === 0 ? language : undefined;
}

/** The command, once for each language that has it. */
function commandsIn(text: string) {
  if (text.length > 200) return [];
  return commandsOf.get(commandAlone.exec(folded(text.replace(mention, ' ')))?.[1] ?? '') ?? [];
}

/** In a profile: bots are to leave its owner alone; in a post: that post. */
export const noBotTag = /(?<![\p{L}\p{N}_#＃])[#＃]nobots?(?![\p{L}\p{N}_])/iu;

/** As people type it; handles of servers behind a second @. */
export const mention = /(?<!\S)@[\w.@:-]+/g;

const polite = "(?:please|bitte|por favor|s'il (?:vous|te) plait|svp)";
const commandAlone = new RegExp(`^(?:${polite}[ ,]+)?[#/¡¿]?([a-z ]+?)(?:[ ,]+${polite})?[ .!?]*$`);

function folded(text: string): string {
  const bare = text.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('’', "'");
  return bare.replaceAll(/\s+/g, ' ').trim().toLowerCase();
}

const allCommands = controls.flatMap((command) =>
  languages.flatMap((language) => controlWords[command][language].map((word) => ({ command, language, word }))),
);
const commandsOf = Map.groupBy(allCommands, ({ word }) => folded(word));
