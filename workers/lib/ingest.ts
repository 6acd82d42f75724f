import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FeedSource } from '../../src/app/open-drivers.ts';
import { findCitations } from '../../src/cables/citations/find.ts';
import { controlWord } from '../../src/core/control.ts';
import {
  type Change,
  ownWords,
  type Page,
  personKey,
  type Post,
  unite,
  uniteEdit,
  writtenAt,
} from '../../src/core/post.ts';
import { type AuthorId, keysBy } from '../../src/ledger/posts/authors.ts';
import {
  deletePost,
  editPost,
  improvePost,
  storedKeys,
  answersOurReply,
  applyControl,
} from '../../src/ledger/posts/post-changes.ts';
import { type Repetition, type IncomingPost, ingestPosts, storedPost } from '../../src/ledger/posts/posts.ts';
import type { Executor } from '../../src/ledger/db/schema.ts';
import type { Due } from '../sweep.ts';

/** The part of a page that may be stored. Everything else is only counted. */
export interface Filtered {
  readonly ingested: readonly IncomingPost[];
  readonly changes: readonly FilteredChange[];
}

/** That, and the authors whose accounts have ended. */
interface Prefiltered extends Filtered {
  readonly departed: readonly AuthorId[];
}

type FilteredChange = { readonly kind: 'edit'; readonly ingested: IncomingPost } | Extract<Change, { kind: 'delete' }>;

/** UTF-16 units of posts that are searched in one turn of the event loop; few pages have more. */
const unitsPerTurn = 100_000;

/** Finds citations and control words; a post that addresses the bot may have neither, since it may be about the post above. This is the only place that searches a post for citations. Between long posts other work goes on. `receivedAt`: no post is younger. */
export async function prefilter(page: Page, source: FeedSource, receivedAt: number): Promise<Prefiltered> {
  let units = 0;
  async function read(post: Post): Promise<IncomingPost> {
    units += post.text.length + post.links.length * 100;
    if (units > unitsPerTurn) {
      units = 0;
      await nextTurn();
    }
    const weakCounts = source.onTopic || post.summoned;
    return readPost({ ...post, createdAt: writtenAt(post.createdAt, receivedAt) }, weakCounts);
  }
  const ingested: IncomingPost[] = [];
  for (const post of page.posts) {
    const one = await read(post);
    if (isWorthIngesting(one)) ingested.push(one);
  }
  const changes: FilteredChange[] = [];
  const departed: AuthorId[] = [];
  for (const change of page.changes ?? []) {
    if (change.kind === 'delete-author') departed.push(change);
    else changes.push(change.kind === 'edit' ? { kind: 'edit', ingested: await read(change.post) } : change);
  }
  return { ingested, changes, departed };
}

function readPost(post: Post, weakCounts: boolean): IncomingPost {
  const { citations, surplus } = findCitations(post, { weakCounts });
  const isAddressed = post.summoned || post.inReplyTo !== null;
  const control = citations.length === 0 && isAddressed ? controlWord(ownWords(post)) : undefined;
  return { post, citations, surplus, control };
}

function isWorthIngesting({ post, citations, control }: IncomingPost): boolean {
  return citations.length > 0 || control !== undefined || post.summoned;
}

/**
 * Drops deletions of posts that were never stored, which need no write: a stream may report all deletions of a platform. The end of an account
 * becomes the deletion of each of its posts.
 */
export async function withoutStrangers(db: Executor, page: Prefiltered): Promise<Filtered> {
  const { ingested } = page;
  const changes = [...page.changes, ...(await endsOf(db, page))];
  const deleted = changes.filter(({ kind }) => kind === 'delete').map(keyOf);
  if (deleted.length === 0) return { ingested, changes };
  const known = await storedKeys(db, deleted);
  const isNew = new Set([
    ...ingested.map(({ post }) => post.key),
    ...changes.filter(({ kind }) => kind === 'edit').map(keyOf),
  ]);
  const ours = changes.filter((change) => change.kind === 'edit' || known.has(change.key) || isNew.has(change.key));
  return { ingested, changes: ours };
}

