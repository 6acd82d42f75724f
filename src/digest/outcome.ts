import type { CountedPost, Outcome } from '../core/digest.ts';
import type { ReplyState } from '../core/reply.ts';

/** The outcome of a post and, after a blank, the reason: a rule, a consent clause or a limit. */
export function outcomeOf(post: CountedPost): string {
  const { outcome, why } = judged(post);
  return why === null || why === '' ? outcome : `${outcome} ${why}`;
}

/** Splits a text that `outcomeOf` made. */
export function outcomeParts(written: string): { readonly outcome: Outcome; readonly why: string | null } {
  const [word = '', ...why] = written.split(' ');
  return { outcome: word as Outcome, why: why.length === 0 ? null : why.join(' ') };
}

interface Judged {
  readonly outcome: Outcome;
  readonly why: string | null;
}

function judged({ verdict, replies }: CountedPost): Judged {
  if (verdict === null) return { outcome: 'failed', why: null };
  const { action, rule, clause } = verdict;
  const why = clause === null ? rule : ownWords(clause, false);
  if (action === 'ignore') return { outcome: 'ignored', why };
  if (action === 'record') return { outcome: 'recorded', why };
  if (action === 'digest') return { outcome: 'counted', why };
  // A reply that an edit withdrew does not count while another one is out.
  const reply = replies.findLast(({ state }) => state === 'sent') ?? replies.at(-1);
  if (reply === undefined) return { outcome: 'waiting', why: rule };
  const reason = reply.reason === null ? null : ownWords(reply.reason, true);
  const [outcome, shown] = ofReplies[reply.state];
  return { outcome, why: { publisher: reply.publisher, rule, reason, review: 'review', nothing: null }[shown] };
}

/** The outcome by the state of the reply, and what is shown as its reason. Texts of platforms and operators are left out. */
const ofReplies: Readonly<
  Record<ReplyState, readonly [Outcome, 'publisher' | 'rule' | 'reason' | 'review' | 'nothing']>
> = {
  planned: ['waiting', 'reason'],
  sending: ['waiting', 'nothing'],
  unknown: ['waiting', 'nothing'],
  held: ['held', 'rule'],
  sent: ['answered', 'publisher'],
  withdrawing: ['withdrawn', 'nothing'],
  withdrawn: ['withdrawn', 'nothing'],
  abandoned: ['givenUp', 'reason'],
  refused: ['refused', 'publisher'],
  rejected: ['refused', 'review'],
};

/** The bot's own part of a reason: texts of platforms and operators, and paths, come after a colon. */
function ownWords(reason: string, always: boolean): string {
  const end = always || reason.startsWith('the post is closed') ? /:.*/s : /$/;
  return reason
    .replace(end, '')
    .replaceAll(/\s*\S*\/\S*\/\S*/g, '')
    .slice(0, 160);
}
