import type { App } from '../../src/app.ts';
import type { Rulebook } from '../../src/app/rulebook.ts';
import type { ControlWord } from '../../src/core/control.ts';
import type { Post } from '../../src/core/post.ts';
import type { Verdict } from '../../src/core/verdict.ts';

/** What was done when the post was kept; only help is answered, for who asked for silence gets it. */
const clauses: Readonly<Record<ControlWord, string>> = {
  stop: 'the author asked not to be answered any more',
  delete: 'the author asked for the answer to be taken back',
  help: 'the author asked what the bot is',
};

/** The verdict on a post that asks something of the bot, and the words that answer it, if any do. */
export async function answerControl(
  app: App,
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
