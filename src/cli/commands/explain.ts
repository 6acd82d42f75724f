import { Command, Option } from 'commander';
import type { Config } from '../../config/config.ts';
import { readConfig } from '../../config/read.ts';
import { unknownName } from '../../config/suggest.ts';
import { type Explanation, explainStored, explainText } from '../../operations/explain/explain-post.ts';
import { explanationText } from '../../operations/explain/explanation-text.ts';
import { UsageError } from '../../core/errors.ts';
import { codecs } from '../../ledger/db/codecs.ts';
import { refuseMisspelt } from '../lib/options.ts';
import type { Output, Paint } from '../lib/output.ts';

interface Asked {
  readonly text?: true;
  readonly json?: true;
  readonly platform: string;
  readonly feed: string;
  readonly author: string;
  readonly language?: string;
  readonly visibility: Explanation['post']['visibility'];
  readonly summoned?: true;
  readonly bot?: true;
  readonly repost?: true;
  readonly optedIn?: true;
  readonly optedOut?: true;
}

export function explainCommand(output: Output): Command {
  return new Command('explain')
    .argument('<post...>', 'key of a post or reply, short id as in the log, or URL; with --text, the text of a post')
    .option('--text', 'explain what would be done about this text')
    .option('--json', 'one JSON object')
    .option('--platform <id>', 'with --text: its platform, where the reply is shown first', 'file')
    .option('--feed <name>', 'with --text: the feed that finds it', '')
    .option('--author <handle>', 'with --text: its author', 'reader')
    .option('--language <code>', 'with --text: its language')
    .addOption(
      new Option('--visibility <v>', 'with --text: its visibility')
        .choices(['public', 'unlisted', 'followers', 'direct'])
        .default('public'),
    )
    .option('--summoned', 'with --text: its author addresses the bot')
    .option('--bot', 'with --text: its author is a bot')
    .option('--repost', 'with --text: it repeats another post')
    .option('--opted-in', 'with --text: its author has opted in')
    .option('--opted-out', 'with --text: its author has opted out')
    .addHelpText('after', help)
    .action(async (words: string[], asked: Asked, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      if (asked.text !== true && words.length > 1) throw new UsageError('expected one key or URL; words need --text');
      if (asked.text === true) await refuseUnknown(asked, config);
      const found = await (asked.text === true
        ? explainText(config, assumedFrom(words.join(' '), asked))
        : explainStored(config, words[0]!));
      if (asked.json === true) output.json(jsonOf(found));
      else output.line(textOf(found, output.paint));
    });
}

const help = `
Uses the current rules and consent; if the stored verdict differs, it shows both.

Examples:
  pilcrow explain https://social.example/@mira/1
  pilcrow explain file:1
  pilcrow explain 3f2a9c01d4e7
  pilcrow explain --text --platform bluesky --summoned '#07ASTANA2244 ¶5'`;

/** Errors: UsageError for a feed that is not there, and for a platform that is nearly one. */
async function refuseUnknown({ platform, feed }: Asked, { feeds }: Config): Promise<void> {
  await refuseMisspelt(platform);
  const names = feeds.map(({ name }) => name);
  if (feed !== '' && !names.includes(feed)) throw new UsageError(unknownName('feed', feed, names));
}

function assumedFrom(text: string, asked: Asked) {
  const { platform, feed, author, visibility, language = null, summoned = false, bot = false, repost = false } = asked;
  const post = { text, platform, author, visibility, language, summoned, bot, repost };
  return { post, feed, optedIn: asked.optedIn === true, optedOut: asked.optedOut === true };
}

function jsonOf({ post, feed, stored, steps, verdict, decided, replies, drafts, limits, ...found }: Explanation) {
  const { resolutions, uncounted, summons } = found;
  return {
    post,
    feed,
    seenAt: stored === undefined ? null : new Date(stored.ingested_at).toISOString(),
    state: stored?.state ?? null,
    resolutions,
    uncounted,
    rules: steps.map(({ rule, outcome, condition }) => ({ rule: rule.name, action: rule.action, outcome, condition })),
    summons,
    verdict,
    decided: decided ?? null,
    replies: replies.map(({ key, state, reason, publisher, payload }) => {
      return { key, state, reason, publisher, text: codecs.replies.payload.decode(payload, key).text };
    }),
    draft: drafts[0]?.text ?? null,
    drafts,
    limits,
  };
}

function textOf(found: Explanation, paint: Paint): string {
  return explanationText(found, paint)
    .map(({ heading, lines }) => [paint.bold(heading), ...lines.map((line) => `  ${line}`)].join('\n'))
    .join('\n\n');
}