async function endsOf(db: Executor, { ingested, departed }: Prefiltered): Promise<FilteredChange[]> {
  if (departed.length === 0) return [];
  const people = new Set(departed.map(({ platform, id }) => personKey(platform, id)));
  const young = ingested.filter(({ post }) => people.has(personKey(post.platform, post.author.id)));
  const keys = new Set([...(await keysBy(db, departed)), ...young.map(({ post }) => post.key)]);
  return [...keys].map((key) => ({ kind: 'delete', key }));
}

/** The result of ingesting a page. */
export interface Ingested {
  /** Keys of new posts. */
  readonly fresh: readonly string[];
  /** Posts whose key is already stored with another text. */
  readonly contradicted: readonly Post[];
  readonly due: readonly Due[];
}

/** How a page is written. `weakCounts`: whether weak citations count in a post of this feed. */
interface Terms {
  readonly now: number;
  readonly withdrawWithSource: boolean;
  readonly weakCounts: (post: Post, feed: string) => boolean;
}

/** Writes the posts and changes of a page, and obeys control words at once. */
export async function ingestPage(
  tx: Executor,
  feed: string,
  { ingested, changes }: Filtered,
  terms: Terms,
): Promise<Ingested> {
  const known = await storedKeys(tx, changes.map(keyOf));
  const late = changes.flatMap((change) => {
    return change.kind === 'edit' && !known.has(keyOf(change)) && isWorthIngesting(change.ingested)
      ? [change.ingested]
      : [];
  });
  const posts = await addressedToUs(tx, [...ingested, ...late]);
  const { fresh, contradicted, again } = await ingestPosts(tx, feed, posts, terms.now);
  const due: Due[] = fresh.map((key) => ({ queue: 'resolve', key }));
  const isFresh = new Set(fresh);
  for (const { post, control } of posts) {
    if (control === undefined || !isFresh.has(post.key)) continue;
    for (const key of await applyControl(tx, post, control, terms.now)) due.push({ queue: 'withdraw', key });
  }
  for (const one of again) due.push(...(await improve(tx, one, feed, terms)));
  for (const change of changes) due.push(...(await apply(tx, change, feed, terms)));
  return { fresh, contradicted, due };
}

/** Takes over what a later hearing knows better. The post counts as found by the feed that knows of the summons, or counts its weak citations. */
async function improve(
  tx: Executor,
  { later, stored }: Repetition,
  feed: string,
  { now, weakCounts }: Terms,
): Promise<Due[]> {
  const post = unite(stored.post, later);
  const { summoned } = stored.post;
  const isAbout = !summoned && (later.summoned || (weakCounts(post, feed) && !weakCounts(post, stored.feed)));
  const finder = isAbout ? feed : stored.feed;
  if (post === stored.post && finder === stored.feed) return [];
  const isDue = await improvePost(tx, readPost(post, weakCounts(post, finder)), finder, now);
  return isDue ? [{ queue: 'resolve', key: post.key }] : [];
}

function keyOf(change: FilteredChange): string {
  return change.kind === 'edit' ? change.ingested.post.key : change.key;
}

/** Drops control words that do not address the bot: "stop" in a conversation of others is not for us. */
async function addressedToUs(tx: Executor, posts: readonly IncomingPost[]): Promise<IncomingPost[]> {
  const ours: IncomingPost[] = [];
  for (const one of posts) {
    if (one.control === undefined || one.post.summoned || (await answersOurReply(tx, one.post))) ours.push(one);
  }
  return ours;
}

async function apply(tx: Executor, change: FilteredChange, feed: string, terms: Terms): Promise<Due[]> {
  const { now, withdrawWithSource, weakCounts } = terms;
  const key = keyOf(change);
  if (change.kind === 'delete') {
    await deletePost(tx, key, { now, withdraw: withdrawWithSource, by: change.by });
    return [];
  }
  const stored = await storedPost(tx, key);
  const post = stored === undefined ? change.ingested.post : uniteEdit(stored.post, change.ingested.post);
  const isCounted = [feed, stored?.feed ?? feed].some((finder) => weakCounts(post, finder));
  return (await editPost(tx, readPost(post, isCounted), now)) === 'changed' ? [{ queue: 'resolve', key }] : [];
}
