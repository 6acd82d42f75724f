import { type Citing, findCitations } from '../../cables/citations/find.ts';
import type { Config } from '../../config/config.ts';
import { isDryRun } from '../../config/ledger-config.ts';
import type { YamlSource } from '../../config/yaml/yaml-file.ts';
import type { Resolution } from '../../core/citation.ts';
import { type ControlWord, controlWord } from '../../core/control.ts';
import { UsageError } from '../../core/errors.ts';
import { ownWords, personKey } from '../../core/post.ts';
import type { Verdict } from '../../core/verdict.ts';
import { codecs } from '../../ledger/db/codecs.ts';
import { pauseOf, troubledAccounts } from '../../ledger/accounts/accounts.ts';
import { consentOf } from '../../ledger/operators/consents.ts';
import { mentionsOf } from '../../ledger/posts/mentions.ts';
import { postNamed } from '../../ledger/posts/post-names.ts';
import { repliesTo } from '../../ledger/replies/replies.ts';
import type { Executor, PostRow, ReplyRow } from '../../ledger/db/schema.ts';
import { countersOf, decide, steps } from '../../rules/decide.ts';
import type { ShortPost } from '../../rules/conditions.ts';
import type { Rules } from '../../rules/schema.ts';
import { postOf, TestPost } from '../../rules/tests.ts';
import { version } from '../../rules/version.ts';
import { policyOf } from '../../app/answering.ts';
import { openCables } from '../../app/open-cables.ts';
import { readLedger } from '../../app/open-ledger.ts';
import { ledgerKnowledge } from '../../app/link-knowledge.ts';
import { type DraftReply, draftReplies } from './draft-replies.ts';
import { courtesies, earlierThan, type Question, readRules, weakCountsIn } from '../../app/read-rules.ts';

/** Everything that was or would be done about a post. */
export interface Explanation extends ReturnType<typeof judge> {
  /** The row in the ledger; undefined: a hypothetical post. */
  readonly stored: PostRow | undefined;
  /** The stored verdict; undefined: none yet. */
  readonly decided: Verdict | undefined;
  readonly replies: readonly ReplyRow[];
  /** What a hypothetical post would be replied on each platform, first where it would go. */
  readonly drafts: readonly DraftReply[];
  /** Keys of the replies that only go to the log. */
  readonly dryRuns: ReadonlySet<string>;
  /** Pauses and limits that hold back replies now, as text. */
  readonly limits: readonly string[];
}

/** Explains what would be done about a text, in the short form of rule tests, by the configured rules or others. Errors: ConfigError. */
export async function explainText(
  config: Config,
  { post: short, ...asked }: { post: ShortPost; feed: string; optedIn: boolean; optedOut: boolean },
  source: YamlSource = config.rules,
): Promise<Explanation> {
  const post = postOf(TestPost.parse(short));
  await using ledger = await readLedger(config);
  const { resolver, corpus } = await openCables(config, () => {}, ledger && ledgerKnowledge(config.links, ledger.db));
  const { citations } = findCitations(post, { weakCounts: weakCountsIn(config, post, asked.feed) });
  const resolutions = await Promise.all(citations.map((citation) => resolver.resolve(citation, post.text)));
  const limits = ledger === undefined ? [] : await limitsOn(config, ledger.db, await ledger.now());
  const { rules, templates } = readRules(config, source);
  const control = post.summoned && citations.length === 0 ? controlWord(ownWords(post)) : undefined;
  const judged = judge(config, rules, { post, resolutions, seenAt: post.createdAt, control, ...asked });
  const drafts = await draftReplies(config, judged, { corpus, templates });
  return { ...judged, stored: undefined, decided: undefined, replies: [], drafts, dryRuns: new Set(), limits };
}

