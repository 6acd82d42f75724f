import { invalid } from './problems.ts';
import type { FakeTweet, FakeUser } from './store.ts';

const tweetFields = new Set([
  'article',
  'attachments',
  'id',
  'text',
  'author_id',
  'conversation_id',
  'created_at',
  'edit_controls',
  'edit_history_tweet_ids',
  'entities',
  'in_reply_to_user_id',
  'lang',
  'note_tweet',
  'possibly_sensitive',
  'public_metrics',
  'referenced_tweets',
  'reply_settings',
]);
const userFields = new Set(['id', 'name', 'username', 'created_at', 'description', 'protected', 'verified']);
const mediaFields = new Set(['alt_text', 'media_key', 'preview_image_url', 'type', 'url']);
const expansions = new Set([
  'attachments.media_keys',
  'author_id',
  'referenced_tweets.id',
  'in_reply_to_user_id',
  'edit_history_tweet_ids',
]);

/** What a request wants to be told of posts. Errors: 400 for words that X does not know. */
export function readFields(query: URLSearchParams) {
  const list = (name: string, known: ReadonlySet<string>) => {
    const words = (query.get(name) ?? '').split(',').filter(Boolean);
    for (const word of words)
      if (!known.has(word))
        throw invalid(`The \`${name}\` query parameter value [${word}] is not one of [${[...known].join(',')}]`, {
          [name]: [word],
        });
    return new Set(words);
  };
  const wanted = {
    tweet: list('tweet.fields', tweetFields),
    user: list('user.fields', userFields),
    media: list('media.fields', mediaFields),
    expand: list('expansions', expansions),
  };
  if (wanted.user.size > 0 && !wanted.expand.has('author_id'))
    throw invalid('user.fields without an expansion that brings users');
  if (wanted.media.size > 0 && !wanted.expand.has('attachments.media_keys'))
    throw invalid('media.fields without an expansion that brings media');
  return wanted;
}

export type Fields = ReturnType<typeof readFields>;

/** Posts with the users beside them, as far as they were asked for. */
export function render(
  tweets: readonly FakeTweet[],
  fields: Fields,
): { data: unknown[]; includes?: { users?: unknown[]; media?: unknown[] } } {
  const data = tweets.map((tweet) => renderTweet(tweet, fields.tweet));
  const authors = fields.expand.has('author_id') ? [...new Set(tweets.map(({ author }) => author))] : [];
  const withMedia = fields.expand.has('attachments.media_keys');
  const media = withMedia ? tweets.flatMap((tweet) => renderImages(tweet, fields.media)) : [];
  if (authors.length + media.length === 0) return { data };
  const includes = {
    ...(authors.length > 0 && { users: authors.map((author) => renderUser(author, fields.user)) }),
    ...(media.length > 0 && { media }),
  };
  return { data, includes };
}

/** X leaves `alt_text` out where there is none. */
function renderImages(tweet: FakeTweet, wanted: ReadonlySet<string>): unknown[] {
  return tweet.images.map((altText, at) => ({
    media_key: mediaKey(tweet, at),
    type: 'photo',
    ...(wanted.has('alt_text') && altText !== null && { alt_text: altText }),
  }));
}

function mediaKey({ id }: FakeTweet, at: number): string {
  return `3_${BigInt(id) + BigInt(at)}`;
}

function renderTweet(tweet: FakeTweet, wanted: ReadonlySet<string>): unknown {
  if (tweet.raw !== undefined) return { id: tweet.id, ...tweet.raw };
  const all: Record<string, unknown> = {
    id: tweet.id,
    text: shortened(tweet),
    edit_history_tweet_ids: tweet.chain,
    author_id: tweet.author.id,
    conversation_id: tweet.conversation,
    created_at: new Date(tweet.createdAt).toISOString(),
    lang: tweet.lang,
    reply_settings: tweet.replySettings,
    ...(tweet.references.length > 0 && { referenced_tweets: tweet.references }),
    ...(tweet.images.length > 0 && { attachments: { media_keys: tweet.images.map((_, at) => mediaKey(tweet, at)) } }),
    ...(hasEntities(tweet) && { entities: entitiesOf(tweet) }),
  };
  const usual = new Set(['id', 'text', 'edit_history_tweet_ids']);
  return Object.fromEntries(Object.entries(all).filter(([name]) => usual.has(name) || wanted.has(name)));
}

export function renderUser(user: FakeUser, wanted: ReadonlySet<string>): unknown {
  return {
    id: user.id,
    name: user.name,
    username: user.username,
    ...(wanted.has('created_at') && { created_at: new Date(user.createdAt).toISOString() }),
  };
}

/** With t.co in the place of addresses, and three characters escaped. */
function shortened({ text, urls }: FakeTweet): string {
  let written = '';
  let from = 0;
  for (const { short, start, end } of urls) {
    written += escaped(text.slice(from, start)) + short;
    from = end;
  }
  return written + escaped(text.slice(from));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function hasEntities({ hashtags, mentions, urls }: FakeTweet): boolean {
  return hashtags.length + mentions.length + urls.length > 0;
}

function entitiesOf({ hashtags, mentions, urls }: FakeTweet): unknown {
  return {
    ...(hashtags.length > 0 && { hashtags: hashtags.map((tag) => ({ start: 0, end: 0, tag })) }),
    ...(mentions.length > 0 && { mentions: mentions.map(({ id, username }) => ({ start: 0, end: 0, id, username })) }),
    ...(urls.length > 0 && {
      urls: urls.map(({ short, expanded, start, end }) => ({
        start,
        end,
        url: short,
        expanded_url: expanded,
        display_url: expanded,
      })),
    }),
  };
}

const renamed: Readonly<Record<string, string>> = {
  edit_history_tweet_ids: 'edit_history_post_ids',
  note_tweet: 'note_post',
  referenced_tweets: 'referenced_posts',
};

/** A request in the vocabulary of August 2026, in that of before. Errors: 400 for the older one. */
export function inOldWords(query: URLSearchParams): URLSearchParams {
  if (query.has('tweet.fields'))
    throw invalid('The query parameter [tweet.fields] is not one of [post.fields,user.fields,expansions]');
  const older = new Map(Object.entries(renamed).map(([before, after]) => [after, before]));
  const wanted = (query.get('post.fields') ?? '').split(',').map((word) => {
    if (word in renamed)
      throw invalid(
        `The \`post.fields\` query parameter value [${word}] is not one of [${[...older.keys()].join(',')}]`,
      );
    return older.get(word) ?? word;
  });
  const translated = new URLSearchParams(query);
  translated.delete('post.fields');
  if (query.has('post.fields')) translated.set('tweet.fields', wanted.join(','));
  return translated;
}

/** An answer in the vocabulary of August 2026. */
export function inNewWords(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(inNewWords);
  if (typeof answer !== 'object' || answer === null) return answer;
  return Object.fromEntries(Object.entries(answer).map(([name, value]) => [renamed[name] ?? name, inNewWords(value)]));
}
