import { z } from 'zod';
import type { ReferenceId } from './cable.ts';
import { Post } from './post.ts';

/** Their meanings, and what may follow each: `ledger/replies/states.ts`. */
export const ReplyState = z.enum([
  'planned',
  'held',
  'rejected',
  'sending',
  'sent',
  'replacing',
  'unknown',
  'refused',
  'abandoned',
  'withdrawing',
  'withdrawn',
]);
export type ReplyState = z.infer<typeof ReplyState>;

/** Of which paragraphs replies quote a sentence: up to this classification. */
export const Excerpts = z.enum(['never', 'unclassified', 'confidential', 'all']);
export type Excerpts = z.infer<typeof Excerpts>;

/** The words that are quoted of a paragraph: on one line, and nothing in them addresses or links. */
export interface Excerpt {
  readonly referenceId: ReferenceId;
  readonly paragraph: number;
  readonly text: string;
  /** The least setting that permits it. */
  readonly needs: Excerpts;
}

/** The highest of some settings; `never` of none. */
export function highest(settings: readonly Excerpts[]): Excerpts {
  return Excerpts.options.findLast((each) => settings.includes(each)) ?? 'never';
}

/** `setting` permits what needs this one. */
export function isWithin(needs: Excerpts, setting: Excerpts): boolean {
  return Excerpts.options.indexOf(needs) <= Excerpts.options.indexOf(setting);
}

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
  /** The bot's public pages of the cables, for publishers that send those. */
  pages: z.array(z.string()).optional(),
  /** It may quote cables: the least setting that permits its excerpts. */
  excerpts: Excerpts.optional(),
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
