import { z } from 'zod';
import { hourMs } from '../../core/durations.ts';
import { storable } from '../../core/storable.ts';
import { defaults } from './config.ts';

/*
 * The used parts of what servers send. Any field may be missing, null or of another type: compatible servers leave out a lot, and strangers
 * wrote what comes from other servers. An odd field costs that field, never the post (test/data/mastodon-statuses.json has shapes by server).
 */

const cut = (max: number) => (text: string) => storable(text.slice(0, max));
const Text = (max: number) => z.string().transform(cut(max));
/** Some servers number their posts. */
const Id = z.union([z.string().min(1).max(200), z.int().transform(String)]);
/** Undefined for an odd value. */
const perhaps = <T extends z.ZodType>(field: T) =>
  field
    .nullish()
    .catch(undefined)
    .transform((value) => value ?? undefined);
/** Without its odd entries; empty for an odd value. */
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(perhaps(item))
    .catch([])
    .transform((found) => found.filter((one) => one !== undefined));
/** Milliseconds since the Unix epoch. */
const Time = z
  .string()
  .max(60)
  .transform((written) => Date.parse(written))
  .refine((time) => !Number.isNaN(time), 'is no time');
/** Never cut off: posts and people are identified by it. */
const Uri = z.string().min(1).max(2000).transform(storable);
const maxHtml = 2_000_000;

export const Account = z.object({
  id: perhaps(Id),
  username: perhaps(Text(300)),
  acct: perhaps(Text(600)),
  url: perhaps(Uri),
  uri: perhaps(Uri),
  display_name: perhaps(Text(2000)),
  note: perhaps(Text(maxHtml)),
  fields: listOf(z.object({ name: perhaps(Text(1000)), value: perhaps(Text(maxHtml)) })),
  bot: perhaps(z.boolean()),
  created_at: perhaps(Time),
});
export type Account = z.infer<typeof Account>;

/** The token's own account. */
export const OwnAccount = Account.extend({ id: Id, acct: Text(600) });
export type OwnAccount = z.infer<typeof OwnAccount>;

const Mention = z.object({ url: perhaps(Uri) });
/** Some servers list the names alone. */
const Tag = z.union([
  Text(300).transform((name) => ({ name, url: undefined })),
  z.object({ name: Text(300), url: perhaps(Uri) }),
]);

const Quoted = z.object({ uri: perhaps(Uri), url: perhaps(Uri) });
/** Mastodon wraps the quoted post, or says only its id; Akkoma and others send it bare. */
const Quote = z.object({ ...Quoted.shape, quoted_status: perhaps(Quoted), quoted_status_id: perhaps(Id) });

/** https://docs.gotosocial.org/en/latest/federation/interaction_policy/ */
const Permitted = perhaps(z.array(z.string()));
const InteractionPolicy = z.object({
  can_reply: perhaps(z.object({ always: Permitted, automatic_approval: Permitted })),
});

export const Status = z
  .object({
    id: perhaps(Id),
    uri: perhaps(Uri),
    url: perhaps(Uri),
    account: Account.catch(Account.parse({ fields: [] })),
    created_at: perhaps(Time),
    edited_at: perhaps(Time),
    content: perhaps(Text(maxHtml)),
    spoiler_text: perhaps(Text(maxHtml)),
    visibility: perhaps(z.string()),
    language: perhaps(Text(50)),
    in_reply_to_id: perhaps(Id),
    reblog: z.unknown().optional(),
    mentions: listOf(Mention),
    tags: listOf(Tag),
    media_attachments: listOf(z.object({ description: perhaps(Text(20_000)) })),
    poll: perhaps(z.object({ options: listOf(z.object({ title: Text(1000) })) })),
    card: perhaps(z.object({ url: Uri })),
    quote: perhaps(Quote),
    interaction_policy: perhaps(InteractionPolicy),
  })
  .transform((status, context) => {
    const uri = status.uri ?? status.url;
    if (uri !== undefined) return { ...status, uri, hasUri: status.uri !== undefined };
    context.addIssue('has neither uri nor url');
    return z.NEVER;
  });
/** `uri`: its URL, where the server says no URI (`hasUri` is false). */
export type Status = z.infer<typeof Status>;
/** With its id, by which the server takes replies and deletions. */
export type IdentifiedStatus = Status & { readonly id: string };

