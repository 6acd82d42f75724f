import { z } from 'zod';
import { jsonIn } from '../shared/parse-json.ts';

/**
 * The parts of the network's JSON that are used. Strangers write it, and fields come and go: one that is missing, null or of another type costs
 * that field, never the post.
 */

const Uri = z.string().max(2000);

export const PostUri = z
  .string()
  .regex(/^at:\/\/did:[a-z]+:[A-Za-z0-9._:%-]{1,500}\/app\.bsky\.feed\.post\/[A-Za-z0-9._:~-]{1,512}$/);

export const StrongRef = z.object({ uri: Uri, cid: z.string().max(200) });
export type StrongRef = z.infer<typeof StrongRef>;

/** Undefined for an odd value. */
const perhaps = <T extends z.ZodType>(field: T) => field.optional().catch(undefined);

/** A list without its malformed entries. */
export const tolerant = <T extends z.ZodType>(entry: T) =>
  perhaps(z.array(z.unknown()).max(1000)).transform((entries = []) =>
    entries.map((one) => entry.safeParse(one).data).filter((one) => one !== undefined),
  );

const Feature = z.object({
  uri: perhaps(Uri),
  did: perhaps(z.string().max(600)),
  tag: perhaps(z.string().max(1000)),
});
const Labels = z.object({ values: tolerant(z.object({ val: z.string().max(128) })) });
const Ref = z.object({ uri: Uri, cid: perhaps(z.string().max(200)) });

/** `app.bsky.embed.external`, `images` and `video`. */
const Alt = z.string().max(30_000);
const Media = z.object({
  external: perhaps(z.object({ uri: Uri })),
  images: tolerant(z.object({ alt: Alt })),
  alt: perhaps(Alt),
});
/** Those, `record` and `recordWithMedia`, which wraps both. */
const Embed = z.object({
  ...Media.shape,
  media: perhaps(Media),
  record: perhaps(z.object({ uri: perhaps(Uri), record: perhaps(z.object({ uri: Uri })) })),
});

/** `app.bsky.feed.post` */
export const PostRecord = z.object({
  text: z.string().max(30_000),
  createdAt: perhaps(z.string().max(100)),
  langs: tolerant(z.string().max(50)),
  tags: tolerant(z.string().max(1000)),
  facets: tolerant(z.object({ features: tolerant(Feature) })),
  reply: perhaps(z.object({ root: perhaps(Ref), parent: perhaps(Ref) })),
  embed: perhaps(Embed),
  labels: perhaps(Labels),
});
export type PostRecord = z.infer<typeof PostRecord>;

/** Alternative texts of its images and its video. */
export function altTextsOf({ embed }: PostRecord): string[] {
  return [embed, embed?.media].flatMap((media) => [...(media?.images ?? []).map(({ alt }) => alt), media?.alt ?? '']);
}

/** Link targets, including those of facets and cards. */
export function linksOf({ facets, embed }: PostRecord): string[] {
  const links = facets.flatMap(({ features }) => features.flatMap(({ uri }) => uri ?? []));
  const cards = [embed, embed?.media].flatMap((media) => media?.external?.uri ?? []);
  return [...new Set([...links, ...cards])].filter((link) => /^https?:\/\//i.test(link)).slice(0, maxLinks);
}

const maxLinks = 200;

/** URI of the post that it quotes. */
export function quotedBy({ embed }: PostRecord): string | undefined {
  const { data } = PostUri.safeParse(embed?.record?.record?.uri ?? embed?.record?.uri);
  return data;
}

/** `app.bsky.actor.defs#profileViewBasic` and the views that extend it. */
export const AuthorView = z.object({
  did: z.string().max(600),
  handle: z.string().max(300).catch('handle.invalid'),
  displayName: perhaps(z.string().max(1000)),
  createdAt: perhaps(z.string()),
  labels: tolerant(z.object({ src: z.string(), val: z.string(), neg: perhaps(z.boolean()) })),
  viewer: perhaps(
    z.object({
      blockedBy: perhaps(z.boolean()),
      blocking: perhaps(z.string()),
      followedBy: perhaps(z.string()),
    }),
  ),
});
export type AuthorView = z.infer<typeof AuthorView>;

/** `app.bsky.feed.defs#postView`, and the same fields of `app.bsky.notification.listNotifications`. */
export const PostView = z.object({
  uri: PostUri,
  cid: perhaps(z.string().max(200)),
  author: perhaps(AuthorView),
  record: z.unknown(),
  indexedAt: perhaps(z.string().max(100)),
  viewer: perhaps(z.object({ replyDisabled: perhaps(z.boolean()) })),
});
export type PostView = z.infer<typeof PostView>;

const RefusalBody = z.object({ error: z.string().max(200).catch(''), message: z.string().catch('') });

/** A server's name of its error, such as `InvalidSwap`, and its message; empty where it gives none. */
export function refusalIn(text: string): z.infer<typeof RefusalBody> {
  return RefusalBody.safeParse(jsonIn(text)).data ?? { error: '', message: '' };
}

/** The DID in an at-URI. */
export function didOf(uri: string): string {
  return uri.slice('at://'.length).split('/', 1)[0] ?? '';
}

/** Milliseconds since the epoch, or undefined. */
export function parseTime(written: string | undefined): number | undefined {
  const at = written === undefined ? Number.NaN : Date.parse(written);
  return Number.isFinite(at) ? at : undefined;
}
