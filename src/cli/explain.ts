import { Command, Option } from 'commander';
import { readConfig } from '../app.ts';
import { type Explanation, explainStored, explainText } from '../app/explain.ts';
import type { Link, Resolution } from '../core/citation.ts';
import { UsageError } from '../core/errors.ts';
import { Payload } from '../core/reply.ts';
import type { Verdict } from '../core/verdict.ts';
import type { ReplyRow } from '../ledger/schema.ts';
import { type Output, plain } from './output.ts';

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
    .description('the whole way of a post: what it cites, which rule decides and why, what consent says, what was sent')
    .argument('<post...>', 'key of a post or reply, or URL of a post; with --text, the words of a post')
    .option('--text', 'nothing is looked up: what would be done about these words?')
    .option('--json', 'one JSON object')
    .option('--platform <id>', 'with --text: where it would stand', 'file')
    .option('--feed <name>', 'with --text: the feed that would find it', '')
    .option('--author <handle>', 'with --text: who would write it', 'reader')
    .option('--language <code>', 'with --text: its language')
    .addOption(
      new Option('--visibility <v>', 'with --text: who may see it')
        .choices(['public', 'unlisted', 'followers', 'direct'])
        .default('public'),
    )
    .option('--summoned', 'with --text: its author addresses the bot')
    .option('--bot', 'with --text: a program writes it')
    .option('--repost', 'with --text: it repeats somebody else')
    .option('--opted-in', 'with --text: its author agreed to be answered')
    .option('--opted-out', 'with --text: its author asked for silence')
    .addHelpText('after', help)
    .action(async (words: string[], asked: Asked, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      if (asked.text !== true && words.length > 1) throw new UsageError('expected one key or URL; words need --text');
      const found =
        asked.text === true
          ? await explainText(config, assumedFrom(words.join(' '), asked))
          : await explainStored(config, words[0]!);
      if (asked.json === true) output.json(jsonOf(found));
      else output.line(story(found, output.paint));
    });
}

const help = `
Rules and consent are those of now; where another verdict was written at the time, both are told.

Examples:
  pilcrow explain https://social.example/@mira/1
  pilcrow explain file:1
  pilcrow explain --text --platform bluesky --summoned '#07ASTANA2244 ¶5'`;

function assumedFrom(text: string, asked: Asked) {
  const { platform, feed, author, visibility, language = null, summoned = false, bot = false, repost = false } = asked;
  const post = { text, platform, author, visibility, language, summoned, bot, repost };
  return { post, feed, optedIn: asked.optedIn === true, optedOut: asked.optedOut === true };
}

function jsonOf({
  post,
  feed,
  stored,
  resolutions,
  uncounted,
  steps,
  summons,
  verdict,
  decided,
  replies,
  brakes,
}: Explanation) {
  return {
    post,
    feed,
    seenAt: stored === undefined ? null : new Date(stored.kept_at).toISOString(),
    state: stored?.state ?? null,
    resolutions,
    uncounted,
    rules: steps.map(({ rule, outcome, condition }) => ({ rule: rule.name, action: rule.action, outcome, condition })),
    summons,
    verdict,
    decided: decided ?? null,
    replies: replies.map((reply) => ({
      key: reply.key,
      state: reply.state,
      reason: reply.reason,
      ...payloadOf(reply),
    })),
    brakes,
  };
}

function payloadOf({ payload, publisher }: ReplyRow) {
  return { publisher, text: Payload.parse(JSON.parse(payload)).text };
}

type Paint = Output['paint'];
type Step = Explanation['steps'][number];

/** Told in the order in which it happens: a chapter each, of lines under its heading. */
function story(found: Explanation, paint: Paint): string {
  const chapters: readonly [string, readonly string[]][] = [
    ['The post', thePost(found)],
    ['What it cites', cites(found, paint)],
    ['The rules', found.steps.map((step, i) => `${i + 1}. ${ofAStep(step, paint)}`)],
    ['Consent', consent(found)],
    ['The verdict', theVerdict(found, paint)],
    ['The reply', theReply(found, paint)],
  ];
  return chapters
    .map(([heading, lines]) => [paint.bold(heading), ...lines.map((line) => `  ${line}`)].join('\n'))
    .join('\n\n');
}

