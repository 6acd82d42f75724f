import { z } from 'zod';
import { Post } from './post.ts';

/** Their meanings, and what may follow each: `ledger/replies/states.ts`. */
export const ReplyState = z.enum([
  'planned',
  'held',
  'rejected',
  'sending',
  'sent',
  'unknown',
  'refused',
  'abandoned',
  'withdrawing',
  'withdrawn',
]);
export type ReplyState = z.infer<typeof ReplyState>;

/** The exact content of a reply, frozen when it is planned: a repeat is byte for byte the same. */
export const Payload = z.object({
  /** The reply's key in the ledger. */
  key: z.string(),
  text: z.string(),
  language: z.string().nullable(),
  /** Milliseconds since the Unix epoch; part of records that carry their own time. */
  createdAt: z.number(),
  /** For platforms that drop repeats by a key: a hash of the post's key, the publisher and the post's revision, or of a digest's date and target. */
  idempotencyKey: z.string(),
  replyTo: z.object({
    key: z.string(),
    platform: z.string(),
    id: z.string(),
    url: z.string().nullable(),
    author: z.string(),
    thread: z.string(),
    /** Stable id of the author. */
    authorId: z.string().optional(),
    visibility: Post.shape.visibility.optional(),
    native: Post.shape.native,
  }),
  /** Content warning in the bot's words, for platforms that have them. Left out: none. */
  warning: z.string().optional(),
  /** For platforms that have it; if the post is narrower by then, so is the reply. */
  visibility: Post.shape.visibility.optional(),
  /** A plain post on the bot's timeline that addresses nobody. */
  alone: z.literal(true).optional(),
  /** Preview of the first link in the text, for platforms that show link cards. */
  card: z.object({ url: z.string(), title: z.string(), description: z.string() }).optional(),
});
export type Payload = z.infer<typeof Payload>;

/** The platform's identifiers of a published reply. */
export const Published = z.object({
  id: z.string(),
  url: z.string().nullable(),
  /** Cost of the call in millionths of a dollar, where the platform reports it. */
  cost: z.number().optional(),
});
export type Published = z.infer<typeof Published>;

/** How long a text may be, by the platform's own way of counting; `TextLimits` of src/platforms has this shape. */
export interface TextRoom {
  readonly maxLength: number;
  length(text: string): number;
}

/** The limits of a text that is sent with a content warning: some platforms count both together. */
export function limitsBeside(warning: string | undefined, limits: TextRoom): TextRoom {
  const taken = warning === undefined ? 0 : limits.length(warning);
  return { maxLength: limits.maxLength - taken, length: (text) => limits.length(text) };
}
