import { sql } from 'kysely';
import type { Resolution } from '../../core/citation.ts';
import { answeredAlready, type Verdict } from '../../core/verdict.ts';
import type { Batch } from '../db/batch.ts';
import { valuesList } from '../db/values-list.ts';
import { noteLinks, type SeenLink } from '../links/link-checks.ts';
import { insertNotices } from '../operators/notices.ts';
import { insertReplies, type PlannedReply } from './replies.ts';
import type { Executor } from '../db/schema.ts';
import { takeBack } from './withdraw-reply.ts';

/** What resolving a post came to. `reply` is there when the verdict is to reply. */
export interface Decision {
  readonly key: string;
  readonly at: number;
  /** Of the post that was decided upon: an edit meanwhile makes the decision void. */
  readonly revision: number;
  readonly resolutions: readonly Resolution[];
  readonly verdict: Verdict;
  readonly reply: PlannedReply | undefined;
  /** What channels are to be told of it, as JSON: the channels stand in the verdict. */
  readonly notice?: string | undefined;
  /** Pages that it leads to and that are to be looked at; left out: none are. */
  readonly links?: readonly SeenLink[] | undefined;
  /** Earlier replies to the post that no longer say what it asks. */
  readonly cancelRequested?: readonly string[];
}

/**
 * Writes decisions about posts that still wait for one. A reply whose thread, cables and paragraphs were answered before lowers the
 * verdict to `log`. The result is the verdict as written; none where someone else decided first.
 */
export const decidePosts: Batch<Decision, Verdict> = {
  keyOf: ({ key }) => key,
  async run(tx, all) {
    const decided = await writeVerdicts(tx, all);
    const decisions = all.filter(({ key }) => decided.has(key));
    for (const decision of decisions) if (decision.revision > 0) await undoEarlier(tx, decision);
    await insertMentions(tx, decisions);
    await insertNotices(tx, decisions.flatMap(noticesOf));
    await noteLinks(tx, decisions.flatMap(linksOf));
    const replies = decisions.flatMap(({ reply, at }) => (reply === undefined ? [] : [{ reply, at }]));
    const planned = await insertReplies(tx, replies);
    const unplanned = decisions.filter(({ reply }) => reply !== undefined && !planned.has(reply.payload.key));
    const lowered = unplanned.map(({ key, verdict }) => ({ key, verdict: answeredAlready(verdict) }));
    await rewriteVerdicts(tx, lowered);
    return new Map([...decisions, ...lowered].map(({ key, verdict }) => [key, verdict]));
  },
};

function noticesOf({ key: postKey, verdict, notice: content, at }: Decision) {
  if (content === undefined) return [];
  return (verdict.notify ?? []).map((channel) => ({ channel, postKey, content, at }));
}

function linksOf({ links, at }: Decision) {
  return (links ?? []).map((link) => ({ ...link, at }));
}

/** kept -> decided, where nothing has changed since the post was read. Returns the keys of those. */
async function writeVerdicts(tx: Executor, decisions: readonly Decision[]): Promise<ReadonlySet<string>> {
  const columns = { key: 'text', revision: 'bigint', verdict: 'text', at: 'bigint' } as const;
  const rows = decisions.map(({ key, revision, verdict, at }) => {
    return { key, revision, verdict: JSON.stringify(verdict), at };
  });
  const taken = await sql<{ key: string }>`
    update posts set state = 'decided', due_at = null, decided_at = input.at, error = null, verdict = input.verdict
    from ${valuesList(tx, columns, rows)}
    where posts.key = input.key and posts.state = 'pending' and posts.revision = input.revision
    returning posts.key`.execute(tx);
  return new Set(taken.rows.map(({ key }) => key));
}

/** What was said of the post before it was changed. */
async function undoEarlier(tx: Executor, { key, cancelRequested = [], at }: Decision): Promise<void> {
  await tx.deleteFrom('mentions').where('post_key', '=', key).execute();
  for (const reply of cancelRequested) await takeBack(tx, reply, at);
}

async function rewriteVerdicts(tx: Executor, lowered: readonly Pick<Decision, 'key' | 'verdict'>[]): Promise<void> {
  if (lowered.length === 0) return;
  const rows = lowered.map(({ key, verdict }) => ({ key, verdict: JSON.stringify(verdict) }));
  await sql`
    update posts set verdict = input.verdict from ${valuesList(tx, { key: 'text', verdict: 'text' }, rows)}
    where posts.key = input.key`.execute(tx);
}

async function insertMentions(tx: Executor, decisions: readonly Decision[]): Promise<void> {
  const columns = {
    post_key: 'text',
    position: 'bigint',
    reference_id: 'text',
    status: 'text',
    resolution: 'text',
    at: 'bigint',
  } as const;
  const rows = decisions.flatMap(({ key, resolutions, at }) => {
    return resolutions.map((resolution, position) => ({
      post_key: key,
      position,
      reference_id: resolution.referenceId,
      status: resolution.status,
      resolution: JSON.stringify(resolution),
      at,
    }));
  });
  if (rows.length === 0) return;
  await sql`
    insert into mentions (post_key, position, reference_id, status, resolution, at)
    select post_key, position, reference_id, status, resolution, at from ${valuesList(tx, columns, rows)}`.execute(tx);
}
