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
    warning: Post.shape.warning,
    native: Post.shape.native,
  }),
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