/** Explains a stored post, found by its key, its URL or the key of a reply. Errors: ConfigError; UsageError if there is none. */
export async function explainStored(config: Config, name: string): Promise<Explanation> {
  await using ledger = await readLedger(config);
  const stored = ledger && (await postNamed(ledger.db, name));
  if (ledger === undefined || stored === undefined)
    throw new UsageError(`${name}: no such post is stored; \`explain --text\` explains a text`);
  const { db } = ledger;
  if (stored.state === 'deleted')
    throw new UsageError(`${name}: its author deleted it, so only the state of its reply is still stored`);
  const post = codecs.posts.post.decode(stored.post, stored.key);
  const person = personKey(post.platform, post.author.id);
  const consent = await consentOf(db, person);
  const resolutions = await mentionsOf(db, stored.key);
  const { rules } = readRules(config);
  const ingestedAt = stored.ingested_at;
  const judged = judge(config, rules, {
    post,
    feed: stored.feed,
    resolutions,
    earlier: await earlierThan(db, { post, ingestedAt, resolutions }, countersOf(rules)),
    seenAt: ingestedAt,
    control: stored.control ?? undefined,
    optedIn: consent?.choice === 'in',
    optedOut: consent?.choice === 'out',
  });
  const replies = await repliesTo(db, stored.key);
  const logged = replies.filter(({ publisher }) => isDryRun(config, publisher));
  return {
    ...judged,
    stored,
    decided: codecs.posts.verdict.decode(stored.verdict, stored.key) ?? undefined,
    replies,
    drafts: [],
    dryRuns: new Set(logged.map(({ key }) => key)),
    limits: await limitsOn(config, db, await ledger.now()),
  };
}

/**
 * What the current rules say: nothing about a command to the bot, nor about a question without a citation. `uncounted`: texts that look like
 * citations but do not count, with the reason.
 */
function judge(
  config: Config,
  rules: Rules,
  { control, ...question }: Question & { readonly control: ControlWord | undefined },
) {
  const facts = { ...question, ...courtesies(config, question) };
  const { post, feed, resolutions } = question;
  const isRuled = control === undefined && (resolutions.length > 0 || !post.summoned);
  const unruled: Verdict = {
    action: 'ignore',
    rule: null,
    template: null,
    asked: null,
    clause: null,
    rules: version(rules),
  };
  return {
    post,
    feed,
    resolutions,
    uncounted: uncounted(post, resolutions),
    control,
    steps: isRuled ? steps(facts, rules) : [],
    facts,
    summons: policyOf(post.platform).summons,
    verdict: isRuled ? decide(facts, rules) : unruled,
  };
}

const idShape = /(?<![\p{L}\p{N}])\d{2}[A-Z]{3,24}\d{1,6}(?![\p{L}\p{N}])/giu;

/** Searches again with looser criteria, and gives the reason why each additional find does not count. */
function uncounted(post: Citing, resolutions: readonly Resolution[]): { written: string; reason: string }[] {
  const counted = new Set(resolutions.map(({ written, referenceId }) => referenceId ?? written));
  const open = (text: string) => findCitations({ ...post, text }, { weakCounts: true }).citations;
  const shown = open(post.text);
  const bare = post.text.replaceAll(/^[ \t]*>+/gm, '').replaceAll('`', '');
  const found: { written: string; reason: string }[] = [];
  const add = (id: string, written: string, reason: string) => {
    if (counted.has(id)) return;
    counted.add(id);
    found.push({ written, reason });
  };
  for (const { referenceId, written } of shown)
    add(
      referenceId ?? written,
      written,
      'counts only with #cablegate, in an onTopic feed, or if the post addresses the bot',
    );
  for (const { referenceId, written } of open(bare))
    add(referenceId ?? written, written, 'is in a quotation or in code, so the author does not cite it');
  for (const [written] of post.text.matchAll(idShape)) {
    const known = [...counted].some((id) => id.toUpperCase() === written.toUpperCase());
    if (!known)
      add(written.toUpperCase(), written, 'has the form of an ID, but there is no such station, or not in that year');
  }
  return found;
}

async function limitsOn(config: Config, db: Executor, now: number): Promise<string[]> {
  const found: string[] = [];
  for (const { name, platform } of config.publishers) {
    const pause = await pauseOf(db, platform, name);
    if (pause !== undefined) found.push(`${name}: paused (${pause.scope}): ${pause.reason}`);
  }
  for (const { name, blocked_until: blockedUntil, reason } of await troubledAccounts(db))
    if (blockedUntil > now)
      found.push(`${name}: blocked until ${new Date(blockedUntil).toISOString()}: ${reason ?? 'no reason'}`);
  return found;
}
