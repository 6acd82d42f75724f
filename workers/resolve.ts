import { hash } from 'node:crypto';
import type { App } from '../src/app.ts';
import type { Rulebook, ReplyText } from '../src/app/rulebook.ts';
import { excerptsThrough, replyParts } from '../src/app/answering.ts';
import { linksToNote } from '../src/app/link-knowledge.ts';
import { earlierThan } from '../src/app/read-rules.ts';
import { ownPath } from '../src/cables/links/cable-links.ts';
import { backoffMs } from '../src/core/durations.ts';
import { citedName, type Resolution } from '../src/core/citation.ts';
import { excerptsOf } from '../src/cables/excerpts/excerpts.ts';
import { noticeOn } from '../src/channels/mention.ts';
import { messageOf, PermanentError, RetryLater } from '../src/core/errors.ts';
import { narrowest, personKey, type Post } from '../src/core/post.ts';
import { type Excerpt, highest, type Payload } from '../src/core/reply.ts';
import { lettersIn } from '../src/core/text/strangers.ts';
import type { Verdict } from '../src/core/verdict.ts';
import { utcDay } from '../src/core/zone.ts';
import { liveReplies } from '../src/ledger/posts/post-changes.ts';
import { type Decision, decidePosts } from '../src/ledger/replies/decide-posts.ts';
import { postponePost, type WaitingPost, waitingPosts } from '../src/ledger/posts/posts.ts';
import { decidedAbove } from '../src/ledger/posts/questions.ts';
import type { PlannedReply } from '../src/ledger/replies/replies.ts';
import { phrasesIn } from '../src/words/index.ts';
import { isQuestion, type QuestionApp, type Subject, subjectOf } from './lib/question.ts';
import { onControl, onNothing, type WithoutCable } from './lib/without-cable.ts';
import { openedPublisher, type Worker } from './lib/worker.ts';

const retry = { firstMs: 1000, maxMs: 10 * 60_000 };

type ResolveApp = QuestionApp & Pick<App, 'clock' | 'queue' | 'rulebooks' | 'publisher' | 'publisherFor' | 'emit'>;

/** Resolves the citations of a post, decides its verdict, and plans the exact reply. */
export const resolve: Worker<ResolveApp> = {
  queue: 'resolve',
  concurrency: 512,
  async work(app: ResolveApp, key) {
    const waiting = await app.ledger.load(waitingPosts, { key, now: await app.ledger.now() });
    if (waiting === undefined) return;
    app.failpoint('resolve: post read');
    const orPostpone = (error: unknown) => postpone(app, waiting, error);
    const decision = await decide(app, waiting).catch(orPostpone);
    if (decision === undefined) return;
    app.failpoint('resolve: composed');
    const at = await app.ledger.now();
    const verdict = await app.ledger.transactEach(decidePosts, { ...decision, at }).catch(orPostpone);
    if (verdict === undefined) return;
    app.failpoint('resolve: decided');
    if (waiting.revision > 0) app.failpoint('follow: change decided');
    app.emit({ kind: 'decided', post: waiting.post, resolutions: decision.resolutions, verdict });
    if (decision.reply !== undefined && verdict.action === 'reply')
      await app.queue.enqueue('respond', decision.reply.payload.key);
    for (const channel of verdict.notify ?? []) await app.queue.enqueue('notify', channel);
    for (const cancelled of decision.cancelRequested ?? []) {
      if (decision.canReplace === true) await app.queue.enqueue('replace', cancelled);
      await app.queue.enqueue('withdraw', cancelled);
    }
    app.failpoint('resolve: enqueued');
  },
};

