import { citedName } from '../core/citation.ts';
import { answeredAlready, isLouder, type Verdict } from '../core/verdict.ts';
import { dayMs } from '../core/durations.ts';
import { shortened } from '../core/text/strangers.ts';
import { utcDay } from '../core/zone.ts';
import type { Facts } from './decide.ts';

/** A post of the past, with all that its verdict depends on. */
export interface Past extends Facts {
  /** When it was first seen. */
  readonly seenAt: number;
  /** The publisher and the price of a reply, in millionths of a dollar. Left out: free. */
  readonly charge?: { readonly publisher: string; readonly price: number };
}

/** How a verdict by new rules differs from that by old ones. `changed`: the same is done by another rule or in other words. */
export type Difference = 'gained' | 'lost' | 'louder' | 'quieter' | 'changed' | 'same';

/** A post whose verdict differs. */
export interface Example {
  readonly key: string;
  readonly author: string;
  readonly text: string;
  readonly old: Verdict;
  readonly new: Verdict;
}

/** A figure by old and by new rules. */
export interface Pair {
  readonly old: number;
  readonly new: number;
}

/** What old and new rules make of the same posts. */
export interface Comparison {
  readonly posts: number;
  readonly differences: Readonly<Record<Difference, number>>;
  /** By what is done: `reply`, `log`. */
  readonly actions: Readonly<Record<string, Pair>>;
  /** By the rule that decides; `-`: none. */
  readonly rules: Readonly<Record<string, Pair>>;
  /** Replies by day (UTC) of the post's arrival: `2026-11-25`. */
  readonly days: Readonly<Record<string, Pair>>;
  /** What replies would be charged, by publisher, in millionths of a dollar; of those that charge at all. */
  readonly costs: Readonly<Record<string, Pair>>;
  /** Replies by author, those with most first. */
  readonly authors: readonly (Pair & { readonly author: string })[];
  /** Of each kind of difference the latest. */
  readonly examples: Readonly<Record<Exclude<Difference, 'same'>, Example[]>>;
}

const sides = ['old', 'new'] as const;
type Side = (typeof sides)[number];
type Verdicts = Readonly<Record<Side, Verdict>>;

const mostExamples = 5;
const mostAuthors = 10;
/** Distinct authors that are counted; a backtest stays bounded whatever it is fed. */
const mostCounted = 200_000;

/** Compares verdicts post by post, in the order of their arrival: a thread is answered once about the same cables, as in life. */
export function openComparison() {
  const differences = { gained: 0, lost: 0, louder: 0, quieter: 0, changed: 0, same: 0 };
  const examples: Comparison['examples'] = { gained: [], lost: [], louder: [], quieter: [], changed: [] };
  const [actions, rules, days, costs, authors] = [tally(), tally(), tally(), tally(), tally()];
  const once = onceInThread();
  let posts = 0;

  function countReplies({ post, seenAt, charge }: Past, replying: readonly Side[]): void {
    const day = String(Math.floor(seenAt / dayMs));
    const author = authors.size() < mostCounted ? `${post.platform}:${post.author.handle}` : undefined;
    for (const side of replying) {
      days.count(side, day);
      if (charge !== undefined) costs.count(side, charge.publisher, charge.price);
      if (author !== undefined) authors.count(side, author);
    }
  }

  return {
    add(facts: Past, verdicts: Verdicts): void {
      posts += 1;
      const pair = once(facts, verdicts);
      const difference = differenceOf(pair.old, pair.new);
      differences[difference] += 1;
      for (const side of sides) {
        const { action, rule } = pair[side];
        actions.count(side, action);
        rules.count(side, rule ?? '-');
      }
      const replying = sides.filter((side) => pair[side].action === 'reply');
      if (replying.length > 0) countReplies(facts, replying);
      if (difference === 'same') return;
      const { key, author, text } = facts.post;
      examples[difference].push({ key, author: author.handle, text: shortened(text, 280), ...pair });
      if (examples[difference].length > mostExamples) examples[difference].shift();
    },
    result(): Comparison {
      const byAuthor = Object.entries(authors.all()).map(([author, pair]) => ({ author, ...pair }));
      const most = byAuthor.toSorted((a, b) => Math.max(b.old, b.new) - Math.max(a.old, a.new));
      const byDay = Object.fromEntries(
        Object.entries(days.all()).map(([day, pair]) => [utcDay(Number(day) * dayMs), pair]),
      );
      const counts = { actions: actions.all(), rules: rules.all(), days: byDay, costs: costs.all() };
      return { posts, differences, ...counts, authors: most.slice(0, mostAuthors), examples };
    },
  };
}

/** Gives verdicts of which the second that replies about the same cables in a thread does not. */
function onceInThread() {
  /** By thread and cables: whether the old and the new rules had a reply. */
  const answered = new Map<string, { readonly old: boolean; readonly new: boolean }>();
  return ({ post: { platform, thread }, resolutions }: Past, verdicts: Verdicts): Verdicts => {
    if (sides.every((side) => verdicts[side].action !== 'reply')) return verdicts;
    const scope = [platform, thread, ...new Set(resolutions.map(citedName))].join(' ');
    const before = answered.get(scope) ?? { old: false, new: false };
    const each = (side: Side): Verdict =>
      before[side] && verdicts[side].action === 'reply' ? answeredAlready(verdicts[side]) : verdicts[side];
    const pair = { old: each('old'), new: each('new') };
    answered.set(scope, {
      old: before.old || pair.old.action === 'reply',
      new: before.new || pair.new.action === 'reply',
    });
    return pair;
  };
}

function tally() {
  const counts = new Map<string, { old: number; new: number }>();
  return {
    count(side: Side, name: string, amount = 1): void {
      let pair = counts.get(name);
      if (pair === undefined) counts.set(name, (pair = { old: 0, new: 0 }));
      pair[side] += amount;
    },
    size: () => counts.size,
    all: (): Record<string, Pair> => Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function differenceOf(old: Verdict, now: Verdict): Difference {
  if (old.action !== now.action) {
    if (now.action === 'reply') return 'gained';
    if (old.action === 'reply') return 'lost';
    return isLouder(now.action, old.action) ? 'louder' : 'quieter';
  }
  return old.rule === now.rule && old.template === now.template ? 'same' : 'changed';
}
