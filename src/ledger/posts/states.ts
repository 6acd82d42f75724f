import type { UpdateObject } from 'kysely';
import type { Executor, PostState, Schema } from '../db/schema.ts';
import { empty, emptied, type Entering, type FirstOf, type NextOf, type StateTable } from '../db/state-table.ts';

/** What a change of state empties; `decided_at` is history. */
const empties = { due_at: empty.nothing, error: empty.nothing, verdict: empty.nothing };

type Column = keyof typeof empties | 'decided_at';

/** Every state of a post, with what may follow and why: docs/replies.md shows it. */
export const postStates = {
  pending: {
    means: 'waits to be resolved',
    first: 'a feed brought it',
    has: { due_at: 'set', error: 'later', verdict: 'maybe', decided_at: 'maybe' },
    next: {
      pending: 'it could not be resolved now, its author edited it, or it is heard again with more',
      decided: 'it is resolved: it has a verdict',
      failed: 'it could not be resolved in all attempts',
      deleted: 'its author deleted it',
    },
  },
  decided: {
    means: 'has a verdict',
    first: 'it stands for a digest of the bot',
    has: { verdict: 'set', decided_at: 'set' },
    next: {
      pending: 'its author edited it, and it cites something else, or it is heard again with more',
      deleted: 'its author deleted it',
    },
  },
  failed: {
    means: 'could not be resolved',
    has: { error: 'set', verdict: 'maybe', decided_at: 'maybe' },
    next: {
      pending: 'a person retries it, its author edited it, or it is heard again with more',
      deleted: 'its author deleted it',
    },
  },
  deleted: { means: 'is deleted: only its key remains', has: { decided_at: 'set' }, next: {} },
} as const satisfies StateTable<PostState, Column>;

type Values = UpdateObject<Schema, 'posts'>;
type EnteringPost<To extends PostState> = Entering<(typeof postStates)[To]['has'], Column, Values>;

/** The update that moves posts from the states `from` to `to`, for conditions to be added. It empties what `to` does not have. */
export function movePosts<From extends PostState, To extends NextOf<typeof postStates, From>>(
  tx: Executor,
  from: readonly From[],
  to: To,
  values: EnteringPost<To>,
) {
  const set = { ...emptied(postStates[to].has, empties, values), ...values, state: to };
  return tx.updateTable('posts').set(set).where('posts.state', 'in', from);
}

/** State and columns of a new post. */
export function firstPost<To extends FirstOf<typeof postStates>, V extends EnteringPost<To>>(state: To, values: V) {
  return { state, ...values };
}
