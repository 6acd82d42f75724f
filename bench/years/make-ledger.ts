import { findCitations } from '../../src/cables/citations/find.ts';
import { openResolver, type Resolver } from '../../src/cables/resolve-citation.ts';
import type { Resolution } from '../../src/core/citation.ts';
import { dayMs } from '../../src/core/durations.ts';
import { noLimits } from '../../src/core/limits.ts';
import { personKey, type Post, postKey } from '../../src/core/post.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import { addDays, type DateText, startOfDay, utcDay } from '../../src/core/zone.ts';
import type { Executor } from '../../src/ledger/db/schema.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { deletePost } from '../../src/ledger/posts/post-changes.ts';
import { type IncomingPost, ingestPosts, postponePost } from '../../src/ledger/posts/posts.ts';
import { claimForSending } from '../../src/ledger/replies/claim-reply.ts';
import { type Decision, decidePosts } from '../../src/ledger/replies/decide-posts.ts';
import { endSending } from '../../src/ledger/replies/end-sending.ts';
import { rejectReply } from '../../src/ledger/replies/held-replies.ts';
import { claimUnknown, reconcileReply } from '../../src/ledger/replies/reconcile-reply.ts';
import type { PlannedReply } from '../../src/ledger/replies/replies.ts';
import { requestWithdrawal } from '../../src/ledger/replies/withdraw-reply.ts';
import { seeded } from '../../test/support/make-posts.ts';
import { noTexts } from '../../test/support/no-texts.ts';
import { endDay } from './end-day.ts';

/** As many posts a day as make two million in two years, so that a ledger of more posts is one of more days. */
export const postsADay = 2740;
/** Posts of one transaction. */
const group = 685;
/** Of a hundred posts so many are answered. */
const answered = 30;

const stations = ['ASTANA', 'LONDON', 'STATE', 'PARIS', 'TOKYO', 'MOSCOW', 'ANKARA', 'BERLIN', 'CAIRO', 'KABUL'];
const cables = 45_000;

interface Made extends IncomingPost {
  readonly resolutions: readonly Resolution[];
  /** What becomes of it, from 0 to 1. */
  readonly fate: number;
}

/**
 * Fills an empty ledger with what a bot writes in days or years that end now, by the bot's own statements: posts with their verdicts, replies in
 * all states, editions, rejects, opt-outs, the audit log. A small ledger has enough of each for its pages to show as much as those of a
 * large one. The same seed and end make the same ledger.
 */
export async function makeLedger(
  ledger: Ledger,
  { posts, seed, end }: { posts: number; seed: number; end: number },
): Promise<void> {
  const random = seeded(seed);
  const resolver = openResolver({ corpus: noTexts, catalogue: undefined, targets: ['viewer'] });
  const timeOf = timesOf(posts, end);
  const fates = fatesIn(posts);
  let day: DateText = '';
  for (let made = 0; made < posts;) {
    // A group is of one day, whose edition is made before the next.
    const date = utcDay(timeOf(made));
    let next = made;
    while (next < posts && next - made < group && utcDay(timeOf(next)) === date) next += 1;
    const these: Made[] = [];
    for (let n = made; n < next; n += 1) these.push(await makePost(n, timeOf(n), random, resolver));
    const at = timeOf(next - 1);
    day = await endDay(ledger, day, { at: timeOf(made), random });
    await ledger.transact((tx) => writePosts(tx, these, { at, fates }));
    made = next;
  }
}

/** Editions on a page, and the days before them. */
const quietDays = 110;

/** When the nth post was written: evenly over the days; in a small ledger some on each of many days, and the others since yesterday. */
function timesOf(posts: number, end: number): (n: number) => number {
  const days = posts / postsADay;
  if (days > quietDays / 2) return (n) => Math.round(end - ((posts - n) / postsADay) * dayMs);
  const busy = startOfDay(addDays(utcDay(end), -1), 'UTC');
  const quiet = 3 * quietDays;
  return (n) =>
    n < quiet
      ? Math.round(busy - ((quiet - n) / quiet) * quietDays * dayMs)
      : Math.round(busy + ((n - quiet) / (posts - quiet)) * (end - busy));
}

/** Shares of posts, and of answers in a thousand, by what becomes of them; at least as many as a page shows. */
function fatesIn(posts: number) {
  const shown = 120;
  const inThousand = (share: number) => Math.max(share, (1000 * shown) / ((posts * answered) / 100));
  const [rejected, withdrawn] = [10, 17];
  const refused = withdrawn + inThousand(10);
  return {
    failed: Math.max(0.0005, shown / posts),
    deleted: 0.01,
    rejected,
    withdrawn,
    refused,
    lost: refused + inThousand(2),
  };
}

type Fates = ReturnType<typeof fatesIn>;

