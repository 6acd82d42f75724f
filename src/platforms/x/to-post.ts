import { type Change, type Post, postKey, type Reject, withAltTexts } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import { statedLanguage } from '../../core/text/languages.ts';
import { faultIn } from '../shared/parse-json.ts';
import type { XFeed } from './config.ts';
import { Identified, type Includes, Media, Tweet, type Url, User } from './wire.ts';

export type Account = XFeed['account'];

/** One item of an answer, parsed. An edited post keeps its first id as the post's id. */
export type Item =
  | { readonly id: string; readonly post: Post; readonly isEdited: boolean }
  | { readonly id: string | undefined; readonly reject: Reject };

export function readItem(raw: unknown, beside: Beside, account: Account): Item {
  const parsed = Tweet.safeParse(raw);
  if (parsed.success) {
    const { id, versions } = parsed.data;
    return { id, post: toPost(parsed.data, beside, account), isEdited: versions.length > 1 };
  }
  const id = Identified.safeParse(raw).data?.id;
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

/** What an answer has beside its posts, by id. */
interface Beside {
  readonly users: ReadonlyMap<string, User>;
  readonly altTexts: ReadonlyMap<string, string | undefined>;
}

/** Skips what is malformed: a post does not need its author's name. */
export function besideIn({ users, media }: Includes): Beside {
  const images = media.flatMap((one) => Media.safeParse(one).data ?? []);
  return {
    users: new Map(users.flatMap((one) => User.safeParse(one).data ?? []).map((user) => [user.id, user])),
    altTexts: new Map(images.map((image) => [image.media_key, image.alt_text])),
  };
}

export const nothingBeside: Includes = { users: [], media: [] };

function toPost(tweet: Tweet, { users, altTexts }: Beside, account: Account): Post {
  const id = tweet.versions[0] ?? tweet.id;
  const closed = closedBy(tweet, account);
  const quotes = referenced(tweet, 'quoted');
  return {
    key: postKey('x', id),
    platform: 'x',
    id,
    url: `https://x.com/i/status/${tweet.id}`,
    author: authorOf(tweet.author, users),
    ...withAltTexts(
      storable(textOf(tweet)),
      tweet.media.map((key) => altTexts.get(key)),
    ),
    language: statedLanguage(tweet.lang),
    createdAt: tweet.createdAt,
    hashtags: [...new Set(tweet.hashtags.map(({ tag }) => storable(tag)))],
    links: [...new Set(tweet.urls.flatMap(linksOf))],
    summoned: addresses(tweet, account),
    repost: referenced(tweet, 'retweeted') !== undefined,
    visibility: 'public',
    inReplyTo: referenced(tweet, 'replied_to') ?? null,
    ...(quotes !== undefined && { quotes }),
    thread: tweet.conversation ?? id,
    ...(closed !== undefined && { closed }),
    // The newest version, which a reply must answer.
    native: { version: tweet.id },
  };
}

/** The text, then what is shown below it: an article, and the titles of link previews. */
function textOf({ text, article, urls }: Tweet): string {
  const articleText = article?.plain_text ?? article?.preview_text;
  const below = [article?.title, articleText, ...urls.map(({ title }) => title)].map((words) => words?.trim());
  const shown = [...new Set(below)].filter((words) => words !== undefined && words !== '' && !text.includes(words));
  return [text, ...shown].join('\n').trim();
}

/** Where a link leads, in all forms: the page behind a redirect has no fragment, so the written one may say more. */
function linksOf({ url, expanded_url: expanded, unwound_url: unwound }: Url): string[] {
  const forms = [unwound, expanded].flatMap((form) => (form ? [storable(form)] : []));
  return forms.length > 0 || !url ? forms : [storable(url)];
}

/** Stands for an author that X does not name; `closedBy` says why nobody is answered. */
const nobody = 'unknown';

function authorOf(id: string | undefined, users: ReadonlyMap<string, User>): Post['author'] {
  if (id === undefined) return { id: nobody, handle: nobody, name: null, bot: false };
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

function referenced({ references }: Tweet, type: string): string | undefined {
  return references.find((reference) => reference.type === type)?.id;
}

/** True if the post mentions the bot or quotes one of its posts: X allows no other replies. */
export function addresses(tweet: Tweet, account: Account): boolean {
  if (account === undefined || tweet.author === account.id) return false;
  return namesBot(tweet, account) || quotedHandle(tweet) === account.handle.toLowerCase();
}

function namesBot(tweet: Tweet, account: NonNullable<Account>): boolean {
  const handle = account.handle.toLowerCase();
  return tweet.mentions.some(
    ({ id, username }) => id === account.id || (id === undefined && username?.toLowerCase() === handle),
  );
}

/** Reads the author of a quoted post from its URL, because a lookup would cost as much as another post. */
function quotedHandle(tweet: Tweet): string | undefined {
  const quoted = referenced(tweet, 'quoted');
  for (const { expanded_url: address } of tweet.urls) {
    const [, handle, id] = /^https:\/\/(?:x|twitter)\.com\/(\w+)\/status\/(\d+)/.exec(address ?? '') ?? [];
    if (id !== undefined && id === quoted) return handle?.toLowerCase();
  }
  return undefined;
}

const audiences: Readonly<Record<string, string>> = {
  mentionedUsers: 'those it mentions',
  following: 'those its author follows',
  subscribers: 'its author’s subscribers',
  verified: 'verified accounts',
};

/** Why the bot may not reply. A mention of the bot lifts the restriction, a quotation does not. */
function closedBy(tweet: Tweet, account: Account): string | undefined {
  if (tweet.author === undefined) return 'X does not say who wrote it';
  const settings = tweet.replySettings ?? 'everyone';
  if (settings === 'everyone' || (account !== undefined && namesBot(tweet, account))) return undefined;
  return `only ${audiences[settings] ?? `“${settings.slice(0, 30)}”`} may reply`;
}
