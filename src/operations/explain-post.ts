import { type Citing, findCitations } from '../cables/citations/find.ts';
import type { Config } from '../config/config.ts';
import type { Resolution } from '../core/citation.ts';
import { UsageError } from '../core/errors.ts';
import { personKey, Post } from '../core/post.ts';
import { Verdict } from '../core/verdict.ts';
import { troubledAccounts } from '../ledger/accounts/accounts.ts';
import { isOptedIn, isOptedOut } from '../ledger/operators/consents.ts';
import { mentionsOf } from '../ledger/posts/mentions.ts';
import { type Pause, pauseOf } from '../ledger/accounts/pauses.ts';
import { postNamed } from '../ledger/posts/posts.ts';
import { repliesTo } from '../ledger/replies/replies.ts';
import type { Executor, PostRow, ReplyRow } from '../ledger/db/schema.ts';
import { countersOf } from '../rules/counters.ts';
import { decide, type Facts, type Step, steps } from '../rules/decide.ts';
import { postOf, type ShortPost, TestPost } from '../rules/tests.ts';
import { version } from '../rules/version.ts';
import { policyOf } from '../app/answering.ts';
import { openCables } from '../app/open-cables.ts';
import { readLedger } from '../app/open-ledger.ts';
import { ledgerKnowledge } from '../app/link-knowledge.ts';
import { courtesies, earlierThan, readRules, weakCountsIn } from '../app/read-rules.ts';

/** The whole way of a post. */
export interface Explanation {
  readonly post: Post;
  readonly feed: string;
  /** As the ledger has it; undefined: the post is only assumed. */
  readonly stored: PostRow | undefined;
  readonly resolutions: readonly Resolution[];
  /** What looks like a citation and does not count, with the reason. */
  readonly uncounted: readonly { readonly written: string; readonly reason: string }[];
  /** By the rules of now. */
  readonly steps: readonly Step[];
  readonly facts: Facts;
  readonly summons: string;
  readonly verdict: Verdict;
  /** What was decided at the time; undefined: nothing yet. */
  readonly decided: Verdict | undefined;
  readonly replies: readonly ReplyRow[];
  /** What holds replies back at present, in words. */
  readonly limits: readonly string[];
}

/** What is taken to be so of a text that is no post. */
export interface Assumed {
  /** In short, as in tests of rules. */
  readonly post: ShortPost;
  readonly feed: string;
  readonly optedIn: boolean;
  readonly optedOut: boolean;
}

/** The way that a text would take. Errors: ConfigError. */
export async function explainText(
  config: Config,
  { post: short, feed, optedIn, optedOut }: Assumed,
): Promise<Explanation> {
  const post = postOf(TestPost.parse(short));
  await using ledger = await readLedger(config);
  const { resolver } = await openCables(config, () => {}, ledger && ledgerKnowledge(config.links, ledger.db));
  const { citations } = findCitations(post, { weakCounts: weakCountsIn(config, post, feed) });
  const resolutions = await Promise.all(citations.map((citation) => resolver.resolve(citation, post.text)));
  const limits = ledger === undefined ? [] : await limitsOn(config, ledger.db, await ledger.now());
  const question = { post, feed, resolutions, seenAt: post.createdAt, optedIn, optedOut };
  return { ...judged(config, question), stored: undefined, decided: undefined, replies: [], limits };
}

/** The way of a stored post, by its key, its URL or the key of a reply. Errors: ConfigError; UsageError where there is none. */
export async function explainStored(config: Config, name: string): Promise<Explanation> {
  await using ledger = await readLedger(config);
  const stored = ledger && (await postNamed(ledger.db, name));
  if (ledger === undefined || stored === undefined)
    throw new UsageError(`${name}: no such post is kept; \`explain --text\` tells what would be done about a text`);
  const { db } = ledger;
  if (stored.state === 'deleted')
    throw new UsageError(`${name}: its author deleted it, so nothing is kept of it but that it was answered or not`);
  const post = Post.parse(JSON.parse(stored.post));
  const person = personKey(post.platform, post.author.id);
  const resolutions = await mentionsOf(db, stored.key);
  const counters = countersOf(readRules(config).rules);
  const question = {
    post,
    feed: stored.feed,
    resolutions,
    earlier: await earlierThan(db, { post, ingestedAt: stored.ingested_at, resolutions }, counters),
    seenAt: stored.ingested_at,
    optedIn: await isOptedIn(db, person),
    optedOut: await isOptedOut(db, person),
  };
  return {
    ...judged(config, question),
    stored,
    decided: stored.verdict === null ? undefined : Verdict.parse(JSON.parse(stored.verdict)),
    replies: await repliesTo(db, stored.key),
    limits: await limitsOn(config, db, await ledger.now()),
  };
}

type Judged = Omit<Explanation, 'stored' | 'decided' | 'replies' | 'limits'>;

function judged(config: Config, question: Parameters<typeof courtesies>[1]): Judged {
  const { rules } = readRules(config);
  const facts = { ...question, ...courtesies(config, question) };
  const { post, feed, resolutions } = question;
  return {
    post,
    feed,
    resolutions,
    uncounted: uncounted(post, resolutions),
    steps: steps(facts, rules),
    facts,
    summons: policyOf(post.platform).summons,
    verdict: { ...decide(facts, rules), rules: version(rules) },
  };
}

const SHAPED_LIKE_AN_ID = /(?<![\p{L}\p{N}])\d{2}[A-Z]{3,24}\d{1,6}(?![\p{L}\p{N}])/giu;

/** Looks again with more leave, and says what of that had counted for nothing and why. */
function uncounted(post: Citing, resolutions: readonly Resolution[]): Explanation['uncounted'] {
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
      'counts only beside #cablegate, in a feed of such posts, or where the bot is asked',
    );
  for (const { referenceId, written } of open(bare))
    add(referenceId ?? written, written, 'stands in quoted words or in code, which are not the author’s own');
  for (const [written] of post.text.matchAll(SHAPED_LIKE_AN_ID)) {
    const known = [...counted].some((id) => id.toUpperCase() === written.toUpperCase());
    if (!known)
      add(written.toUpperCase(), written, 'looks like an ID, but no station is called so, or not in that year');
  }
  return found;
}

async function limitsOn(config: Config, db: Executor, now: number): Promise<string[]> {
  const found: string[] = [];
  for (const { name, platform } of config.publishers) {
    const pause: Pause | undefined = await pauseOf(db, platform, name);
    if (pause !== undefined) found.push(`${name}: paused (${pause.scope}): ${pause.reason}`);
  }
  for (const { name, blockedUntil, reason } of await troubledAccounts(db))
    if (blockedUntil > now)
      found.push(`${name}: rests until ${new Date(blockedUntil).toISOString()}: ${reason ?? 'no reason'}`);
  return found;
}
