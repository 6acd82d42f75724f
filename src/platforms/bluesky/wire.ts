import { z } from 'zod';
import { jsonIn } from '../shared/parse-json.ts';

/** The parts of the network's JSON that are used. Loose, because strangers write it and fields come and go. */

const Uri = z.string().max(2000);

export const PostUri = z
  .string()
  .regex(/^at:\/\/did:[a-z]+:[A-Za-z0-9._:%-]{1,500}\/app\.bsky\.feed\.post\/[A-Za-z0-9._:~-]{1,512}$/);

export const StrongRef = z.object({ uri: Uri, cid: z.string().max(200) });
export type StrongRef = z.infer<typeof StrongRef>;

/** A list without its malformed entries. */
export const tolerant = <T extends z.ZodType>(entry: T) =>
  z
    .array(z.unknown())
    .max(1000)
    .optional()
    .catch(undefined)
    .transform((entries = []) => entries.map((one) => entry.safeParse(one).data).filter((one) => one !== undefined));

const Feature = z.object({
  uri: Uri.optional().catch(undefined),
  did: z.string().max(600).optional().catch(undefined),
  tag: z.string().max(1000).optional().catch(undefined),
});
const Labels = z.object({ values: tolerant(z.object({ val: z.string().max(128) })) });

/** `app.bsky.feed.post` */
export const PostRecord = z.object({
  text: z.string().max(30_000),
  createdAt: z.string().max(100).optional().catch(undefined),
  langs: tolerant(z.string().max(50)),
  tags: tolerant(z.string().max(1000)),
  facets: tolerant(z.object({ features: tolerant(Feature) })),
  reply: z.object({ root: StrongRef, parent: StrongRef }).optional(),
  embed: z
    .object({ external: z.object({ uri: Uri }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
  labels: Labels.optional().catch(undefined),
});
export type PostRecord = z.infer<typeof PostRecord>;

/** `app.bsky.actor.defs#profileViewBasic` and the views that extend it. */
export const AuthorView = z.object({
  did: z.string().max(600),
  handle: z.string().max(300),
  displayName: z.string().max(1000).optional().catch(undefined),
  createdAt: z.string().optional().catch(undefined),
  labels: tolerant(z.object({ src: z.string(), val: z.string(), neg: z.boolean().optional() })),
  viewer: z
    .object({
      blockedBy: z.boolean().optional(),
      blocking: z.string().optional(),
      followedBy: z.string().optional(),
    })
    .optional()
    .catch(undefined),
});
export type AuthorView = z.infer<typeof AuthorView>;

/** `app.bsky.feed.defs#postView`, and the same fields of `app.bsky.notification.listNotifications`. */
export const PostView = z.object({
  uri: PostUri,
  cid: z.string().max(200),
  author: AuthorView,
  record: z.unknown(),
  indexedAt: z.string().max(100),
  viewer: z.object({ replyDisabled: z.boolean().optional() }).optional().catch(undefined),
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
