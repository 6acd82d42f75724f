import { z } from 'zod';

export const TweetId = z.string().regex(/^\d{1,19}$/);

const Url = z.object({ url: z.string(), expanded_url: z.string().optional(), unwound_url: z.string().optional() });

const Entities = z
  .object({
    hashtags: z.array(z.object({ tag: z.string() })).default([]),
    mentions: z.array(z.object({ username: z.string(), id: z.string().optional() })).default([]),
    urls: z.array(Url).default([]),
  })
  .prefault({});

/** A post with the fields that `fieldsOf` requests. */
export const Tweet = z.object({
  id: TweetId,
  text: z.string().max(100_000),
  author_id: TweetId,
  created_at: z.iso.datetime({ offset: true }),
  conversation_id: TweetId.optional(),
  lang: z.string().optional(),
  reply_settings: z.string().optional(),
  edit_history_tweet_ids: z.array(TweetId).min(1),
  referenced_tweets: z.array(z.object({ type: z.string(), id: TweetId })).default([]),
  entities: Entities,
  /** Posts of more than 280 characters. */
  note_tweet: z.object({ text: z.string().max(100_000), entities: Entities }).optional(),
});
export type Tweet = z.infer<typeof Tweet>;

export const User = z.object({
  id: TweetId,
  username: z.string(),
  name: z.string().optional(),
  created_at: z.iso.datetime({ offset: true }).optional(),
});
export type User = z.infer<typeof User>;

const Includes = z.object({ users: z.array(z.unknown()).default([]) }).prefault({});

/** An answer with posts. Each is parsed later on its own, so that one malformed post does not spoil the others. */
export const Posts = z.object({
  data: z.array(z.unknown()).default([]),
  includes: Includes,
  /** Requested items that X could not find or show. */
  errors: z.array(z.object({ resource_id: z.string().optional(), type: z.string().default('') })).default([]),
  meta: z.object({ newest_id: TweetId.optional(), next_token: z.string().max(2000).optional() }).prefault({}),
});
export type Posts = z.infer<typeof Posts>;

/** One post as the stream sends it. */
export const Streamed = z.object({ data: z.unknown(), includes: Includes });

export const Created = z.object({ data: z.object({ id: TweetId }) });
export const Me = z.object({ data: User });
export const Usage = z.object({
  data: z.object({ project_usage: z.coerce.number().optional(), project_cap: z.coerce.number().optional() }),
});
export const Rules = z.object({
  data: z.array(z.object({ id: z.string(), value: z.string(), tag: z.string().optional() })).default([]),
});

/** The fields to request for each post. */
export function fieldsOf({ authors }: { authors: boolean }): Record<string, string> {
  return {
    'tweet.fields':
      'author_id,conversation_id,created_at,edit_history_tweet_ids,entities,lang,note_tweet,referenced_tweets,reply_settings',
    ...(authors && { expansions: 'author_id', 'user.fields': 'created_at,name,username' }),
  };
}

/** X escapes three characters in texts. */
export function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** The epoch of the timestamps in X's ids. */
const epochMs = 1_288_834_974_657n;

/** The smallest possible id of a post of this time. */
export function idAt(timeMs: number): string {
  const since = BigInt(Math.trunc(timeMs)) - epochMs;
  return String(since <= 0n ? 1n : since << 22n);
}

/** The time of the post with this id. */
export function timeOf(id: string): number {
  return Number((BigInt(id) >> 22n) + epochMs);
}

/** Compares ids as text, because a number does not hold their digits. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : Number(a > b);
}