/** Undefined: another process decides. */
async function decide(app: ResolveApp, waiting: WaitingPost): Promise<Omit<Decision, 'at'> | undefined> {
  const { post, feed, surplus, ingestedAt: seenAt, revision, optedOut, optedIn } = waiting;
  // Use one rulebook throughout, even if the rules are reloaded meanwhile.
  const rulebook = app.rulebooks.current();
  if (waiting.control !== undefined) {
    const about = waiting.control === 'why' ? await decidedAbove(app.ledger.db, post) : undefined;
    return await decideWithoutCable(app, rulebook, waiting, onControl(post, waiting.control, rulebook, about));
  }
  const subject = isQuestion(waiting) ? await subjectOf(app, waiting) : await ownSubject(app, waiting);
  if (subject === undefined) return undefined;
  const { citations, resolutions } = subject;
  const earlier = await earlierThan(app.ledger.db, { ...waiting, resolutions }, rulebook.counters);
  const publisher = app.publisherFor(post, feed);
  const opened = await openedPublisher(app, publisher);
  const self = opened?.self;
  const facts = { post, feed, resolutions, earlier, seenAt, optedOut, optedIn };
  const question = { ...facts, self: self === undefined ? [] : [self] };
  if (citations.length === 0 && post.summoned) {
    const nothing = onNothing(question, subject, { rulebook, config: app.config, now: app.clock.now() });
    return await decideWithoutCable(app, rulebook, waiting, nothing);
  }
  const verdict = rulebook.decide(question);
  const wanted = verdict.action === 'reply' || verdict.action === 'hold' ? resolutions : [];
  const { open, cancelRequested } = await notYetAnswered(app, waiting, wanted);
  const notice = verdict.notify && noticeOn(post, resolutions, verdict, app.config.web.publicUrl);
  const links = linksToNote(app.config.links, resolutions);
  const earlierReplies = { cancelRequested, canReplace: opened?.replace !== undefined };
  const decision = { key: post.key, revision, citations, resolutions, verdict, notice, links, ...earlierReplies };
  if (open.length === 0) return { ...decision, reply: undefined };
  const warning = warningAbove(app, waiting, verdict);
  const { template } = verdict;
  const excerpts = await excerptsOf(app.cables.corpus, open, excerptsThrough(app.config, publisher));
  const reply = await rulebook.compose({ publisher, template, post, resolutions: open, excerpts, surplus, warning });
  const cited = [...new Set(open.map(citedName))].toSorted();
  const { holdMs, alone } = verdict;
  const card = cardOf(reply, open, excerpts);
  const pages = publicPages(app.config.web, open);
  return { ...decision, reply: plan(app, waiting, { ...reply, cited, holdMs, alone, card, pages, excerpts }) };
}

/** A post that is about no cable: without a template for what the bot says, it says nothing. */
async function decideWithoutCable(
  app: ResolveApp,
  rulebook: Rulebook,
  waiting: WaitingPost,
  { verdict, says, oncePer, about }: WithoutCable,
): Promise<Omit<Decision, 'at'>> {
  const { post, feed, revision } = waiting;
  const { cancelRequested } = await notYetAnswered(app, waiting, []);
  const decision = { key: post.key, revision, resolutions: [], cancelRequested };
  const to = { publisher: app.publisherFor(post, feed), warning: warningAbove(app, waiting), about };
  const reply = says && (await rulebook.say(says, post, to));
  if (says === undefined || reply === undefined)
    return { ...decision, verdict: { ...verdict, action: 'ignore', template: null }, reply: undefined };
  return { ...decision, verdict, reply: plan(app, waiting, { ...reply, cited: [says], oncePer }) };
}

/** The citations of the post itself. */
async function ownSubject({ cables }: ResolveApp, { citations, post }: WaitingPost): Promise<Subject> {
  const resolutions = await Promise.all(citations.map((citation) => cables.resolver.resolve(citation, post.text)));
  return { citations, resolutions, unusable: false, belowAnswer: false };
}

/** A link card for the cable whose link comes first in the text. */
function cardOf(
  { text, language }: ReplyText,
  resolutions: readonly Resolution[],
  excerpts: readonly Excerpt[],
): Payload['card'] {
  const found = resolutions
    .flatMap((resolution) =>
      resolution.links.map(({ url, paragraph }) => ({ url, paragraph, resolution, at: text.indexOf(url) })),
    )
    .filter(({ at }) => at !== -1)
    // Of two URLs at the same place, the longer one is in the text.
    .toSorted((a, b) => a.at - b.at || b.url.length - a.url.length)[0];
  if (found === undefined) return undefined;
  const { referenceId, written, cable } = found.resolution;
  const excerpt = excerpts.find((each) => each.referenceId === referenceId && each.paragraph === found.paragraph);
  const facts = [cable?.origin, cable?.created?.slice(0, 10), cable?.classification].filter(Boolean);
  return {
    url: found.url,
    title: cable?.subject ?? phrasesIn(language ?? '').cable(lettersIn(referenceId ?? written)),
    description: [facts.join(', '), excerpt?.text].filter(Boolean).join(': '),
  };
}

/** The bot's public pages of these cables; none where strangers cannot open them. */
function publicPages({ cables, publicUrl }: App['config']['web'], resolutions: readonly Resolution[]): string[] {
  if (cables !== 'public' || publicUrl === undefined) return [];
  const ids = new Set(resolutions.flatMap(({ referenceId }) => referenceId ?? []));
  return [...ids].map((id) => new URL(ownPath(id), publicUrl).href);
}

