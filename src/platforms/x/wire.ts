import { z } from 'zod';

export const TweetId = z.string().regex(/^\d{1,19}$/);

/** A field of a stranger: X may leave it out, give null, or change its type, and then only the field is lost. */
const field = <T>(schema: z.ZodType<T>) => schema.optional().catch(undefined);

/** Skips the items of a list that cannot be read. */
const listOf = <T>(item: z.ZodType<T>) =>
  z
    .array(z.unknown())
    .catch([])
    .transform((all) => all.flatMap((one) => item.safeParse(one).data ?? []));

const Text = field(z.string().max(100_000));
const Time = field(z.iso.datetime({ offset: true }));
const word = field(z.string());

const Url = z.object({ url: word, expanded_url: word, unwound_url: word, title: word });
export type Url = z.infer<typeof Url>;

const noEntities = { hashtags: [], mentions: [], urls: [] };
const Entities = z
  .object({
    hashtags: listOf(z.object({ tag: z.string() })),
    mentions: listOf(z.object({ username: word, id: field(TweetId) })),
    urls: listOf(Url),
  })
  .catch(noEntities);

/** Posts of more than 280 characters have their whole text here. */
const Note = field(z.object({ text: Text, entities: Entities }));
const Attachments = z.object({ media_keys: listOf(z.string()) }).catch({ media_keys: [] });
const Article = field(z.object({ title: Text, preview_text: Text, plain_text: Text }));
const Ids = listOf(TweetId);
const References = listOf(z.object({ type: z.string(), id: TweetId }));

const fields = z.object({
  id: field(TweetId),
  text: Text,
  author_id: field(TweetId),
  created_at: Time,
  conversation_id: field(TweetId),
  lang: word,
  reply_settings: word,
  edit_history_tweet_ids: Ids,
  edit_history_post_ids: Ids,
  referenced_tweets: References,
  referenced_posts: References,
  entities: Entities,
  attachments: Attachments,
  note_tweet: Note,
  note_post: Note,
  article: Article,
});

/**
 * A post with the fields that `fieldsOf` requests, in either of X's vocabularies: `*_tweet*` or `*_post*`. It needs an id and a text; the
 * time is in the id.
 */
export const Tweet = fields.transform((raw, context) => {
  const versions = [...new Set([...raw.edit_history_tweet_ids, ...raw.edit_history_post_ids])];
  const id = raw.id ?? versions.at(-1);
  const note = raw.note_tweet ?? raw.note_post;
  const { article } = raw;
  const text = note?.text ?? raw.text;
  if (id === undefined || (text ?? article?.title ?? article?.plain_text ?? article?.preview_text) === undefined) {
    const missing = id === undefined ? 'id' : 'text';
    context.addIssue({ code: 'custom', path: [missing], message: `a post without ${missing}` });
    return z.NEVER;
  }
  return {
    id,
    /** Ids of its versions, the oldest first. */
    versions: versions.length > 0 ? versions : [id],
    text: unescaped(text ?? ''),
    article,
    author: raw.author_id,
    createdAt: raw.created_at === undefined ? timeOf(id) : Date.parse(raw.created_at),
    conversation: raw.conversation_id,
    lang: raw.lang,
    replySettings: raw.reply_settings,
    references: [...raw.referenced_tweets, ...raw.referenced_posts],
    // A long post has its own entities beside those of its beginning.
    hashtags: [...raw.entities.hashtags, ...(note?.entities.hashtags ?? [])],
    mentions: [...raw.entities.mentions, ...(note?.entities.mentions ?? [])],
    urls: [...raw.entities.urls, ...(note?.entities.urls ?? [])],
    media: raw.attachments.media_keys,
  };
});
export type Tweet = z.infer<typeof Tweet>;

export const User = z.object({ id: TweetId, username: z.string(), name: word, created_at: Time });
export type User = z.infer<typeof User>;

/** An image or film beside posts. */
export const Media = z.object({ media_key: z.string(), alt_text: Text });

/** A post or user of which no more is known. */
export const Identified = z.object({ id: TweetId });

const unparsed = z.array(z.unknown()).catch([]);
const Includes = z.object({ users: unparsed, media: unparsed }).catch({ users: [], media: [] });
export type Includes = z.infer<typeof Includes>;

/** An answer with posts. Each is parsed later on its own, so that one malformed post does not spoil the others. */
export const Posts = z.object({
  data: z
    .array(z.unknown())
    .nullish()
    .transform((data) => data ?? []),
  includes: Includes,
  /** Requested items that X could not find or show. */
  errors: listOf(z.object({ resource_id: word, type: z.string() })),
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

/** What is requested beside each post. */
export interface Wanted {
  readonly authors: boolean;
  readonly altTexts: boolean;
}

/** The fields to request for each post. */
export function fieldsOf({ authors, altTexts }: Wanted): Record<string, string> {
  const ofPosts =
    'article,author_id,conversation_id,created_at,edit_history_tweet_ids,entities,lang,note_tweet,referenced_tweets,reply_settings';
  const expansions = [...(authors ? ['author_id'] : []), ...(altTexts ? ['attachments.media_keys'] : [])];
  return {
    'tweet.fields': altTexts ? `attachments,${ofPosts}` : ofPosts,
    ...(expansions.length > 0 && { expansions: expansions.join(',') }),
    ...(authors && { 'user.fields': 'created_at,name,username' }),
    ...(altTexts && { 'media.fields': 'alt_text' }),
  };
}

/** The same query in the vocabulary that X documents since August 2026, or undefined if it requests no fields of posts. */
export function inNewWords<T extends string | number>(
  query: Record<string, T>,
): Record<string, T | string> | undefined {
  const { 'tweet.fields': requested, ...rest } = query;
  return requested === undefined
    ? undefined
    : { ...rest, 'post.fields': String(requested).replaceAll('tweet', 'post') };
}

/** True if X refuses the names of the requested fields. */
export function refusesFields(status: number, words: string): boolean {
  return status === 400 && /\b(?:tweet|post)\.fields\b/.test(words);
}

/** X escapes three characters in texts. */
function unescaped(text: string): string {
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