/** The fields by which one of the bot's own posts is recognized: if one of them cannot be read, the post may be any of them. */
export const OwnStatus = z.object({
  id: Id,
  uri: Uri,
  url: perhaps(Uri),
  account: z.object({ id: Id }),
  created_at: Time,
  content: Text(maxHtml),
  in_reply_to_id: Id.nullish(),
  mentions: listOf(Mention),
});
export type OwnStatus = z.infer<typeof OwnStatus>;

/** Each item is parsed on its own, so that one malformed item does not spoil the others. */
export const List = z.array(z.unknown(), 'sent no list');

export const Context = z.object({
  ancestors: List,
  descendants: List,
});
export type Context = z.infer<typeof Context>;

/** What paging through a list needs: an item of a timeline is a status, a notification has one. */
export const Listed = z.object({ id: Id, type: perhaps(z.string()), status: z.unknown().optional() });

export const Relationship = z.object({
  blocking: z.boolean().nullish(),
  muting: z.boolean().nullish(),
  blocked_by: z.boolean().nullish(),
});

const maximum = z.int().nullish();
const Access = z.object({ local: perhaps(z.string()), remote: perhaps(z.string()) });

/** A server's description, version 1 or 2. */
export const Instance = z
  .object({
    version: z.string(),
    source_url: z.string().nullish(),
    rules: z
      .array(z.object({ text: Text(5000) }))
      .nullish()
      .catch([]),
    max_toot_chars: maximum.catch(undefined),
    urls: z.object({ streaming_api: z.string().nullish() }).nullish().catch(undefined),
    configuration: z
      .object({
        urls: z.object({ streaming: z.string().nullish() }).nullish(),
        statuses: z.object({ max_characters: maximum, characters_reserved_per_url: maximum }).nullish(),
        timelines_access: perhaps(z.object({ hashtag_feeds: perhaps(Access) })),
      })
      .nullish()
      .catch(undefined),
  })
  .transform(({ version, source_url: source, configuration, max_toot_chars: maxTootChars, urls, rules }) => {
    // Compatible servers say so in their version (`4.2.0 (compatible; Pleroma 2.5)`) or in the URL of their source.
    const isMastodon = /^\d+\.\d+\.\d+[\w.+-]*$/.test(version) && /\/mastodon\/?$/.test(source ?? '');
    const { max_characters: maxCharacters, characters_reserved_per_url: urlLength } = configuration?.statuses ?? {};
    return {
      /** How many hashtags one request may name: other servers have been seen to ignore all but the first. */
      tagsPerRequest: isMastodon ? 4 : 1,
      /** Of the notifications to read; other servers may refuse a type that they do not know. Mastodon has quotes since 4.5. */
      notificationTypes:
        isMastodon && /^(?:4\.(?:[5-9]|\d\d)|[5-9]|\d\d)/.test(version) ? ['mention', 'quote'] : ['mention'],
      /** Access to timelines of hashtags: `public`, `authenticated`, `disabled`. Undefined: it does not say. */
      hashtagAccess: configuration?.timelines_access?.hashtag_feeds,
      maxCharacters: positive(maxCharacters ?? maxTootChars) ?? defaults.maxCharacters,
      /** What each URL counts, in characters. */
      urlLength: positive(urlLength) ?? defaults.urlLength,
      /** How long the server keeps idempotency keys, in milliseconds; undefined: unknown. */
      keepsKeysMs: isMastodon ? hourMs : undefined,
      /** URL of its streams (ws or wss); undefined: it names none. */
      streaming: webSocketUrl(configuration?.urls?.streaming ?? urls?.streaming_api),
      rules: (rules ?? []).map(({ text }) => text.replaceAll(/\s+/g, ' ').trim()).filter((rule) => rule !== ''),
    };
  });
export type Instance = z.infer<typeof Instance>;

function positive(number: number | null | undefined): number | undefined {
  return number && number > 0 ? number : undefined;
}

function webSocketUrl(written: string | null | undefined): string | undefined {
  const url = URL.parse(written ?? '');
  return url?.protocol === 'wss:' || url?.protocol === 'ws:' ? url.href : undefined;
}
