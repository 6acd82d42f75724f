import type { Link, Resolution } from '../../core/citation.ts';
import { ownWords, type Post } from '../../core/post.ts';
import { indented, maxKey, onLine } from '../../core/text/strangers.ts';
import type { Verdict } from '../../core/verdict.ts';
import { utcMinute } from '../../core/zone.ts';
import { draftLanguage, draftLength, draftsByText, type DraftReply } from './draft-replies.ts';
import type { Explanation } from './explain-post.ts';
import { codecs } from '../../ledger/db/codecs.ts';

/** A section of an explanation; details of a line follow it, indented by two blanks. */
export interface Section {
  readonly heading: string;
  readonly lines: readonly string[];
}

/** Text styles. */
export type Paint = Readonly<Record<'bold' | 'dim' | 'cyan' | 'green', (text: string) => string>>;

type Step = Explanation['steps'][number];

/** An explanation for people, in the order of the steps; `texts`: with the texts of the post and of its replies. */
export function explanationText(found: Explanation, paint: Paint, { texts = true } = {}): readonly Section[] {
  return [
    { heading: 'The post', lines: thePost(found, texts) },
    { heading: 'What it cites', lines: cites(found, paint) },
    { heading: 'The rules', lines: rules(found, paint) },
    { heading: 'Consent', lines: consent(found) },
    { heading: 'The verdict', lines: theVerdict(found, paint) },
    { heading: 'The reply', lines: theReply(found, paint, texts) },
  ];
}

function thePost({ post, feed, stored }: Explanation, texts: boolean): string[] {
  const bot = post.author.bot ? ', a bot' : '';
  const where = post.url ?? post.key;
  const language = post.language === null ? '' : ` Its language, as the platform says: ${onLine(post.language)}.`;
  const repost = post.repost ? ', repeats another post' : '';
  const summoned = post.summoned ? 'addresses the bot' : 'does not address the bot';
  const seen =
    stored === undefined
      ? 'Hypothetical: it is not stored.'
      : `Found in feed ${onLine(stored.feed)} at ${utcMinute(stored.ingested_at)}, ${span(stored.ingested_at - post.createdAt)} after it was written.`;
  const head = `@${onLine(post.author.handle)}${bot} on ${onLine(post.platform)}${stored === undefined ? '' : `, ${utcMinute(post.createdAt)} (${onLine(where, maxKey)})`}`;
  return [
    ...(texts ? [`${head}:`, ...indented(ownWords(post)), ...altTexts(post)] : [`${head}.`]),
    `It is ${post.visibility}${repost} and ${summoned}.${language}`,
    `${seen}${stored === undefined && feed !== '' ? ` Feed ${onLine(feed)} would find it.` : ''}`,
  ];
}

function altTexts({ text, altTextStart }: Post): string[] {
  if (altTextStart === undefined || altTextStart >= text.length) return [];
  return ['Alternative texts of its images:', ...indented(text.slice(altTextStart))];
}

function rules({ steps }: Explanation, paint: Paint): string[] {
  if (steps.length === 0) return ['None was evaluated.'];
  return steps.map((step, i) => `${i + 1}. ${ofAStep(step, paint)}`);
}

function cites({ post, resolutions, uncounted, control }: Explanation, paint: Paint): string[] {
  const lines = resolutions.flatMap((resolution) => ofACitation(post, resolution, paint));
  if (lines.length === 0 && control !== undefined) lines.push(`Nothing: it is the command ${control} to the bot.`);
  else if (lines.length === 0 && post.summoned)
    lines.push('Nothing that counts: such a question is about what the posts above cite; no rule is evaluated.');
  else if (lines.length === 0) lines.push('Nothing that counts: such a post is not stored, and no rule is evaluated.');
  return [...lines, ...uncounted.map(({ written, reason }) => paint.dim(`Not ${onLine(written)}: ${reason}.`))];
}

function ofACitation(
  { altTextStart = Infinity }: Post,
  { written, span: at, traits, status, cable, referenceId, links, candidates, from }: Resolution,
  paint: Paint,
): string[] {
  const inImage = (at?.[0] ?? 0) < altTextStart ? '' : ', in the alternative text of an image';
  const where = from === undefined ? inImage : ` in ${sources[from]}`;
  const facts = [cable?.origin, cable?.created?.slice(0, 10), cable?.classification].filter(Boolean).join(', ');
  const subject = cable?.subject ? ` “${onLine(cable.subject)}”` : '';
  const known = referenceId === null ? '' : `${referenceId}${subject}${facts === '' ? '' : ` (${onLine(facts)})`}`;
  return [
    `${paint.bold(onLine(written))} as ${kinds[traits.kind]}${where}: ${statuses[status]}`,
    ...(known === '' ? [] : [`  ${known}`]),
    ...links.map((link) => `  ${ofALink(link, paint)}`),
    ...candidates.map(
      ({ referenceId: id, reason }) => `  ${id === referenceId ? 'read as' : 'perhaps'} ${id}: ${onLine(reason)}`,
    ),
  ];
}

function ofALink({ paragraph, url, exact, why, near }: Link, paint: Paint): string {
  const what = paragraph === null ? 'the cable' : `¶${paragraph}`;
  const note = exact
    ? ''
    : ` (links to the page: ${onLine(why ?? 'unknown')}${near === null ? '' : `; nearest is #${near}`})`;
  return `${what}: ${paint.cyan(onLine(url, maxKey))}${note}`;
}

