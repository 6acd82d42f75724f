import type { Ledger } from '../../../src/ledger/ledger.ts';
import type { Final } from '../fake-platform/oracle.ts';

/** What became of the posts, by the ledger. */
export interface Outcome {
  /** By the platform's id of the post; what is not final is not in it. */
  readonly finals: ReadonlyMap<string, Final>;
  /** Posts by what became of their reply, final or not. */
  readonly states: Readonly<Record<string, number>>;
}

const finalStates: readonly string[] = ['sent', 'refused', 'abandoned', 'withdrawn'] satisfies Final['state'][];

export async function readOutcome({ db }: Ledger): Promise<Outcome> {
  const rows = await db
    .selectFrom('posts')
    .leftJoin('replies', 'replies.post_key', 'posts.key')
    .select(['posts.post', 'posts.state', 'posts.error', 'posts.verdict'])
    .select(['replies.state as reply', 'replies.reason', 'replies.published'])
    .execute();
  const finals = new Map<string, Final>();
  const states: Record<string, number> = {};
  for (const row of rows) {
    const state = row.reply ?? row.state;
    states[state] = (states[state] ?? 0) + 1;
    const { id } = JSON.parse(row.post) as { id: string };
    const final = finalOf(row);
    if (final !== undefined) finals.set(id, final);
  }
  return { finals, states };
}

function finalOf(row: {
  state: string;
  error: string | null;
  verdict: string | null;
  reply: string | null;
  reason: string | null;
  published: string | null;
}): Final | undefined {
  const { reply, reason, published } = row;
  if (reply === null) {
    if (row.state === 'failed') return { state: 'abandoned', reason: row.error, replyId: null };
    return row.state === 'decided' ? { state: 'silent', reason: row.verdict, replyId: null } : undefined;
  }
  if (!finalStates.includes(reply)) return undefined;
  const replyId = published === null ? null : (JSON.parse(published) as { id: string }).id;
  return { state: reply as Final['state'], reason, replyId };
}
