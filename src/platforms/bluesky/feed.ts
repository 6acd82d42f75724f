import type { Page, Post, Reject } from '../../core/post.ts';
import type { DriverContext, Feed } from '../platform.ts';
import { type Account, lookUpPosts } from './account.ts';
import type { BlueskyFeed } from './config.ts';
import { type NewMentions, openMemory, readMentions, readState, searchTag } from './notifications.ts';
import { type Listener, openListener } from './tags.ts';
import { linksOf, readRecord, rejectOf, toPost } from './to-post.ts';
import { didOf, momentOf, PostView } from './wire.ts';

const perPage = 50;
/** What the streams can replay; search is for longer absences. */
const replayMs = 36 * 60 * 60_000;
/** Nothing new is no reason to forget that somebody looked. */
const noteLookMs = 60 * 60_000;

/** What the account was told of: mentions, replies, quotes; and, seldom, a search. Without an account there is nobody to be told. */
export function openMentionFeed(config: BlueskyFeed, account: Account | undefined, context: DriverContext): Feed {
  const { clock, notices } = context;
  const listener = openListener(config.hashtags);

  async function search(asked: Account, since: number, signal: AbortSignal): Promise<NewMentions[]> {
    const found: NewMentions[] = [];
    for (const tag of config.hashtags) found.push(...(await searchTag(asked, tag, since, signal)));
    return found.filter((unread) => isAboutCables(unread, listener));
  }

  return {
    async *pages(after, signal) {
      signal.throwIfAborted();
      if (account === undefined) return;
      const did = await account.did(signal);
      const now = clock.now();
      const state = readState(after, did);
      const since = state?.floor ?? now - config.firstRun;
      const memory = openMemory(did, state, since, now);
      const { unread, complete } = await readMentions(account, since, signal);
      if (!complete) notices.warn('there are more mentions than can be read at once: the oldest are left out');
      const wasAway = state === undefined || now - state.lookedAt > replayMs;
      const found = config.search && wasAway ? await search(account, since, signal) : [];
      const fresh = inOrder([...unread, ...found]).filter((one) => !memory.has(one));
      for (let at = 0; at < fresh.length; at += perPage) {
        signal.throwIfAborted();
        const some = fresh.slice(at, at + perPage);
        const content = await contentOf(some, account, did, signal);
        for (const one of some) memory.add(one);
        yield { ...content, cursor: memory.cursor() };
      }
      if (state === undefined || now - state.lookedAt > noteLookMs) {
        yield { posts: [], rejects: [], cursor: memory.cursor() };
      }
    },
  };
}

/** Oldest first; a post that both mentions the bot and answers it is told of twice. */
function inOrder(unread: readonly NewMentions[]): NewMentions[] {
  const told = new Set<string>();
  const once = unread.filter(({ uri }) => uri === '' || (!told.has(uri) && told.add(uri)));
  // What has the same time stands as it came, which is newest first.
  return once.toReversed().toSorted((one, other) => one.at - other.at);
}

async function contentOf(
  unread: readonly NewMentions[],
  account: Account,
  self: string,
  signal: AbortSignal,
): Promise<Pick<Page, 'posts' | 'rejects'>> {
  const uris = unread.flatMap(({ raw }) => PostView.safeParse(raw).data?.uri ?? []);
  const views = await lookUpPosts(account, uris, signal);
  const items = unread.map((one) => itemOf(one, self, views)).filter((item) => item !== undefined);
  return {
    posts: items.filter((item): item is Post => 'key' in item),
    rejects: items.filter((item): item is Reject => 'reason' in item),
  };
}

/** Undefined for the bot's own. */
function itemOf(
  { raw, uri, at }: NewMentions,
  self: string,
  views: ReadonlyMap<string, PostView>,
): Post | Reject | undefined {
  const { data: entry } = PostView.safeParse(raw);
  if (entry === undefined) return rejectOf(uri || 'an entry without a URI', 'not a post as the network shows it', raw);
  if (didOf(entry.uri) === self) return undefined;
  const record = readRecord(entry.record);
  if (typeof record === 'string') return rejectOf(uri, record, entry.record);
  const view = views.get(entry.uri);
  const found = { uri: entry.uri, cid: entry.cid, record, seenAt: momentOf(entry.indexedAt) ?? at };
  return toPost(found, self, { author: view?.author ?? entry.author, replyDisabled: view?.viewer?.replyDisabled });
}

function isAboutCables({ raw }: NewMentions, listener: Listener): boolean {
  const { data: entry } = PostView.safeParse(raw);
  const record = readRecord(entry?.record);
  return typeof record !== 'string' && listener.accepts(record, linksOf(record));
}
