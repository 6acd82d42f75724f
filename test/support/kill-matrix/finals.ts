import { deletedKey } from '../../../src/core/post.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import type { Final } from '../fake-platform/oracle.ts';

/** What became of the posts, by the ledger. */
export interface Outcome {
  /** By the platform's id of the post; what is not final is not in it. */
  readonly finals: ReadonlyMap<string, Final>;
  /** Posts whose change was noticed. */
  readonly followed: ReadonlySet<string>;
  /** Posts by what became of their reply, final or not. */
  readonly states: Readonly<Record<string, number>>;
}

/** A purged post has lost its id: the ids of the posts that these proofs write, by what remains of the key. */
const deletedIds = once(() => new Map(Array.from({ length: 100_000 }, (_, i) => [deletedKey(`file:p${i}`), `p${i}`])));

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

const finalStates: readonly string[] = ['sent', 'refused', 'abandoned', 'withdrawn'] satisfies Final['state'][];

export async function readOutcome({ db }: Ledger): Promise<Outcome> {
  const posts = await db.selectFrom('posts').select(['key', 'post', 'state', 'error', 'verdict', 'revision']).execute();
  const replies = await db
    .selectFrom('replies')
    .select(['post_key', 'state', 'reason', 'published', 'due_at'])
    .orderBy('planned_at')
    .execute();
  const repliesTo = Map.groupBy(replies, (reply) => reply.post_key);
  const finals = new Map<string, Final>();
  const states: Record<string, number> = {};
  const followed = new Set<string>();
  for (const post of posts) {
    const own = repliesTo.get(post.key) ?? [];
    const state = own.at(-1)?.state ?? post.state;
    states[state] = (states[state] ?? 0) + 1;
    const { id: stored } = JSON.parse(post.post) as { id: string };
    const id = stored === '' ? (deletedIds().get(post.key) ?? post.key) : stored;
    const final = finalOf(post, own);
    if (final !== undefined) finals.set(id, final);
    if (post.revision > 0 || post.state === 'deleted') followed.add(id);
  }
  return { finals, states, followed };
}

interface PostOutcome {
  readonly state: string;
  readonly error: string | null;
  readonly verdict: string | null;
}

interface ReplyOutcome {
  readonly state: string;
  readonly reason: string | null;
  readonly published: string | null;
  readonly due_at: number | null;
}

/** The last word on a post, once nothing about it waits any more. */
function finalOf(post: PostOutcome, replies: readonly ReplyOutcome[]): Final | undefined {
  if (post.state === 'pending' || replies.some(isOpen)) return undefined;
  // What an edit made of an answer is no last word while another answer stands.
  const last = replies.findLast(({ state }) => state === 'sent') ?? replies.at(-1);
  if (last === undefined) {
    if (post.state === 'failed') return { state: 'abandoned', reason: post.error, replyId: null };
    return { state: 'silent', reason: post.state === 'deleted' ? 'deleted' : post.verdict, replyId: null };
  }
  const replyId = last.published === null ? null : (JSON.parse(last.published) as { id: string }).id;
  return { state: last.state as Final['state'], reason: last.reason, replyId };
}

function isOpen({ state, due_at: dueAt }: ReplyOutcome): boolean {
  return dueAt !== null || !finalStates.includes(state);
}
