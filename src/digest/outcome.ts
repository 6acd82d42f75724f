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
  return ofReplies[reply.state]({ publisher: reply.publisher, rule, reason });
}

interface Reasons {
  readonly publisher: string;
  readonly rule: string | null;
  /** Why the reply is in its state. */
  readonly reason: string | null;
}

interface Judged {
  readonly outcome: Outcome;
  readonly why: string | null;
}

/** The outcome by the state of the reply. Texts of platforms and operators are left out. */
const ofReplies: Readonly<Record<ReplyState, (reasons: Reasons) => Judged>> = {
  planned: ({ reason }) => ({ outcome: 'waiting', why: reason }),
  sending: () => ({ outcome: 'waiting', why: null }),
  unknown: () => ({ outcome: 'waiting', why: null }),
  held: ({ rule }) => ({ outcome: 'held', why: rule }),
  sent: ({ publisher }) => ({ outcome: 'answered', why: publisher }),
  withdrawing: () => ({ outcome: 'withdrawn', why: null }),
  withdrawn: () => ({ outcome: 'withdrawn', why: null }),
  abandoned: ({ reason }) => ({ outcome: 'givenUp', why: reason }),
  refused: ({ publisher }) => ({ outcome: 'refused', why: publisher }),
  rejected: () => ({ outcome: 'refused', why: 'review' }),
};

/** The bot's own part of a reason: texts of platforms and operators, and paths, come after a colon. */
function ownWords(reason: string, always: boolean): string {
  const end = always || reason.startsWith('the post is closed') ? /:.*/s : /$/;
  return reason
    .replace(end, '')
    .replaceAll(/\s*\S*\/\S*\/\S*/g, '')
    .slice(0, 160);
}