/** The resolutions of an edited post that need a reply. An earlier reply stays if the post still cites all its cables; others are cancelled. */
async function notYetAnswered(app: ResolveApp, { post, revision }: WaitingPost, wanted: readonly Resolution[]) {
  if (revision === 0) return { open: wanted, cancelRequested: [] };
  const names = new Set(wanted.map(citedName));
  const replies = await liveReplies(app.ledger.db, post.key);
  const valid = replies.filter(({ cited }) => cited.every((name) => names.has(name)));
  const answered = new Set(valid.flatMap(({ cited }) => cited));
  return {
    open: wanted.filter((resolution) => !answered.has(citedName(resolution))),
    cancelRequested: replies.filter((reply) => !valid.includes(reply)).map(({ key }) => key),
  };
}

/** The content warning of the post, if the reply is to have one too. */
function warningAbove(
  { config, publisherFor }: ResolveApp,
  { post, feed }: WaitingPost,
  { alone }: { alone?: boolean | undefined } = {},
) {
  return alone !== true && replyParts(config, publisherFor(post, feed)).warning ? post.warning : undefined;
}

type ReplyDraft = Pick<Verdict, 'holdMs' | 'alone'> &
  ReplyText &
  Pick<Payload, 'card' | 'pages'> &
  Pick<PlannedReply['scope'], 'cited' | 'oncePer'> & { readonly excerpts?: readonly Excerpt[] };

/** `alone`: as a post of its own on the bot's timeline, which addresses nobody. */
function plan(app: ResolveApp, waiting: WaitingPost, draft: ReplyDraft): PlannedReply {
  const { cited, oncePer, text, language, warning, holdMs, alone, card, pages, excerpts = [] } = draft;
  const { post, feed, revision } = waiting;
  const publisher = app.publisherFor(post, feed);
  const { visibility: widest, ...parts } = replyParts(app.config, publisher);
  const visibility = widest && (alone === true ? widest : narrowest([widest, post.visibility]));
  return {
    postKey: post.key,
    publisher,
    holdMs,
    person: personKey(post.platform, post.author.id),
    summoned: post.summoned,
    scope: { platform: post.platform, thread: alone === true ? timelineOf(app, cited) : post.thread, cited, oncePer },
    payload: {
      key: replyKey(post, revision),
      text,
      language,
      createdAt: app.clock.now(),
      idempotencyKey: idempotencyKeyOf(post.key, publisher, revision),
      replyTo: {
        key: post.key,
        platform: post.platform,
        id: post.id,
        url: post.url,
        author: post.author.handle,
        thread: post.thread,
        authorId: post.author.id,
        visibility: post.visibility,
        ...(post.native !== undefined && { native: post.native }),
      },
      ...(warning !== undefined && { warning }),
      ...(visibility !== undefined && { visibility }),
      ...(alone === true && { alone }),
      ...(parts.card && card !== undefined && { card }),
      ...(parts.pages && pages !== undefined && { pages }),
      ...(excerpts.length > 0 && { excerpts: highest(excerpts.map(({ needs }) => needs)) }),
    },
  };
}

/** The thread of a post on the bot's own timeline: the same cables are posted once a day (UTC). */
function timelineOf({ clock }: Pick<App, 'clock'>, cited: readonly string[]): string {
  return [`timeline ${utcDay(clock.now())}`, ...cited].join(' ');
}

/** A reply has the key of its post; a reply to an edited post adds the revision. */
function replyKey({ key }: Post, revision: number): string {
  return revision === 0 ? key : `${key}#${revision}`;
}

/** The same whenever the reply is planned, so that a platform that keeps keys drops a repeat by a bot whose ledger was restored. */
function idempotencyKeyOf(postKey: string, publisher: string, revision: number): string {
  return hash('sha256', JSON.stringify([postKey, publisher, revision]));
}

/** Gives up on a permanent error, and retries after any other. */
async function postpone(app: ResolveApp, { post, attempts }: WaitingPost, error: unknown): Promise<undefined> {
  const isPermanent = error instanceof PermanentError;
  const waitMs = error instanceof RetryLater ? error.delayMs : backoffMs(attempts, retry);
  const dueAt = isPermanent ? null : (await app.ledger.now()) + waitMs;
  await app.ledger.transact((tx) => postponePost(tx, post.key, messageOf(error), dueAt));
  const message = `not resolved${isPermanent ? ', given up' : ''}: ${messageOf(error)}`;
  app.emit({ kind: 'error', what: post.key, post: post.key, message });
}
