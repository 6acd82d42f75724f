import type { SelectType } from 'kysely';
import { z } from 'zod';
import type { Citation, Resolution } from '../../core/citation.ts';
import type { Digest, Tally } from '../../core/digest.ts';
import { Post } from '../../core/post.ts';
import { Payload, Published } from '../../core/reply.ts';
import { Verdict } from '../../core/verdict.ts';
import { type Json, JsonColumn } from './json-column.ts';
import type { EditionSummary, NoticeContent, Schema } from './schema.ts';

/** The codec of each JSON column: `codecs.posts.post.decode(row.post, row.key)`. */
export const codecs = {
  posts: {
    post: new JsonColumn('posts.post', Post),
    citations: new JsonColumn<readonly Citation[]>('posts.citations'),
    verdict: new JsonColumn('posts.verdict', Verdict),
  },
  mentions: { resolution: new JsonColumn<Resolution>('mentions.resolution') },
  replies: {
    payload: new JsonColumn('replies.payload', Payload),
    replacement: new JsonColumn('replies.replacement', Payload),
    published: new JsonColumn('replies.published', Published),
    scope: new JsonColumn<readonly string[]>('replies.scope', z.array(z.string())),
  },
  editions: {
    model: new JsonColumn<Digest>('editions.model'),
    tally: new JsonColumn<Tally>('editions.tally'),
    summary: new JsonColumn<EditionSummary>('editions.summary'),
    reading: new JsonColumn<readonly string[]>('editions.reading', z.array(z.string())),
  },
  notices: {
    content: new JsonColumn<NoticeContent>('notices.content', z.looseObject({ subject: z.string(), text: z.string() })),
    recipients: new JsonColumn<readonly string[]>('notices.recipients', z.array(z.string())),
  },
  deliveries: { recipients: new JsonColumn<readonly string[]>('deliveries.recipients', z.array(z.string())) },
  // Each setting has a codec of its own.
  settings: { value: new JsonColumn<never>('settings.value', z.custom<never>()) },
} satisfies Codecs;

/** All JSON columns of all tables. */
type Codecs = {
  [T in TablesWithJson]: {
    [C in JsonNames<Schema[T]>]: JsonColumn<Decoded<Schema[T][C]>>;
  };
};
type TablesWithJson = { [T in keyof Schema]: JsonNames<Schema[T]> extends never ? never : T }[keyof Schema];
type JsonNames<Row> = { [C in keyof Row]: Stored<Row[C]> extends Json<unknown> ? C : never }[keyof Row];
type Decoded<Column> = Stored<Column> extends Json<infer T> ? T : never;
type Stored<Column> = Exclude<SelectType<Column>, null>;
