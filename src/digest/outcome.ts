import type { CountedPost } from '../core/digest.ts';

/** What can come of a post. */
export const outcomes = [
  'answered',
  'waiting',
  'held',
  'refused',
  'givenUp',
  'withdrawn',
  'recorded',
  'counted',
  'ignored',
  'failed',
] as const;
export type Outcome = (typeof outcomes)[number];

/** What was done about a post and, behind a blank, why: by which rule, clause of consent or brake. */
export function outcomeOf(post: CountedPost): string {
  const { outcome, why } = judged(post);
  return why === null || why === '' ? outcome : `${outcome} ${why}`;
}

/** An outcome as `outcomeOf` wrote it, in its parts. */
export function outcomeParts(written: string): { readonly outcome: Outcome; readonly why: string | null } {
  const [word = '', ...why] = written.split(' ');
  return { outcome: word as Outcome, why: why.length === 0 ? null : why.join(' ') };
}

function judged({ verdict, replies }: CountedPost): { outcome: Outcome; why: string | null } {
  if (verdict === null) return { outcome: 'failed', why: null };
  const { action, rule, clause } = verdict;
  const why = clause === null ? rule : ownWords(clause, false);
  if (action === 'ignore') return { outcome: 'ignored', why };
  if (action === 'log') return { outcome: 'recorded', why };
  if (action === 'digest') return { outcome: 'counted', why };
  // What an edit made of an earlier answer is no last word while another stands.
  const reply = replies.findLast(({ state }) => state === 'sent') ?? replies.at(-1);
  if (reply === undefined) return { outcome: 'waiting', why: rule };
  const reason = reply.reason === null ? null : ownWords(reply.reason, true);
  switch (reply.state) {
    case 'sent':
      return { outcome: 'answered', why: reply.publisher };
    case 'planned':
      return { outcome: 'waiting', why: reason };
    case 'sending':
    case 'unknown':
      return { outcome: 'waiting', why: null };
    case 'held':
      return { outcome: 'held', why: rule };
    case 'withdrawing':
    case 'withdrawn':
      return { outcome: 'withdrawn', why: null };
    case 'abandoned':
      return { outcome: 'givenUp', why: reason };
    // What a platform or an operator said is theirs.
    case 'refused':
    case 'rejected':
      return { outcome: 'refused', why: reply.state === 'rejected' ? 'review' : reply.publisher };
  }
}

/** Of a reason what the bot itself says: behind a colon stand words of platforms and operators, and paths are nobody's business. */
function ownWords(reason: string, always: boolean): string {
  const end = always || reason.startsWith('the post is closed') ? /:.*/s : /$/;
  return reason
    .replace(end, '')
    .replaceAll(/\s*\S*\/\S*\/\S*/g, '')
    .slice(0, 160);
}