async function makePost(n: number, createdAt: number, random: () => number, resolver: Resolver): Promise<Made> {
  // A few cables are cited often, most of them seldom, and a few authors write much.
  const cable = Math.floor(random() ** 4 * cables);
  const id = `0${5 + (cable % 5)}${stations[Math.floor(cable / 5) % 10]}${Math.floor(cable / 50) + 1}`;
  const author = `user${Math.floor(random() ** 4 * 100_000)}`;
  const text = `#cablegate #${id} ¶${1 + Math.floor(random() * 9)} ${words[Math.floor(random() * words.length)]} ${n}`;
  const post: Post = {
    key: postKey('file', `years-${n}`),
    platform: 'file',
    id: `years-${n}`,
    url: `https://social.example/@${author}/years-${n}`,
    author: { id: author, handle: author, name: author.toUpperCase(), bot: false },
    text,
    language: 'en',
    createdAt,
    hashtags: [],
    links: [],
    summoned: false,
    repost: false,
    visibility: random() < 0.003 ? 'direct' : 'public',
    inReplyTo: null,
    thread: random() < 0.2 ? `years-${Math.max(0, n - 5)}` : `years-${n}`,
  };
  const { citations } = findCitations(post, { weakCounts: false });
  const resolutions = await Promise.all(citations.map((citation) => resolver.resolve(citation, text)));
  return { post, citations, surplus: 0, resolutions, fate: random() };
}

const words = [
  'the embassy says today that new talks on gas prices will start in 2011 and nobody read more about it',
  'three ministers who met at 10:30 near the old town while prices fell by 12% as people wait for news',
  'who knew what they said about the pipeline, and why did nobody ask them before the vote of last week',
];

async function writePosts(
  tx: Executor,
  posts: readonly Made[],
  { at, fates }: { at: number; fates: Fates },
): Promise<void> {
  await ingestPosts(tx, 'posts', posts, at);
  const decided = posts.filter(({ fate }) => fate >= fates.failed);
  await decidePosts.run(
    tx,
    decided.map((made) => decisionOf(made, at, fates)),
  );
  await endReplies(tx, decided.filter(isAnswered), { now: at, fates });
  for (const { post, fate } of posts) {
    if (fate < fates.failed) await postponePost(tx, post.key, 'the corpus cannot be read', null);
    else if (fate < fates.failed + fates.deleted) await deletePost(tx, post.key, { now: at, withdraw: false });
  }
}

function isAnswered({ fate }: Made): boolean {
  return (fate * 1000) % 100 < answered;
}

/** What becomes of a reply, from 0 to 1000. */
function endOf({ fate }: Made): number {
  return ((fate * 1000) % 1) * 1000;
}

/** Most are sent. */
async function endReplies(
  tx: Executor,
  posts: readonly Made[],
  { now, fates }: { now: number; fates: Fates },
): Promise<void> {
  const send: Made[] = [];
  for (const made of posts) {
    const { key } = made.post;
    if (endOf(made) < fates.rejected) await rejectReply(tx, key, 'off topic', now);
    else if (endOf(made) < fates.withdrawn) await requestWithdrawal(tx, key, now);
    else send.push(made);
  }
  const leaseMs = 60_000;
  const terms = { leaseMs, platform: 'log', limits: noLimits, price: 0, stoppedBecause: undefined };
  const leases = await claimForSending.run(
    tx,
    send.map(({ post: { key } }) => ({ key, now, terms })),
  );
  const lost = new Set(send.filter((made) => endOf(made) >= fates.refused && endOf(made) < fates.lost));
  const ended = send.flatMap((made) => {
    const lease = leases.get(made.post.key);
    if (lease === undefined || !('attempt' in lease)) return [];
    return [{ lease, ending: endingOf(made, { isLost: lost.has(made), now, fates }), now, limits: noLimits }];
  });
  await endSending.run(tx, ended);
  for (const { post } of lost) {
    const unknown = await claimUnknown(tx, post.key, { now, leaseMs });
    const reason = 'outcome unknown: not found on the platform';
    if (unknown !== undefined) await reconcileReply(tx, unknown, { state: 'abandoned', reason }, now);
  }
}

function endingOf(made: Made, { isLost, now, fates }: { isLost: boolean; now: number; fates: Fates }) {
  if (isLost) return { state: 'unknown', reason: 'timeout', dueAt: now } as const;
  if (endOf(made) < fates.refused) return { state: 'refused', reason: 'the account is suspended' } as const;
  return { state: 'sent', published: { id: made.post.id, url: null } } as const;
}

function decisionOf(made: Made, at: number, fates: Fates): Decision {
  const { post, resolutions } = made;
  const { key } = post;
  const common = { key, at, revision: 0, resolutions };
  if (!isAnswered(made)) return { ...common, verdict: { ...verdict, action: 'record' }, reply: undefined };
  return { ...common, verdict, reply: replyTo(made, at, fates) };
}

const verdict: Verdict = {
  action: 'reply',
  rule: 'answer cables',
  template: 'cable',
  asked: null,
  clause: null,
  rules: '0123456789ab',
};

function replyTo(made: Made, createdAt: number, fates: Fates): PlannedReply {
  const { post, resolutions } = made;
  const { key, platform, id, url, author, thread } = post;
  const links = resolutions.flatMap((resolution) => resolution.links.map((link) => link.url));
  return {
    postKey: key,
    publisher: 'log',
    payload: {
      key,
      text: `${resolutions[0]?.referenceId ?? ''}\n${links.join('\n')}`,
      language: 'en',
      createdAt,
      idempotencyKey: `years ${id}`,
      replyTo: { key, platform, id, url, author: author.handle, thread },
    },
    scope: { platform, thread, cited: [`${id}:`] },
    person: personKey(platform, author.id),
    summoned: false,
    ...(endOf(made) < fates.rejected && { holdMs: dayMs }),
  };
}
