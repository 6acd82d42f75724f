import type { UpdateObject } from 'kysely';
import type { ReplyState } from '../../core/reply.ts';
import type { Executor, Schema } from '../db/schema.ts';
import { empty, emptied, type Entering, type FirstOf, type NextOf, type StateTable } from '../db/state-table.ts';

/** What a change of state empties. The others, such as `published` and the counts of attempts, are history. */
const empties = {
  due_at: empty.nothing,
  lease_until: empty.nothing,
  repeat_until: empty.nothing,
  reason: empty.nothing,
  lookups: empty.zero,
  absences: empty.zero,
  cancel_requested: empty.zero,
  replacement: empty.nothing,
};

const published = { published: 'remains', published_id: 'remains', sent_at: 'remains' } as const;

type Column = keyof typeof empties | keyof typeof published;

/** Every state of a reply, with what may follow and why: docs/replies.md shows it. */
export const replyStates = {
  planned: {
    means: 'waits to be sent',
    first: 'its post is to be answered',
    has: { due_at: 'set', repeat_until: 'maybe', reason: 'maybe', cancel_requested: 'passing' },
    next: {
      planned: 'a limit, a pause or a missing publisher defers it',
      sending: 'it is due, and no limit defers it',
      abandoned: 'it is withdrawn, its post changed, its author opted out, its thread is full, or it waited too long',
      unknown: 'the same, or too late for a repeat, after an attempt that may have arrived',
      sent: 'an earlier attempt arrived after all',
    },
  },
  held: {
    means: 'waits for a person to review it',
    first: 'its rule asks for a review',
    has: { due_at: 'set' },
    next: {
      planned: 'a person approved it',
      rejected: 'a person rejected it, or nobody reviewed it in time',
      abandoned: 'it is withdrawn, its post changed, or its author opted out',
    },
  },
  rejected: { means: 'is not sent, after a review', has: { reason: 'set' }, next: {} },
  sending: {
    means: 'is being sent: one process has a lease on it',
    has: { due_at: 'set', lease_until: 'set', repeat_until: 'maybe', cancel_requested: 'later' },
    next: {
      sent: 'the platform took it',
      refused: 'the platform refused it',
      planned: 'it surely did not arrive, and is due later',
      unknown: 'it may have arrived, or its sender stopped',
    },
  },
  sent: {
    means: 'is published',
    has: { published: 'set', published_id: 'set', sent_at: 'set', cancel_requested: 'passing' },
    next: {
      replacing: 'its post changed, and its platform can edit it',
      withdrawing: 'it is withdrawn, or its post no longer fits it',
    },
  },
  replacing: {
    means: 'is published, and gets another text',
    has: { ...published, replacement: 'set', due_at: 'set', lease_until: 'later', lookups: 'later', reason: 'later' },
    next: {
      replacing: 'its post changed again, or the platform did not take the text',
      sent: 'the platform has the text',
      withdrawing:
        'the platform refused the text, it is withdrawn, its post is deleted, its author opted out, or it waited too long',
    },
  },
  unknown: {
    means: 'may be published: it is looked up on the platform',
    has: {
      due_at: 'set',
      lease_until: 'later',
      lookups: 'later',
      absences: 'later',
      cancel_requested: 'maybe',
      reason: 'maybe',
    },
    next: {
      unknown: 'a lookup did not find it, or failed',
      sent: 'it is found, or its sender reports late that it arrived',
      planned:
        'it is not found, and a repeat does no harm, or all lookups found complete listings without it (`repeatWhenAbsent`)',
      abandoned: 'the last lookup did not find it, and a repeat might double it',
    },
  },
  refused: {
    means: 'is not sent: the platform refused it',
    has: { reason: 'set', cancel_requested: 'passing' },
    next: { planned: 'a person retries it' },
  },
  abandoned: {
    means: 'is not sent, or its outcome stays unknown',
    has: { reason: 'set', cancel_requested: 'maybe' },
    next: { planned: 'a person retries it', sent: 'its sender reports late that it arrived' },
  },
  withdrawing: {
    means: 'is to be deleted on its platform',
    has: { ...published, due_at: 'set', lease_until: 'later', lookups: 'later', reason: 'later' },
    next: { withdrawing: 'the platform did not delete it', withdrawn: 'the platform deleted it' },
  },
  withdrawn: {
    means: 'is deleted on its platform, and looked up once more',
    has: { ...published, due_at: 'later', lease_until: 'later', lookups: 'later' },
    next: { withdrawn: 'a lookup did not find it', withdrawing: 'it is published again, or the lookup failed' },
  },
} as const satisfies StateTable<ReplyState, Column>;

type Values = UpdateObject<Schema, 'replies'>;
type EnteringReply<To extends ReplyState> = Entering<(typeof replyStates)[To]['has'], Column, Values>;

/** The update that moves replies from the states `from` to `to`, for conditions to be added. It empties what `to` does not have. */
export function moveReplies<From extends ReplyState, To extends NextOf<typeof replyStates, From>>(
  tx: Executor,
  from: readonly From[],
  to: To,
  values: EnteringReply<To> & Required<Pick<Values, 'updated_at'>>,
) {
  const set = { ...emptied(replyStates[to].has, empties, values), ...values, state: to };
  return tx.updateTable('replies').set(set).where('replies.state', 'in', from);
}

/** State and columns of a new reply. */
export function firstReply<To extends FirstOf<typeof replyStates>, V extends EnteringReply<To>>(state: To, values: V) {
  return { state, ...values };
}