function thePost({ post, feed, stored }: Explanation): string[] {
  const words = plain(post.text).split('\n');
  const bot = post.author.bot ? ', a bot' : '';
  const where = post.url ?? post.key;
  const repost = post.repost ? ', repeats somebody else' : '';
  const summoned = post.summoned ? 'addresses the bot' : 'does not address the bot';
  const seen =
    stored === undefined
      ? 'It is assumed, not stored.'
      : `Found in feed ${plain(stored.feed)} at ${time(stored.kept_at)}, ${span(stored.kept_at - post.createdAt)} after it was written.`;
  return [
    `@${plain(post.author.handle)}${bot} on ${plain(post.platform)}${stored === undefined ? '' : `, ${time(post.createdAt)} (${plain(where)})`}:`,
    ...words.map((line) => `  ${line}`),
    `It is ${post.visibility}${repost} and ${summoned}.`,
    `${seen}${stored === undefined && feed !== '' ? ` Feed ${plain(feed)} would find it.` : ''}`,
  ];
}

function cites({ resolutions, uncounted }: Explanation, paint: Paint): string[] {
  const lines = resolutions.flatMap((resolution) => ofACitation(resolution, paint));
  if (lines.length === 0) lines.push('Nothing that counts: such a post is not kept, and no rule is asked.');
  return [...lines, ...uncounted.map(({ written, reason }) => paint.dim(`Not ${plain(written)}: ${reason}.`))];
}

function ofACitation(
  { written, traits, status, cable, referenceId, links, candidates }: Resolution,
  paint: Paint,
): string[] {
  const facts = [cable?.origin, cable?.created?.slice(0, 10), cable?.classification].filter(Boolean).join(', ');
  const subject = cable?.subject ? ` “${plain(cable.subject)}”` : '';
  const known = referenceId === null ? '' : `${referenceId}${subject}${facts === '' ? '' : ` (${plain(facts)})`}`;
  return [
    `${paint.bold(plain(written))} as ${kinds[traits.kind]}: ${statuses[status]}`,
    ...(known === '' ? [] : [`  ${known}`]),
    ...links.map((link) => `  ${ofALink(link, paint)}`),
    ...candidates.map(
      ({ referenceId: id, reason }) => `  ${id === referenceId ? 'read as' : 'perhaps'} ${id}: ${plain(reason)}`,
    ),
  ];
}

function ofALink({ paragraph, url, exact, why, near }: Link, paint: Paint): string {
  const what = paragraph === null ? 'the cable' : `¶${paragraph}`;
  const note = exact
    ? ''
    : ` (not the place itself: ${plain(why ?? 'unknown')}${near === null ? '' : `; nearest is #${near}`})`;
  return `${what}: ${paint.cyan(plain(url))}${note}`;
}

const kinds: Readonly<Record<Resolution['traits']['kind'], string>> = {
  hashtag: 'a hashtag',
  id: 'an ID in the text',
  url: 'the URL of a cable',
  'no-year': 'station and number without a year',
  description: 'a description',
  quotation: 'a quotation',
};

const statuses: Readonly<Record<Resolution['status'], string>> = {
  resolved: 'the cable is known',
  'unknown-paragraph': 'the cable is known, and has no such paragraph',
  unverified: 'could be a cable, but there is no list here to look it up in',
  ambiguous: 'several cables could be meant',
  'unknown-cable': 'no such cable is known',
};

