import { z } from 'zod';
import { storable } from '../../core/storable.ts';

/*
 * The used parts of what servers send. Anything may be missing: compatible servers leave out a lot, and strangers wrote what comes from other
 * servers.
 */

const Text = (max: number) =>
  z
    .string()
    .max(max)
    .transform((text) => storable(text));
const Id = z.string().min(1).max(200);
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

const Named = z.object({ name: Text(1000), value: Text(maxHtml) });

export const Account = z.object({
  id: Id,
  username: Text(300).nullish(),
  acct: Text(600),
  url: Text(2000).nullish(),
  uri: Text(2000).nullish(),
  display_name: Text(2000).nullish(),
  note: Text(maxHtml).nullish(),
  fields: z.array(Named).catch([]).nullish(),
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
  content: Text(maxHtml),
  spoiler_text: Text(maxHtml).nullish(),
  visibility: z.string().nullish(),
  language: Text(50).nullish().catch(undefined),
  in_reply_to_id: z.coerce.string().max(200).nullish(),
  reblog: z.unknown(),
  mentions: z.array(Mention).nullish(),
  tags: z.array(Tag).nullish(),
});
export type Status = z.infer<typeof Status>;

/** Each item is parsed on its own, so that one malformed item does not spoil the others. */
export const List = z.array(z.unknown(), 'sent no list');

export const Context = z.object({
  ancestors: z.array(
    z
      .object({ id: Id, uri: Text(1000) })
      .nullable()
      .catch(null),
  ),
  descendants: List,
});
export type Context = z.infer<typeof Context>;

/** The only field that paging through a timeline needs. */
export const Listed = z.object({ id: Id });

export const Mentioned = z.object({ id: Id, status: z.unknown() });

export const Relationship = z.object({
  blocking: z.boolean().nullish(),
  muting: z.boolean().nullish(),
  blocked_by: z.boolean().nullish(),
});

const Rule = z.object({ text: Text(5000) });
const Statuses = z.object({ max_characters: z.int().nullish(), characters_reserved_per_url: z.int().nullish() });

/** A server's description, version 1 or 2. */
export const Instance = z.object({
  version: z.string(),
  source_url: z.string().nullish(),
  rules: z.array(Rule).nullish().catch([]),
  max_toot_chars: z.int().nullish().catch(undefined),
  urls: z.object({ streaming_api: z.string().nullish() }).nullish().catch(undefined),
  configuration: z
    .object({
      urls: z.object({ streaming: z.string().nullish() }).nullish(),
      statuses: Statuses.nullish(),
    })
    .nullish()
    .catch(undefined),
});
export type Instance = z.infer<typeof Instance>;
