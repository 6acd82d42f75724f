import { z } from 'zod';

/** Who wrote a post. `id` never changes on its platform; `handle` is what people see and type. */
export const Author = z.object({
  id: z.string(),
  handle: z.string(),
  name: z.string().nullable().default(null),
  bot: z.boolean().default(false),
  /** When the account was made, in milliseconds since the Unix epoch. Left out: the platform does not say. */
  since: z.number().optional(),
  /** Follows the bot, or does not. Left out: the platform does not say. */
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
  /** Plain text. Quoted passages stand in lines that begin with `>`, code between back-ticks. */
  text: z.string(),
  /** BCP 47, as the platform says. */
  language: z.string().nullable(),
  /** Milliseconds since the Unix epoch. */
  createdAt: z.number(),
  /** Hashtags as the platform found them, without `#`. */
  hashtags: z.array(z.string()),
  /** Link targets that the text does not spell out (shortened, or behind words). */
  links: z.array(z.string()),
  /** The author addressed the bot, as the platform's policy defines it. */
  summoned: z.boolean(),
  /** A boost or repost of someone else's words. */
  repost: z.boolean(),
  visibility: z.enum(['public', 'unlisted', 'followers', 'direct']),
  /** Id of the post that this one answers. */
  inReplyTo: z.string().nullable(),
  /** Id of the thread's first post; its own id when it starts one. */
  thread: z.string(),
  /** Why the bot may not answer it there, as the platform says: its author blocks the bot, or limits who replies. Left out: it may. */
  closed: z.string().optional(),
  /** The content warning that its author put before it; an answer carries it too. Left out: none. */
  warning: z.string().optional(),
  /** What the platform's own publisher must know to answer it, such as the hash of a record. Opaque to all others, at most 2 KB. */
  native: z.record(z.string(), z.string()).optional(),
});
export type Post = z.infer<typeof Post>;

export function postKey(platform: string, id: string): string {
  return `${platform}:${id}`;
}

/** An author on a platform, as one text: brakes and opt-outs know people by it. */
export function personKey(platform: string, authorId: string): string {
  return `${platform}:${authorId}`;
}

/** Something that a feed delivered and that could not be read as a post. */
export interface Reject {
  /** Where: file and line, or URL and item. */
  readonly position: string;
  readonly reason: string;
  /** The first part of what was there, at most 200 characters. */
  readonly excerpt: string;
}

/** How far a feed has been read. Opaque to all but the driver that wrote it; at most 64 KB. */
export type Cursor = string;

/** What became of a post that a feed delivered before: its author changed it, or took it back. */
export type Change = { readonly kind: 'edit'; readonly post: Post } | { readonly kind: 'delete'; readonly key: string };

/** What a feed delivers at a time: everything up to `cursor`. */
export interface Page {
  readonly posts: readonly Post[];
  /** In order, after `posts`. */
  readonly changes?: readonly Change[];
  readonly rejects: readonly Reject[];
  readonly cursor: Cursor;
}
