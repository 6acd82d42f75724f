/** Commands that anybody may give the bot. */
export const controls = ['follow', 'unfollow', 'stop', 'start', 'delete', 'help', 'why'] as const;
export type ControlWord = (typeof controls)[number];

/** The words of each command, alike in capitals and without accents: in English, German, Spanish, French and Portuguese. */
export const controlWords: Readonly<Record<ControlWord, readonly string[]>> = {
  /** Answer my posts without being asked. */
  follow: ['follow', 'subscribe', 'folgen', 'abonnieren', 'seguir', 'suivre'],
  /** No longer. */
  unfollow: ['unfollow', 'entfolgen', 'dejar de seguir', 'ne plus suivre', 'deixar de seguir'],
  /** Opt out for good. */
  stop: ['stop', 'unsubscribe', 'stopp', 'aufhören', 'parar', 'arrêter', 'arrête'],
  /** Take the opt-out back. */
  start: ['start', 'starten', 'empezar', 'iniciar', 'démarrer', 'commencer', 'começar'],
  /** Withdraw the replies to me. */
  delete: ['delete', 'löschen', 'loeschen', 'borrar', 'eliminar', 'supprimer', 'effacer', 'apagar', 'excluir'],
  /** Explain yourself. */
  help: ['help', 'hilfe', 'ayuda', 'aide', 'ajuda'],
  /** Say which rule decided about the post above. */
  why: ['why', 'warum', 'por qué', 'pourquoi', 'por quê'],
};

/** The command that a post consists of, apart from @mentions and a "please". The caller checks whether the post addresses the bot. */
export function controlWord(text: string): ControlWord | undefined {
  if (text.length > 200) return undefined;
  return commandOf.get(commandAlone.exec(folded(text.replace(mention, ' ')))?.[1] ?? '');
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

const commandOf: ReadonlyMap<string, ControlWord> = new Map(
  controls.flatMap((command) => controlWords[command].map((word) => [folded(word), command])),
);
