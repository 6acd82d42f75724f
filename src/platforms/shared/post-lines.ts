import { createHash } from 'node:crypto';
import { z } from 'zod';
import { jsonIn, plainIssue } from './parse-json.ts';
import { type Author, type Change, type Post, postKey, withAltTexts } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import { statedLanguage } from '../../core/text/languages.ts';

const maxIdLength = 1000;
const notAnId = {
  error: `expected a text of 1 to ${maxIdLength} characters, or a whole number that JSON can hold exactly`,
};
const Id = z
  .union([z.string().min(1).max(maxIdLength), z.int(notAnId)], notAnId)
  .transform((id) => storable(String(id)));
const Platform = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'expected the id of a platform');
const Text = z.string().overwrite(storable);
const Name = z.string().max(maxIdLength).overwrite(storable);
const When = z
  .union([z.number(), z.string()])
  .transform(instant)
  .refine((time) => !Number.isNaN(new Date(time).getTime()), 'expected an ISO 8601 time or milliseconds since 1970');
const WireAuthor = z.object({
  id: Id.nullish(),
  handle: Name.nullish(),
  name: Name.nullish(),
  bot: z.boolean().nullish(),
  since: When.nullish(),
  follower: z.boolean().nullish(),
});
type WireAuthor = Partial<z.infer<typeof WireAuthor>>;

/** A line of the file: only `text` is required; unknown fields are ignored. */
const WirePost = z.object({
  text: Text,
  id: Id.nullish(),
  event: z.enum(['post', 'edit']).nullish(),
  platform: Platform.nullish(),
  /** An author may be a handle alone. */
  author: z.union([Name, WireAuthor]).nullish(),
  createdAt: When.nullish(),
  hashtags: z.array(Text).nullish(),
  links: z.array(Text).nullish(),
  altTexts: z.array(Text).nullish(),
  url: Text.nullish(),
  language: Name.nullish(),
  summoned: z.boolean().nullish(),
  repost: z.boolean().nullish(),
  visibility: z.enum(['public', 'unlisted', 'followers', 'direct']).nullish(),
  inReplyTo: Id.nullish(),
  thread: Id.nullish(),
});
type WirePost = z.infer<typeof WirePost>;

const WireDeletion = z.object({ id: Id, platform: Platform.nullish() });

/** A line's content: a post, a change of an earlier post, or the reason why it cannot be read. */
export type Entry = { readonly post: Post } | { readonly change: Change } | { readonly fault: string };

/** A source whose lines are posts of one platform, whatever they say; `prefix` is put before each id. */
export interface LineSource {
  readonly platform: string;
  readonly prefix: string;
}

/** `now`: the time of a post without `createdAt`. `source` left out: a line may name any platform. */
export function readEntry(line: string, now: number, source?: LineSource): Entry {
  const json = jsonIn(line);
  if (json === undefined) return { fault: 'not JSON' };
  if (isDeletion(json)) {
    const { data, error } = WireDeletion.safeParse(json);
    if (error) return { fault: faultOf(error) };
    const { platform = data.platform ?? 'file', prefix = '' } = source ?? {};
    return { change: { kind: 'delete', key: postKey(platform, prefix + data.id) } };
  }
  const { data, error } = WirePost.safeParse(json);
  if (error) return { fault: faultOf(error) };
  const post = toPost(data, now, source);
  return data.event === 'edit' ? { change: { kind: 'edit', post } } : { post };
}

/** `"event": "delete"` deletes a post; it needs no text. */
function isDeletion(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'event' in json && json.event === 'delete';
}

function toPost(wire: WirePost, now: number, source: LineSource | undefined): Post {
  const { platform = wire.platform ?? 'file', prefix = '' } = source ?? {};
  const author = typeof wire.author === 'string' ? { handle: wire.author } : (wire.author ?? {});
  const { text, createdAt = null } = wire;
  const scoped = (written: string | null | undefined) => (written ? prefix + written : null);
  const inReplyTo = scoped(wire.inReplyTo);
  // The same line must give the same id whenever it is read, so the id does not depend on the time of reading.
  const id = prefix + (wire.id ?? digest([author.id ?? author.handle ?? null, createdAt, text]));
  return {
    key: postKey(platform, id),
    platform,
    id,
    url: webUrl(wire.url),
    author: authorOf(author, id),
    ...withAltTexts(text, wire.altTexts ?? []),
    language: statedLanguage(wire.language),
    createdAt: createdAt ?? now,
    hashtags: (wire.hashtags ?? []).map((tag) => tag.replace(/^[#＃]/, '')),
    links: wire.links ?? [],
    summoned: wire.summoned ?? false,
    repost: wire.repost ?? false,
    visibility: wire.visibility ?? 'public',
    inReplyTo,
    thread: scoped(wire.thread) ?? inReplyTo ?? id,
  };
}

/** Each post without an author has an anonymous author of its own. */
function authorOf({ bot, since, follower, ...names }: WireAuthor, postId: string): Author {
  const { id, name = null } = names;
  const handle = names.handle?.replace(/^@/, '');
  return {
    id: id || handle || `anonymous:${postId}`,
    handle: handle || id || 'anonymous',
    name,
    bot: bot ?? false,
    ...(typeof since === 'number' && { since }),
    ...(typeof follower === 'boolean' && { follower }),
  };
}

function digest(parts: readonly (string | number | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}

/** Null for other schemes, such as `javascript:`. */
function webUrl(written: string | null | undefined): string | null {
  return written && /^https?:\/\//i.test(written) ? written : null;
}

/** Milliseconds since 1970, NaN if it is no time. A time without a zone is UTC: the result must not depend on where the file is read. */
function instant(written: string | number): number {
  if (typeof written === 'number') return written;
  const zoned = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?$/i.exec(
    written.trim(),
  );
  if (zoned === null) return Number.NaN;
  return Date.parse(`${zoned[1]}T${zoned[2] ?? '00:00'}${zoned[3] ?? 'Z'}`);
}

function faultOf(error: z.ZodError): string {
  const faults = error.issues.slice(0, 3).map(({ path, message }) => {
    const where = path.map(String).join('.').slice(0, 60);
    return where === '' ? plainIssue(message) : `${where}: ${plainIssue(message)}`;
  });
  return faults.join('; ');
}