const sources: Readonly<Record<NonNullable<Resolution['from']>, string>> = {
  answer: 'the post that the bot answered above',
  parent: 'the post that it replies to',
  quote: 'the post that it quotes',
  thread: 'the first post of the thread',
};

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
  unverified: 'unverified: there is no catalogue to check it against',
  ambiguous: 'it is not certain which cable is meant',
  'unknown-cable': 'no such cable is known',
};

function ofAStep({ rule, outcome, condition }: Step, paint: Paint): string {
  const name = paint.bold(rule.name);
  if (outcome === 'does not match') return `${name} does not match: \`${condition}\` does not hold`;
  if (outcome === 'not asked') return paint.dim(`${rule.name} was not evaluated: an earlier rule matched`);
  if (outcome === 'on trial') return `${name} matches and is on trial: it would ask for ${rule.action}`;
  const labels = rule.labels === undefined ? '' : `, with label ${rule.labels.join(', ')}`;
  if (outcome === 'notifies') return `${name} matches and notifies ${rule.to?.join(', ')}${labels}`;
  if (outcome === 'labels') return `${name} matches and only labels${labels.replace(', with label', '')}`;
  return `${paint.green(rule.name)} matches and decides: ${rule.action}${labels}`;
}

function consent({ facts, verdict, summons }: Explanation): string[] {
  const lines = [`Mode ${facts.mode}${facts.mode === 'dry-run' ? ': replies only go to the log' : ''}.`];
  if (verdict.clause !== null) lines.push(`Lowers ${verdict.asked} to ${verdict.action}: ${verdict.clause}.`);
  else lines.push('It permits the action of the rule.');
  if (!facts.post.summoned) lines.push(`To summon the bot: ${onLine(summons)}.`);
  return lines;
}

function theVerdict({ verdict, decided, stored, steps }: Explanation, paint: Paint): string[] {
  const now = inWords(verdict, paint);
  if (stored === undefined) return [now];
  if (decided === undefined) {
    const error = stored.error === null ? '' : `: ${onLine(stored.error)}`;
    return [`None yet (${stored.state}${error}). By the current rules: ${now}`];
  }
  const same =
    decided.action === verdict.action && decided.rule === verdict.rule && decided.template === verdict.template;
  const then = `${inWords(decided, paint)}, by rules ${decided.rules}`;
  if (steps.length === 0 || (decided.rules === verdict.rules && same)) return [then];
  return [then, `The current rules (${verdict.rules}) ${same ? 'give the same verdict.' : `would give: ${now}`}`];
}

function inWords(
  { action, rule, template, clause, labels, digest, notify, alone, shadows }: Verdict,
  paint: Paint,
): string {
  const by = rule === null ? 'no rule matched' : `rule ${rule}`;
  const parts = [
    ...(template === null ? [] : [`template ${template}`]),
    ...(labels === undefined ? [] : [`labels ${labels.join(', ')}`]),
    ...(digest === undefined ? [] : [`counted by digest ${digest}`]),
    ...(notify === undefined ? [] : [`notifies ${notify.join(', ')}`]),
    ...(alone === undefined ? [] : ['as a post on the bot’s own timeline']),
    ...(shadows === undefined ? [] : [`on trial: ${shadows.map((one) => `${one.rule} (${one.action})`).join(', ')}`]),
    ...(clause === null ? [] : [onLine(clause)]),
  ];
  return `${paint.bold(action)} (${by})${parts.length === 0 ? '' : `; ${parts.join('; ')}`}`;
}

function theReply({ replies: rows, drafts, dryRuns, limits }: Explanation, paint: Paint, texts: boolean): string[] {
  const lines = rows.flatMap((row) => {
    const reason = row.reason === null ? '' : `: ${onLine(row.reason)}`;
    const isLogged = dryRuns.has(row.key);
    const state = isLogged && row.state === 'sent' ? 'logged (dry run)' : row.state;
    const done = isLogged ? 'logged' : 'sent';
    const when = row.sent_at === null ? `planned ${utcMinute(row.planned_at)}` : `${done} ${utcMinute(row.sent_at)}`;
    const { text, language } = codecs.replies.payload.decode(row.payload, row.key);
    return [
      `${paint.bold(state)} through ${onLine(row.publisher)}, ${when}${reason}`,
      ...(texts ? indented(text) : []),
      ...(language === null ? [] : [`Language: ${onLine(language)}`]),
      ...newText(row),
    ];
  });
  if (drafts.length === 0 && rows.length === 0) lines.push('There is none.');
  for (const [at, same] of draftsByText(drafts).entries()) lines.push(...ofADraft(same, at === 0));
  return [...lines, ...limits.map((deferred) => `Held back now: ${onLine(deferred)}`)];
}

/** Platforms that would get the same text. */
function ofADraft(same: readonly DraftReply[], isFirst: boolean): string[] {
  const { platform, text, fault } = same[0]!;
  const all = same.map((one) => one.platform).join(', ');
  if (text === null) return [`On ${all} there would be none: ${onLine(fault ?? '')}`];
  const head = isFirst ? `A reply would be planned, on ${platform}:` : `On ${all} it would be:`;
  const lengths = `Characters, as each platform counts them: ${same.map(draftLength).join(', ')}`;
  return [head, ...indented(text), `${draftLanguage(same[0]!)}. ${lengths}`];
}

/** What takes the place of a reply that is being replaced. */
function newText({ replacement, key }: Explanation['replies'][number]): string[] {
  const next = codecs.replies.replacement.decode(replacement, key);
  return next === null ? [] : ['After an edit of the post its text becomes:', ...indented(next.text)];
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
