import { z } from 'zod';
import { hourMs } from '../../core/durations.ts';
import { storable } from '../../core/storable.ts';
import { defaults } from './config.ts';

/*
 * The used parts of what servers send. Anything may be missing: compatible servers leave out a lot, and strangers wrote what comes from other
 * servers.
 */

const Text = (max: number) => z.string().max(max).transform(storable);
/** Some servers number their posts. */
const Id = z.union([z.string().min(1).max(200), z.int().transform(String)]);
/** One odd entry costs no more than itself. */
const listOf = <T>(item: z.ZodType<T>) =>
  z.array(item.nullable().catch(null)).transform((found) => found.filter((one) => one !== null));
/** Milliseconds since the Unix epoch. */
const Time = z
  .string()
  .max(60)
  .transform((written, context) => {
    const time = Date.parse(written);
    if (Number.isNaN(time)) context.addIssue('is no time');
    return time;
  });
const maxHtml = 2_000_000;

export const Account = z.object({
  id: Id,
  username: Text(300).nullish(),
  acct: Text(600),
  url: Text(2000).nullish(),
  uri: Text(2000).nullish(),
  display_name: Text(2000).nullish(),
  note: Text(maxHtml).nullish(),
  fields: z
    .array(z.object({ name: Text(1000), value: Text(maxHtml) }))
    .catch([])
    .nullish(),
  bot: z.boolean().nullish(),
  created_at: Time.nullish().catch(undefined),
});
export type Account = z.infer<typeof Account>;

const Mention = z.object({ url: Text(2000).nullish() });
const Tag = z.object({ name: Text(300), url: Text(2000).nullish().catch(undefined) });

export const Status = z.object({
  id: Id,
  uri: Text(1000).refine((uri) => uri !== '', 'is empty'),
  url: Text(2000).nullish(),
  account: Account,
  created_at: Time,
  edited_at: Time.nullish().catch(undefined),
  content: Text(maxHtml)
    .nullish()
    .transform((content) => content ?? ''),
  spoiler_text: Text(maxHtml).nullish(),
  visibility: z.string().nullish(),
  language: Text(50).nullish().catch(undefined),
  in_reply_to_id: z.coerce.string().max(200).nullish(),
  reblog: z.unknown().optional(),
  mentions: listOf(Mention).nullish(),
  tags: listOf(Tag).nullish(),
});
export type Status = z.infer<typeof Status>;

/** Each item is parsed on its own, so that one malformed item does not spoil the others. */
export const List = z.array(z.unknown(), 'sent no list');

const Ancestor = z.object({ id: Id, uri: Text(1000) });

export const Context = z.object({
  ancestors: z.array(Ancestor.nullable().catch(null)),
  descendants: List,
});
export type Context = z.infer<typeof Context>;

/** What paging through a list needs: an item of a timeline is a status, a notification has one. */
export const Listed = z.object({ id: Id, status: z.unknown().optional() });

export const Relationship = z.object({
  blocking: z.boolean().nullish(),
  muting: z.boolean().nullish(),
  blocked_by: z.boolean().nullish(),
});

const maximum = z.int().nullish();

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
