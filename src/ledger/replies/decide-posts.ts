import { sql } from 'kysely';
import type { Citation, Resolution } from '../../core/citation.ts';
import { answeredAlready, type Verdict } from '../../core/verdict.ts';
import type { Batch } from '../db/batch.ts';
import { codecs } from '../db/codecs.ts';
import type { Json } from '../db/json-column.ts';
import { valuesList } from '../db/values-list.ts';
import { recordLinks, type LinkedPage } from '../links/link-checks.ts';
import { insertNotices } from '../operators/notices.ts';
import { movePosts } from '../posts/states.ts';
import type { Executor, NoticeContent } from '../db/schema.ts';
import { capHeld } from './held-replies.ts';
import { insertReplies, type PlannedReply } from './replies.ts';
import { replaceReply } from './replace-reply.ts';
import { supersedeReply } from './withdraw-reply.ts';

/** Result of resolving a post. `reply` is set when the verdict is to reply. */
export interface Decision {
  readonly key: string;
  readonly at: number;
  /** Revision of the decided post: an edit meanwhile makes the decision void. */
  readonly revision: number;
  /** What a question without a citation is about. Left out: the post has its own. */
  readonly citations?: readonly Citation[] | undefined;
  readonly resolutions: readonly Resolution[];
  readonly verdict: Verdict;
  readonly reply: PlannedReply | undefined;
  /** For the channels named in the verdict. */
  readonly notice?: NoticeContent | undefined;
  /** Linked pages to check; left out: none. */
  readonly links?: readonly LinkedPage[] | undefined;
  /** The publisher can replace the text of a reply that no longer fits by that of `reply`. */
  readonly canReplace?: boolean;
  /** Keys of earlier replies that no longer fit the post. */
  readonly cancelRequested?: readonly string[];
}

/**
 * Writes decisions about pending posts. A verdict whose thread already has a reply about the same cables and paragraphs is lowered to
 * `record`. The result is the verdict as written; none if another process decided first.
 */
export const decidePosts: Batch<Decision, Verdict> = {
  keyOf: ({ key }) => key,
  async run(tx, all) {
    const decided = await writeVerdicts(tx, all);
    const decisions = all.filter(({ key }) => decided.has(key));
    const replaced = new Set<Decision>();
    for (const decision of decisions)
      if (decision.revision > 0 && (await undoEarlier(tx, decision))) replaced.add(decision);
    await insertMentions(tx, decisions);
    await insertNotices(tx, decisions.flatMap(noticesOf));
    await recordLinks(tx, decisions.flatMap(linksOf));
    const planning = decisions.filter((decision) => !replaced.has(decision));
    const replies = planning.flatMap(({ reply, at }) => (reply === undefined ? [] : [{ reply, at }]));
    const planned = await insertReplies(tx, replies);
    await capHeld(tx, new Set(decisions.flatMap(heldAuthorOf)), Math.max(...decisions.map(({ at }) => at)));
    const unplanned = planning.filter(({ reply }) => reply !== undefined && !planned.has(reply.payload.key));
    const lowered = unplanned.map(({ key, verdict, reply }) => {
      return { key, verdict: answeredAlready(verdict, reply?.scope.oncePer && 'one such reply per author and day') };
    });
    await rewriteVerdicts(tx, lowered);
    return new Map([...decisions, ...lowered].map(({ key, verdict }) => [key, verdict]));
  },
};

function heldAuthorOf({ reply }: Decision): string[] {
  return reply?.holdMs === undefined ? [] : [reply.person];
}

function noticesOf({ key: postKey, verdict, notice: content, at }: Decision) {
  if (content === undefined) return [];
  return (verdict.notify ?? []).map((channel) => ({ channel, postKey, content, at }));
}

function linksOf({ links, at }: Decision) {
  return (links ?? []).map((link) => ({ ...link, at }));
}

/** Unless a post has changed since it was read. Returns the keys of the decided posts. */
async function writeVerdicts(tx: Executor, decisions: readonly Decision[]): Promise<ReadonlySet<string>> {
  const columns = { text: ['key', 'verdict', 'citations'], bigint: ['revision', 'at'] } as const;
  const rows = decisions.map(({ key, revision, verdict, citations, at }) => {
    const found = citations === undefined ? null : codecs.posts.citations.encode(citations);
    return { key, revision, verdict: codecs.posts.verdict.encode(verdict), citations: found, at };
  });
  const decided = await movePosts(tx, ['pending'], 'decided', {
    verdict: sql.ref<Json<Verdict>>('input.verdict'),
    decided_at: sql.ref<number>('input.at'),
    citations: sql<Json<readonly Citation[]>>`coalesce(input.citations, posts.citations)`,
  })
    .from(valuesList(tx, columns, rows))
    .whereRef('posts.key', '=', 'input.key')
    .whereRef('posts.revision', '=', 'input.revision')
    .returning('posts.key')
    .execute();
  return new Set(decided.map(({ key }) => key));
}

/** Deletes the mentions of the former text, and withdraws replies that no longer fit. True: the new reply takes the place of the only one. */
async function undoEarlier(tx: Executor, decision: Decision): Promise<boolean> {
  const { key, reply, cancelRequested = [], at } = decision;
  await tx.deleteFrom('mentions').where('post_key', '=', key).execute();
  const [only, ...others] = cancelRequested;
  // What a person must approve takes nobody's place before.
  const canReplace = decision.canReplace === true && reply?.holdMs === undefined && others.length === 0;
  if (canReplace && only !== undefined && reply !== undefined && (await replaceReply(tx, only, reply, at))) return true;
  for (const earlier of cancelRequested) await supersedeReply(tx, earlier, at);
  return false;
}

async function rewriteVerdicts(tx: Executor, lowered: readonly Pick<Decision, 'key' | 'verdict'>[]): Promise<void> {
  if (lowered.length === 0) return;
  const rows = lowered.map(({ key, verdict }) => ({ key, verdict: codecs.posts.verdict.encode(verdict) }));
  await tx
    .updateTable('posts')
    .set({ verdict: sql.ref<Json<Verdict>>('input.verdict') })
    .from(valuesList(tx, { text: ['key', 'verdict'] }, rows))
    .whereRef('posts.key', '=', 'input.key')
    .execute();
}

async function insertMentions(tx: Executor, decisions: readonly Decision[]): Promise<void> {
  const columns = {
    text: ['post_key', 'reference_id', 'status', 'resolution'],
    bigint: ['position', 'at'],
  } as const;
  const rows = decisions.flatMap(({ key: post_key, resolutions, at }) => {
    return resolutions.map((resolution, position) => {
      const { referenceId: reference_id, status } = resolution;
      const text = codecs.mentions.resolution.encode(resolution);
      return { post_key, position, reference_id, status, resolution: text, at };
    });
  });
  if (rows.length === 0) return;
  await sql`
    insert into mentions (post_key, position, reference_id, status, resolution, at)
    select post_key, position, reference_id, status, resolution, at from ${valuesList(tx, columns, rows)}`.execute(tx);
}
