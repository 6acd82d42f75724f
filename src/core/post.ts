import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { storable } from './storable.ts';

/** Author of a post. `id` never changes on its platform; `handle` is the name that people see and type. */
export const Author = z.object({
  id: z.string(),
  handle: z.string(),
  name: z.string().nullable().default(null),
  bot: z.boolean().default(false),
  /** Creation of the account, in milliseconds since the Unix epoch. Left out: the platform does not say. */
  since: z.number().optional(),
  /** True if the author follows the bot. Left out: the platform does not say. */
  follower: z.boolean().optional(),
});
export type Author = z.infer<typeof Author>;

/** A post as read from a platform: one shape for all of them. In texts for people, a post that cites a cable is a "mention". */
export const Post = z.object({
  /** Unique over all platforms: see `postKey`. */
  key: z.string(),
  platform: z.string(),
  /** The platform's own, opaque id. */
  id: z.string(),
  url: z.string().nullable(),
  author: Author,
  /** Plain text. Lines of quotations begin with `>`, code is between back-ticks. */
  text: z.string(),
  /** Where in `text`, in UTF-16 units, the alternative texts of the post's images begin, after the author's own words. Left out: it has none. */
  altTextStart: z.int().optional(),
  /** BCP 47, from the platform. */
  language: z.string().nullable(),
  /** Milliseconds since the Unix epoch. */
  createdAt: z.number(),
  /** Hashtags found by the platform, without `#`. */
  hashtags: z.array(z.string()),
  /** Link targets that are not in the text (shortened, or behind words). */
  links: z.array(z.string()),
  /** The author addressed the bot, by the definition of the platform's policy. */
  summoned: z.boolean(),
  /** A boost or repost of someone else's words. */
  repost: z.boolean(),
  visibility: z.enum(['public', 'unlisted', 'followers', 'direct']),
  /** Id of the post that this one answers. */
  inReplyTo: z.string().nullable(),
  /** Id of the post that this one quotes. Left out: none, or the platform does not say. */
  quotes: z.string().optional(),
  /** Id of the thread's first post; its own id when it starts one. */
  thread: z.string(),
  /** The platform's reason why the bot may not reply: the author blocks it, or limits replies. Left out: it may. */
  closed: z.string().optional(),
  /** The author's content warning, in the author's words. Left out: none. */
  warning: z.string().optional(),
  /** Data for the platform's own publisher, such as the hash of a record. Opaque to all others, at most 2 KB. */
  native: z.record(z.string(), z.string()).optional(),
});
export type Post = z.infer<typeof Post>;

const maxAltTexts = 20_000;

/**
 * The text of a post with the alternative texts of its images behind it, a paragraph each, so that whatever searches the text searches them
 * as well. All of them together are cut to 20,000 UTF-16 units.
 */
export function withAltTexts(
  text: string,
  altTexts: readonly (string | null | undefined)[],
): Pick<Post, 'text' | 'altTextStart'> {
  const distinct = new Set(altTexts.map((one) => one?.trim() ?? '').filter((one) => one !== ''));
  if (distinct.size === 0) return { text };
  const own = text === '' ? '' : `${text}\n\n`;
  return { text: own + storable([...distinct].join('\n\n').slice(0, maxAltTexts)), altTextStart: own.length };
}

/** The author's own words: the text without the alternative texts of images. */
export function ownWords({ text, altTextStart }: Pick<Post, 'text' | 'altTextStart'>): string {
  return altTextStart === undefined ? text : text.slice(0, altTextStart).trimEnd();
}

/** When a post was written, in milliseconds since the Unix epoch: not before 1970, and not later than it was received, whatever it says. */
export function writtenAt(stated: number | null | undefined, receivedAt: number): number {
  return Math.max(0, Math.min(Number.isFinite(stated) ? (stated ?? receivedAt) : receivedAt, receivedAt));
}

export function postKey(platform: string, id: string): string {
  return `${platform}:${id}`;
}

/** From the widest to the narrowest. */
const visibilities = ['public', 'unlisted', 'followers', 'direct'] as const satisfies readonly Post['visibility'][];

export function narrowest(all: readonly Post['visibility'][]): Post['visibility'] {
  return visibilities[Math.max(...all.map((one) => visibilities.indexOf(one)))] ?? 'direct';
}

