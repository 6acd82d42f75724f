/** Commands that anybody may give the bot. stop: opt out for good. delete: withdraw the replies to me. help: explain yourself. */
export type ControlWord = 'stop' | 'delete' | 'help';

/** The command that a post consists of, apart from @mentions and a "please". The caller checks whether the post addresses the bot. */
export function controlWord(text: string): ControlWord | undefined {
  if (text.length > 200) return undefined;
  const bare = text.replace(mention, ' ').trim();
  return words[commandAlone.exec(bare)?.[1]?.toLowerCase() ?? ''];
}

/** As people type it; handles of servers behind a second @. */
export const mention = /(?<!\S)@[\w.@:-]+/g;
const commandAlone = /^(?:please[ ,]+)?[#/]?(stop|unsubscribe|delete|help)(?:[ ,]+please)?[.!?]*$/i;

const words: Readonly<Record<string, ControlWord>> = {
  stop: 'stop',
  unsubscribe: 'stop',
  delete: 'delete',
  help: 'help',
};
