import type { Page, Post, Reject } from '../../core/post.ts';
import type { DriverContext, Feed } from '../platform.ts';
import { type Account, lookUpPosts } from './account.ts';
import type { BlueskyFeed } from './config.ts';
import { type Interest, interestIn } from './hashtags.ts';
import { type Entry, openSeen, readMentions, readState, searchHashtag } from './notifications.ts';
import { linksOf, readRecord, rejectOf, toPost } from './to-post.ts';
import { didOf, parseTime, PostView } from './wire.ts';

const perPage = 50;
/** Streams can replay this much; search is for longer absences. */
const replayMs = 36 * 60 * 60_000;
/** How often to write the time of the poll into the cursor when there is nothing new. */
const writeTimeMs = 60 * 60_000;

/** Mentions, replies and quotes from the account's notifications, and seldom a search. Without an account there are none. */
export function openMentionFeed(config: BlueskyFeed, account: Account | undefined, context: DriverContext): Feed {
  const { clock, notices } = context;
  const interest = interestIn(config.hashtags);

  async function search(asAccount: Account, since: number, signal: AbortSignal): Promise<Entry[]> {
    const found: Entry[] = [];
    for (const tag of config.hashtags) found.push(...(await searchHashtag(asAccount, tag, since, signal)));
    return found.filter((entry) => mayCite(entry, interest));
  }

  return {
    async *pages(after, signal) {
      signal.throwIfAborted();
      if (account === undefined) return;
      const did = await account.did(signal);
      const now = clock.now();
      const state = readState(after, did);
      const since = state?.floor ?? now - config.firstRun;
      const seen = openSeen(did, state, since, now);
      const { entries, complete } = await readMentions(account, since, signal);
      if (!complete) notices.warn('more mentions than can be read at once: skipping the oldest');
      const wasAway = state === undefined || now - state.polledAt > replayMs;
      const found = config.search && wasAway ? await search(account, since, signal) : [];
      const fresh = inOrder([...entries, ...found]).filter((entry) => !seen.has(entry));
      for (let at = 0; at < fresh.length; at += perPage) {
        signal.throwIfAborted();
        const some = fresh.slice(at, at + perPage);
        const content = await contentOf(some, account, did, signal);
        for (const entry of some) seen.add(entry);
        yield { ...content, cursor: seen.cursor() };
      }
      if (state === undefined || now - state.polledAt > writeTimeMs) {
        yield { posts: [], rejects: [], cursor: seen.cursor() };
      }
    },
  };
}

/** Oldest first, each once: a post that both mentions the bot and replies to it has two notifications. */
function inOrder(entries: readonly Entry[]): Entry[] {
  const uris = new Set<string>();
  const unique = entries.filter(({ uri }) => uri === '' || (!uris.has(uri) && uris.add(uri)));
  // Entries of the same time come newest first, so reverse them before the stable sort.
  return unique.toReversed().toSorted((one, other) => one.at - other.at);
}

async function contentOf(
  entries: readonly Entry[],
  account: Account,
  self: string,
  signal: AbortSignal,
): Promise<Pick<Page, 'posts' | 'rejects'>> {
  const uris = entries.flatMap(({ raw }) => PostView.safeParse(raw).data?.uri ?? []);
  const views = await lookUpPosts(account, uris, signal);
  const items = entries.map((entry) => itemOf(entry, self, views)).filter((item) => item !== undefined);
  return {
    posts: items.filter((item): item is Post => 'key' in item),
    rejects: items.filter((item): item is Reject => 'reason' in item),
  };
}

/** Undefined: the bot's own post. */
function itemOf(
  { raw, uri, at }: Entry,
  self: string,
  views: ReadonlyMap<string, PostView>,
): Post | Reject | undefined {
  const { data: post } = PostView.safeParse(raw);
  if (post === undefined) return rejectOf(uri || 'an entry without a URI', 'not a post as the network shows it', raw);
  if (didOf(post.uri) === self) return undefined;
  const record = readRecord(post.record);
  if (typeof record === 'string') return rejectOf(uri, record, post.record);
  const view = views.get(post.uri);
  const found = { uri: post.uri, cid: post.cid, record, seenAt: parseTime(post.indexedAt) ?? at };
  return toPost(found, self, { author: view?.author ?? post.author, replyDisabled: view?.viewer?.replyDisabled });
}

function mayCite({ raw }: Entry, interest: Interest): boolean {
  const record = readRecord(PostView.safeParse(raw).data?.record);
  return typeof record !== 'string' && interest.accepts(record, linksOf(record));
}
