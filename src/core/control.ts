/**
 * What anybody may ask of the bot. stop: never answer me again. delete: take back what you answered me. help: say who you are.
 */
export type ControlWord = 'stop' | 'delete' | 'help';

/** The word that a post consists of, beside mentions of the bot and a "please". Whether it addresses the bot is not seen here. */
export function controlWord(text: string): ControlWord | undefined {
  if (text.length > 200) return undefined;
  const bare = text.replace(MENTION, ' ').trim();
  return words[WORD.exec(bare)?.[1]?.toLowerCase() ?? ''];
}

const MENTION = /(?<!\S)@[\w.@:-]+/g;
const WORD = /^(?:please[ ,]+)?[#/]?(stop|unsubscribe|delete|help)(?:[ ,]+please)?[.!?]*$/i;

const words: Readonly<Record<string, ControlWord>> = {
  stop: 'stop',
  unsubscribe: 'stop',
  delete: 'delete',
  help: 'help',
};
