import { findCitations } from '../../src/cables/citations/find.ts';
import { openResolver, type Resolver } from '../../src/cables/resolve-citation.ts';
import type { Resolution } from '../../src/core/citation.ts';
import { dayMs } from '../../src/core/durations.ts';
import { noLimits } from '../../src/core/limits.ts';
import { personKey, type Post, postKey } from '../../src/core/post.ts';
import type { Verdict } from '../../src/core/verdict.ts';
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
import { type Day, endDay } from './end-day.ts';

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
 * all states, editions, rejects, opt-outs, the audit log. The same seed and end make the same ledger.
 */
export async function makeLedger(
  ledger: Ledger,
  { posts, seed, end }: { posts: number; seed: number; end: number },
): Promise<void> {
  const random = seeded(seed);
  const resolver = openResolver({ corpus: noTexts, catalogue: undefined, targets: ['viewer'] });
  const start = end - (posts / postsADay) * dayMs;
  let day: Day = { date: '', tallies: [], cited: new Set() };
  for (let made = 0; made < posts; made += group) {
    const count = Math.min(group, posts - made);
    const at = Math.round(start + ((made + count) / posts) * (end - start));
    const these: Made[] = [];
    for (let n = made; n < made + count; n += 1)
      these.push(await makePost(n, Math.round(start + (n / posts) * (end - start)), random, resolver));
    await ledger.transact((tx) => writePosts(tx, these, at));
    day = await endDay(ledger, day, { at, random });
  }
}

async function makePost(n: number, createdAt: number, random: () => number, resolver: Resolver): Promise<Made> {
  // A few cables are cited often, most of them seldom.
  const cable = Math.floor(random() ** 3 * cables);
  const id = `0${5 + (cable % 5)}${stations[Math.floor(cable / 5) % 10]}${Math.floor(cable / 50) + 1}`;
  const author = `user${Math.floor(random() ** 2 * 100_000)}`;
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

const failed = 0.0005;
const deleted = 0.01;

async function writePosts(tx: Executor, posts: readonly Made[], at: number): Promise<void> {
  await ingestPosts(tx, 'posts', posts, at);
  const decided = posts.filter(({ fate }) => fate >= failed);
  await decidePosts.run(
    tx,
    decided.map((made) => decisionOf(made, at)),
  );
  await endReplies(tx, decided.filter(isAnswered), at);
  for (const { post, fate } of posts) {
    if (fate < failed) await postponePost(tx, post.key, 'the corpus cannot be read', null);
    else if (fate < failed + deleted) await deletePost(tx, post.key, { now: at, withdraw: false });
  }
}

function isAnswered({ fate }: Made): boolean {
  return (fate * 1000) % 100 < answered;
}

/** In a thousand answers. */
const ends = { rejected: 10, withdrawn: 17, refused: 27, lost: 29 };

/** What becomes of a reply, from 0 to 1000. */
function endOf({ fate }: Made): number {
  return ((fate * 1000) % 1) * 1000;
}

/** Most are sent. */
async function endReplies(tx: Executor, posts: readonly Made[], now: number): Promise<void> {
  const send: Made[] = [];
  for (const made of posts) {
    const { key } = made.post;
    if (endOf(made) < ends.rejected) await rejectReply(tx, key, 'off topic', now);
    else if (endOf(made) < ends.withdrawn) await requestWithdrawal(tx, key, now);
    else send.push(made);
  }
  const leaseMs = 60_000;
  const terms = { leaseMs, platform: 'log', limits: noLimits, price: 0, stoppedBecause: undefined };
  const leases = await claimForSending.run(
    tx,
    send.map(({ post: { key } }) => ({ key, now, terms })),
  );
  const lost = new Set(send.filter((made) => endOf(made) >= ends.refused && endOf(made) < ends.lost));
  const ended = send.flatMap((made) => {
    const lease = leases.get(made.post.key);
    if (lease === undefined || !('attempt' in lease)) return [];
    return [{ lease, ending: endingOf(made, lost.has(made), now), now, limits: noLimits }];
  });
  await endSending.run(tx, ended);
  for (const { post } of lost) {
    const unknown = await claimUnknown(tx, post.key, { now, leaseMs });
    const reason = 'outcome unknown: not found on the platform';
    if (unknown !== undefined) await reconcileReply(tx, unknown, { state: 'abandoned', reason }, now);
  }
}

function endingOf(made: Made, isLost: boolean, now: number) {
  if (isLost) return { state: 'unknown', reason: 'timeout', dueAt: now } as const;
  if (endOf(made) < ends.refused) return { state: 'refused', reason: 'the account is suspended' } as const;
  return { state: 'sent', published: { id: made.post.id, url: null } } as const;
}

function decisionOf(made: Made, at: number): Decision {
  const { post, resolutions } = made;
  const { key } = post;
  const common = { key, at, revision: 0, resolutions };
  if (!isAnswered(made)) return { ...common, verdict: { ...verdict, action: 'record' }, reply: undefined };
  return { ...common, verdict, reply: replyTo(made, at) };
}

const verdict: Verdict = {
  action: 'reply',
  rule: 'answer cables',
  template: 'cable',
  asked: null,
  clause: null,
  rules: '0123456789ab',
};

function replyTo(made: Made, createdAt: number): PlannedReply {
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
    ...(endOf(made) < ends.rejected && { holdMs: dayMs }),
  };
}
