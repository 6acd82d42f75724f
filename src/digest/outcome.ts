import type { CountedPost, Outcome } from '../core/digest.ts';
import type { ReplyState } from '../core/reply.ts';
import { isRemark } from '../words/index.ts';

/** The outcome of a post and, after a blank, the reason: a rule, a consent clause or a limit. `logs`: the publishers that only log. */
export function outcomeOf(post: CountedPost, logs: ReadonlySet<string>): string {
  const [outcome, why] = judged(post, logs);
  return why ? `${outcome} ${why}` : outcome;
}

/** Splits a text that `outcomeOf` made. */
export function outcomeParts(written: string): { readonly outcome: Outcome; readonly why: string | null } {
  const [word = '', ...why] = written.split(' ');
  return { outcome: word as Outcome, why: why.length === 0 ? null : why.join(' ') };
}

function judged({ verdict, replies }: CountedPost, logs: ReadonlySet<string>): [Outcome, (string | null)?] {
  if (verdict === null) return ['failed'];
  const { action, rule, clause } = verdict;
  const why = clause === null ? rule : ownWords(clause, false);
  if (action === 'ignore') return ['ignored', why];
  if (action === 'record') return ['recorded', why];
  if (action === 'digest') return ['counted', why];
  // A reply that an edit withdrew does not count while another one is out.
  const reply = replies.findLast(({ state }) => state === 'sent') ?? replies.at(-1);
  if (reply === undefined) return ['waiting', rule];
  const { publisher, state } = reply;
  const written = ownWords(reply.reason ?? '', true);
  // Texts of platforms and operators are no reasons.
  const reason = isRemark(written) ? written : null;
  const isLost = reply.reason?.startsWith('outcome unknown') ?? false;
  const byState: Readonly<Record<ReplyState, [Outcome, (string | null)?]>> = {
    planned: ['waiting', reason],
    sending: ['waiting'],
    unknown: ['unclear'],
    held: ['held', rule],
    sent: ['answered', publisher],
    replacing: ['answered', publisher],
    withdrawing: ['withdrawn'],
    withdrawn: ['withdrawn'],
    abandoned: isLost ? ['unclear'] : ['givenUp', reason],
    refused: ['refused', publisher],
    rejected: ['rejected'],
  };
  const inLog = logs.has(publisher) ? ofDryRuns[byState[state][0]] : undefined;
  return inLog === undefined ? byState[state] : [inLog];
}

/** What is in the log is no answer. */
const ofDryRuns: Readonly<Partial<Record<Outcome, Outcome>>> = {
  waiting: 'notLoggedYet',
  unclear: 'notLoggedYet',
  answered: 'logged',
  withdrawn: 'loggedWithdrawn',
};

/** The bot's own part of a reason: texts of platforms and operators, and paths, come after a colon. */
function ownWords(reason: string, always: boolean): string {
  const end = always || reason.startsWith('the post is closed') ? /:.*/s : /$/;
  return reason
    .replace(end, '')
    .slice(0, 500)
    .replaceAll(/\s*\S*\/\S*\/\S*/g, '')
    .slice(0, 160);
}
