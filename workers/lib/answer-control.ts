import type { App } from '../../src/app.ts';
import type { Rulebook } from '../../src/app/rulebook.ts';
import type { ControlWord } from '../../src/core/control.ts';
import type { Post } from '../../src/core/post.ts';
import type { Verdict } from '../../src/core/verdict.ts';

/** Ingesting the post already obeyed these words; only `help` gets a reply, the others ask for silence. */
const clauses: Readonly<Record<ControlWord, string>> = {
  stop: 'the author opted out of replies',
  delete: 'the author asked for the reply to be deleted',
  help: 'the author asked what the bot is',
};

/** The verdict on a post with a control word, and the text of the reply; undefined: no reply. */
export async function answerControl(
  app: Pick<App, 'publisherFor'>,
  rulebook: Rulebook,
  { post, feed }: { readonly post: Post; readonly feed: string },
  word: ControlWord,
): Promise<{ verdict: Verdict; text: string | undefined }> {
  const text = word === 'help' ? await rulebook.help(post, app.publisherFor(post, feed)) : undefined;
  const action = text === undefined ? 'ignore' : 'reply';
  const template = text === undefined ? null : 'help';
  return {
    verdict: { action, rule: null, template, asked: null, clause: clauses[word], rules: rulebook.version },
    text,
  };
}
