import { type Change, type Post, postKey, type Reject } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import { faultIn } from '../shared/parse-json.ts';
import type { XFeed } from './config.ts';
import { Tweet, User, unescaped } from './wire.ts';

export type Account = XFeed['account'];

/** One item of an answer, parsed. An edited post keeps its first id as the post's id. */
export type Item =
  | { readonly id: string; readonly post: Post; readonly isEdited: boolean }
  | { readonly id: string | undefined; readonly reject: Reject };

export function readItem(raw: unknown, users: ReadonlyMap<string, User>, account: Account): Item {
  const parsed = Tweet.safeParse(raw);
  if (parsed.success) {
    const { id, edit_history_tweet_ids: history } = parsed.data;
    return { id, post: toPost(parsed.data, users, account), isEdited: history.length > 1 };
  }
  const id = Tweet.pick({ id: true }).safeParse(raw).data?.id;
  // Without an excerpt: rejects are kept longer than X allows texts to be kept.
  return { id, reject: { position: `post ${id ?? 'without an id'}`, reason: faultIn(parsed.error), excerpt: '' } };
}

/** The contents of items, as a page has them. */
export function contentOf(items: readonly Item[]): { posts: Post[]; changes: Change[]; rejects: Reject[] } {
  return {
    posts: items.flatMap((item) => ('post' in item && !item.isEdited ? [item.post] : [])),
    changes: items.flatMap((item) => ('post' in item && item.isEdited ? [{ kind: 'edit', post: item.post }] : [])),
    rejects: items.flatMap((item) => ('reject' in item ? [item.reject] : [])),
  };
}

/** Parses users and skips malformed ones: a post does not need its author's name. */
export function usersIn(raw: readonly unknown[]): ReadonlyMap<string, User> {
  return new Map(raw.flatMap((one) => User.safeParse(one).data ?? []).map((user) => [user.id, user]));
}

function toPost(tweet: Tweet, users: ReadonlyMap<string, User>, account: Account): Post {
  const id = tweet.edit_history_tweet_ids[0] ?? tweet.id;
  const { text } = tweet.note_tweet ?? tweet;
  const { hashtags, urls } = mergedEntities(tweet);
  const closed = closedBy(tweet, account);
  return {
    key: postKey('x', id),
    platform: 'x',
    id,
    url: `https://x.com/i/status/${tweet.id}`,
    author: authorOf(tweet.author_id, users),
    text: storable(unescaped(text)),
    language: languageOf(tweet.lang),
    createdAt: Date.parse(tweet.created_at),
    hashtags: [...new Set(hashtags.map(({ tag }) => storable(tag)))],
    links: [...new Set(urls.flatMap(linksOf))],
    summoned: addresses(tweet, account),
    repost: referenced(tweet, 'retweeted') !== undefined,
    visibility: 'public',
    inReplyTo: referenced(tweet, 'replied_to') ?? null,
    thread: tweet.conversation_id ?? id,
    ...(closed !== undefined && { closed }),
    // The newest version, which a reply must answer.
    native: { version: tweet.id },
  };
}

/** Where a link leads, in all forms: the page behind a redirect has no fragment, so the written one may say more. */
function linksOf({ url, expanded_url: expanded, unwound_url: unwound }: Tweet['entities']['urls'][number]): string[] {
  const forms = [unwound, expanded].flatMap((form) => (form ? [storable(form)] : []));
  return forms.length > 0 ? forms : [storable(url)];
}

function authorOf(id: string, users: ReadonlyMap<string, User>): Post['author'] {
  const user = users.get(id);
  if (user === undefined) return { id, handle: id, name: null, bot: false };
  return {
    id,
    handle: storable(user.username),
    name: user.name === undefined ? null : storable(user.name),
    bot: false,
    ...(user.created_at !== undefined && { since: Date.parse(user.created_at) }),
  };
}

/** Null for X's own codes, which mean “no text” or “unknown language”. */
function languageOf(lang: string | undefined): string | null {
  if (lang === undefined || /^(und|zxx|q..)$/.test(lang)) return null;
  const old: Readonly<Record<string, string>> = { iw: 'he', in: 'id' };
  return old[lang] ?? lang;
}

function referenced({ referenced_tweets: references }: Tweet, type: string): string | undefined {
  return references.find((reference) => reference.type === type)?.id;
}

/** True if the post mentions the bot or quotes one of its posts: X allows no other replies. */
export function addresses(tweet: Tweet, account: Account): boolean {
  if (account === undefined || tweet.author_id === account.id) return false;
  return namesBot(tweet, account) || quotedHandle(tweet) === account.handle.toLowerCase();
}

function namesBot(tweet: Tweet, account: NonNullable<Account>): boolean {
  const handle = account.handle.toLowerCase();
  return mergedEntities(tweet).mentions.some(
    ({ id, username }) => id === account.id || (id === undefined && username.toLowerCase() === handle),
  );
}

/** Reads the author of a quoted post from its URL, because a lookup would cost as much as another post. */
function quotedHandle(tweet: Tweet): string | undefined {
  const quoted = referenced(tweet, 'quoted');
  for (const { expanded_url: address } of mergedEntities(tweet).urls) {
    const [, handle, id] = /^https:\/\/(?:x|twitter)\.com\/(\w+)\/status\/(\d+)/.exec(address ?? '') ?? [];
    if (id !== undefined && id === quoted) return handle?.toLowerCase();
  }
  return undefined;
}

/** A long post has its own entities besides those of its beginning. */
function mergedEntities({ entities, note_tweet: note }: Tweet): Tweet['entities'] {
  return {
    hashtags: [...entities.hashtags, ...(note?.entities.hashtags ?? [])],
    mentions: [...entities.mentions, ...(note?.entities.mentions ?? [])],
    urls: [...entities.urls, ...(note?.entities.urls ?? [])],
  };
}

const audiences: Readonly<Record<string, string>> = {
  mentionedUsers: 'those it mentions',
  following: 'those its author follows',
  subscribers: 'its author’s subscribers',
  verified: 'verified accounts',
};

/** Why the bot may not reply. A mention of the bot lifts the restriction, a quotation does not. */
function closedBy(tweet: Tweet, account: Account): string | undefined {
  const settings = tweet.reply_settings ?? 'everyone';
  if (settings === 'everyone' || (account !== undefined && namesBot(tweet, account))) return undefined;
  return `only ${audiences[settings] ?? `“${settings.slice(0, 30)}”`} may reply`;
}
