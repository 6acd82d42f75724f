import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Author, type Post, postKey } from '../../core/post.ts';
import { storable } from '../../core/text.ts';

const maxIdLength = 1000;
const Id = z
  .union([z.string().min(1).max(maxIdLength), z.int().transform(String)], {
    error: `expected a text of 1 to ${maxIdLength} characters, or a whole number that JSON can hold exactly`,
  })
  .transform(storable);
const Text = z.string().transform(storable);
const Name = z.string().max(maxIdLength).transform(storable);
const When = z.union([z.number(), z.string()]).transform((written, context) => {
  const time = typeof written === 'number' ? written : instant(written);
  if (Number.isFinite(new Date(time).getTime())) return time;
  context.addIssue('expected an ISO 8601 time or milliseconds since 1970');
  return z.NEVER;
});
const WireAuthor = z.union([
  Name.transform((written) => ({ id: null, handle: written, name: null, bot: null })),
  z.object({ id: Id.nullish(), handle: Name.nullish(), name: Name.nullish(), bot: z.boolean().nullish() }),
]);

/** A line of the file: only `text` is required, what is not known here is passed over. */
const WirePost = z.object({
  text: Text,
  id: Id.nullish(),
  platform: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, 'expected the id of a platform')
    .nullish(),
  author: WireAuthor.nullish(),
  createdAt: When.nullish(),
  hashtags: z.array(Text).nullish(),
  links: z.array(Text).nullish(),
  url: Text.nullish(),
  language: Name.nullish(),
  summoned: z.boolean().nullish(),
  repost: z.boolean().nullish(),
  visibility: z.enum(['public', 'unlisted', 'followers', 'direct']).nullish(),
  inReplyTo: Id.nullish(),
  thread: Id.nullish(),
});
type WirePost = z.infer<typeof WirePost>;

/** The post in a line, or why there is none. `now` is the time of a post that says none. */
export function readPost(line: string, now: number): Post | { readonly fault: string } {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { fault: 'not JSON' };
  }
  const parsed = WirePost.safeParse(json);
  return parsed.success ? toPost(parsed.data, now) : { fault: faultOf(parsed.error) };
}

function toPost(wire: WirePost, now: number): Post {
  const platform = wire.platform ?? 'file';
  const id = wire.id ?? digest(wire);
  return {
    key: postKey(platform, id),
    platform,
    id,
    url: webUrl(wire.url),
    author: authorOf(wire, id),
    text: wire.text,
    language: wire.language ?? null,
    createdAt: wire.createdAt ?? now,
    hashtags: (wire.hashtags ?? []).map((tag) => tag.replace(/^[#＃]/, '')),
    links: wire.links ?? [],
    summoned: wire.summoned ?? false,
    repost: wire.repost ?? false,
    visibility: wire.visibility ?? 'public',
    inReplyTo: wire.inReplyTo ?? null,
    thread: wire.thread ?? wire.inReplyTo ?? id,
  };
}

/** Nobody is taken for one person with everybody else whose name is not known. */
function authorOf({ author }: WirePost, postId: string): Author {
  const handle = author?.handle?.replace(/^@/, '');
  return {
    id: author?.id || handle || `anonymous:${postId}`,
    handle: handle || author?.id || 'anonymous',
    name: author?.name ?? null,
    bot: author?.bot ?? false,
  };
}

/** The same line gives the same id whenever it is read, so the time of reading is no part of it. */
function digest(wire: WirePost): string {
  const parts = [wire.author?.id ?? wire.author?.handle ?? null, wire.createdAt ?? null, wire.text];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}

/** Other schemes (`javascript:`) are nothing to put behind a link. */
function webUrl(written: string | null | undefined): string | null {
  return written && /^https?:\/\//i.test(written) ? written : null;
}

/** A time without a zone is UTC: what a file says must not depend on where it is read. */
function instant(written: string): number {
  const zoned = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?)?$/i.exec(
    written.trim(),
  );
  if (zoned === null) return Number.NaN;
  return Date.parse(`${zoned[1]}T${zoned[2] ?? '00:00'}${zoned[3] ?? 'Z'}`);
}

function faultOf(error: z.ZodError): string {
  const faults = error.issues.slice(0, 3).map(({ path, message }) => {
    const where = path.map(String).join('.').slice(0, 60);
    return where === '' ? message : `${where}: ${message}`;
  });
  return faults.join('; ');
}
