import { z } from 'zod';
import { Post } from './post.ts';

/**
 * planned -> sending -> sent | unknown | refused; planned -> held -> planned | rejected;
 * sent -> withdrawing -> withdrawn; planned, refused, unknown -> abandoned.
 */
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

/** Exactly what goes out, frozen when the reply is planned: a repeat is byte for byte the same. */
export const Payload = z.object({
  /** The reply's key in the ledger. */
  key: z.string(),
  text: z.string(),
  language: z.string().nullable(),
  /** Milliseconds since the Unix epoch; goes into records that carry their own time. */
  createdAt: z.number(),
  /** For platforms that drop repeats by a key or let the writer choose the record's name. */
  idempotencyKey: z.string(),
  replyTo: z.object({
    key: z.string(),
    platform: z.string(),
    id: z.string(),
    url: z.string().nullable(),
    author: z.string(),
    thread: z.string(),
    /** Id of the author, which never changes. */
    authorId: z.string().optional(),
    visibility: Post.shape.visibility.optional(),
    warning: Post.shape.warning,
    native: Post.shape.native,
  }),
  /** It addresses nobody: a post of its own on the bot's timeline. */
  alone: z.literal(true).optional(),
  /** Where the first link in the text leads, for platforms that show such a card. */
  card: z.object({ url: z.string(), title: z.string(), description: z.string() }).optional(),
});
export type Payload = z.infer<typeof Payload>;

/** What a platform calls a reply that it has. */
export const Published = z.object({
  id: z.string(),
  url: z.string().nullable(),
  /** What the call cost, in millionths of a dollar, where the platform says it. */
  cost: z.number().optional(),
});
export type Published = z.infer<typeof Published>;