function ofAStep({ rule, outcome, condition }: Step, paint: Paint): string {
  const name = paint.bold(rule.name);
  if (outcome === 'does not match') return `${name} does not match: \`${condition}\` does not hold`;
  if (outcome === 'not asked') return paint.dim(`${rule.name} is not asked any more`);
  if (outcome === 'on trial') return `${name} matches and is on trial: it would ask for ${rule.action}`;
  const labels = rule.labels === undefined ? '' : `, with label ${rule.labels.join(', ')}`;
  if (outcome === 'notifies') return `${name} matches, and tells ${rule.to?.join(', ')}${labels}`;
  if (outcome === 'labels') return `${name} matches, and only labels${labels.replace(', with label', '')}`;
  return `${paint.green(rule.name)} matches and decides: ${rule.action}${labels}`;
}

function consent({ facts, verdict, summons }: Explanation): string[] {
  const lines = [
    `Mode ${facts.mode}${facts.mode === 'log' ? ': replies are written to the log, and nobody is addressed' : ''}.`,
  ];
  if (verdict.clause !== null) lines.push(`Lowers ${verdict.asked} to ${verdict.action}: ${verdict.clause}.`);
  else lines.push('Nothing speaks against what the rule asks.');
  if (!facts.post.summoned) lines.push(`To be asked, there: ${plain(summons)}.`);
  return lines;
}

function theVerdict({ verdict, decided, stored }: Explanation, paint: Paint): string[] {
  const now = inWords(verdict, paint);
  if (decided === undefined)
    return [
      stored === undefined
        ? now
        : `None yet (${stored.state}${stored.error === null ? '' : `: ${plain(stored.error)}`}). By the rules of now: ${now}`,
    ];
  const same =
    decided.action === verdict.action && decided.rule === verdict.rule && decided.template === verdict.template;
  const then = `${inWords(decided, paint)}, by rules ${decided.rules}`;
  if (decided.rules === verdict.rules && same) return [then];
  return [
    then,
    same
      ? `The rules of now (${verdict.rules}) say the same.`
      : `The rules of now (${verdict.rules}) would say: ${now}`,
  ];
}

function inWords(
  { action, rule, template, clause, labels, digest, notify, alone, shadows }: Verdict,
  paint: Paint,
): string {
  const by = rule === null ? 'no rule matched' : `rule ${rule}`;
  const parts = [
    ...(template === null ? [] : [`in the words of template ${template}`]),
    ...(labels === undefined ? [] : [`labels ${labels.join(', ')}`]),
    ...(digest === undefined ? [] : [`counted by digest ${digest}`]),
    ...(notify === undefined ? [] : [`told to ${notify.join(', ')}`]),
    ...(alone === undefined ? [] : ['as a post of the bot’s own, which addresses nobody']),
    ...(shadows === undefined ? [] : [`on trial: ${shadows.map((one) => `${one.rule} (${one.action})`).join(', ')}`]),
    ...(clause === null ? [] : [plain(clause)]),
  ];
  return `${paint.bold(action)} (${by})${parts.length === 0 ? '' : `; ${parts.join('; ')}`}`;
}

function theReply({ replies: rows, brakes, verdict, stored }: Explanation, paint: Paint): string[] {
  const lines = rows.flatMap((row) => {
    const reason = row.reason === null ? '' : `: ${plain(row.reason)}`;
    const when = row.sent_at === null ? `planned ${time(row.planned_at)}` : `sent ${time(row.sent_at)}`;
    const { text } = payloadOf(row);
    return [
      `${paint.bold(row.state)} through ${plain(row.publisher)}, ${when}${reason}`,
      ...plain(text)
        .split('\n')
        .map((line) => `  ${line}`),
    ];
  });
  if (rows.length === 0)
    lines.push(verdict.action === 'reply' && stored === undefined ? 'One would be planned.' : 'There is none.');
  return [...lines, ...brakes.map((brake) => `Held back at present: ${plain(brake)}`)];
}

function time(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}

function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  for (const [unit, size] of [
    ['days', 86_400],
    ['hours', 3600],
    ['minutes', 60],
  ] as const)
    if (seconds >= 2 * size) return `${Math.round(seconds / size)} ${unit}`;
  return `${seconds} seconds`;
}