/** True if two hearings of a post, by whatever feeds, are of the same version. */
export function isSameVersion(one: Post, other: Post): boolean {
  return one.author.id === other.author.id && ownWords(one) === ownWords(other);
}

/**
 * What two hearings of one version of a post know together, the same in whatever order they come. Feeds know more or less: a server may not
 * list mentions of people elsewhere, a search may leave out links. `one` itself if the other knows nothing better.
 */
export function unite(one: Post, other: Post): Post {
  // The feed that knows of the summons reads with the bot's account.
  const base = other.summoned && !one.summoned ? other : one;
  const { text, altTextStart } = other.text.length > one.text.length ? other : one;
  const closed = [one.closed, other.closed].filter((reason) => reason !== undefined).toSorted()[0];
  const known = {
    text,
    visibility: narrowest([one.visibility, other.visibility]),
    hashtags: union(one.hashtags, other.hashtags),
    links: union(one.links, other.links),
  };
  const more = { ...(altTextStart !== undefined && { altTextStart }), ...(closed !== undefined && { closed }) };
  const united = { ...base, ...known, ...more };
  return isDeepStrictEqual(united, one) ? one : united;
}

/** An edit of a post as it is heard. It does not forget what an earlier hearing of the same words knew; its links and tags replace the former. */
export function uniteEdit(before: Post, edited: Post): Post {
  if (!isSameVersion(before, edited)) return edited;
  const visibility = narrowest([before.visibility, edited.visibility]);
  return { ...edited, summoned: before.summoned || edited.summoned, visibility };
}

/** The fuller of two lists, else both in one order for all. */
function union(one: readonly string[], other: readonly string[]): string[] {
  const all = [...new Set([...one, ...other])];
  const full = [one, other].filter((list) => new Set(list).size === all.length);
  return full[0] !== undefined && (full.length === 1 || isDeepStrictEqual(one, other)) ? [...full[0]] : all.toSorted();
}

/** True for direct and followers-only posts: their texts are shown to reviewers and operators alone, and purged earlier. */
export function isLimited({ visibility }: { readonly visibility?: Post['visibility'] | undefined }): boolean {
  return visibility === 'direct' || visibility === 'followers';
}

/** Prefix of the keys of deleted posts and their replies: the rest is the SHA-256 of the former key, in hexadecimal digits. */
const deletedPrefix = 'deleted:';

/** What remains of the key of a deleted post or of its reply. A key may hold a name, and its hash reveals nothing. */
export function deletedKey(key: string): string {
  return `${deletedPrefix}${createHash('sha256').update(key).digest('hex')}`;
}

/** Names a post in logs and on the command line, before and after its deletion: the first 12 digits of the hash of its key. */
export function shortId(key: string): string {
  const hashed = key.startsWith(deletedPrefix) ? key : deletedKey(key);
  return hashed.slice(deletedPrefix.length, deletedPrefix.length + 12);
}

/** An author on a platform as one text: limits and opt-outs identify people by it. */
export function personKey(platform: string, authorId: string): string {
  return `${platform}:${authorId}`;
}

/** An item of a feed that could not be read as a post. */
export interface Reject {
  /** File and line, or URL and item. */
  readonly position: string;
  readonly reason: string;
  /** Start of the item, at most 200 characters. */
  readonly excerpt: string;
}

/** Position in a feed. Opaque to all but the driver that wrote it; at most 64 KB. */
export type Cursor = string;

/**
 * The author edited or deleted a post that a feed delivered before. `by`: id of who deletes it, where anybody can say so; it counts if the
 * stored post is theirs. `delete-author`: the account has ended, and each of its posts counts as deleted.
 */
export type Change =
  | { readonly kind: 'edit'; readonly post: Post }
  | { readonly kind: 'delete'; readonly key: string; readonly by?: string }
  | { readonly kind: 'delete-author'; readonly platform: string; readonly id: string };

/** One page of a feed: everything up to `cursor`. */
export interface Page {
  readonly posts: readonly Post[];
  /** In order, after `posts`. */
  readonly changes?: readonly Change[];
  readonly rejects: readonly Reject[];
  readonly cursor: Cursor;
}
