import { z } from 'zod';
import type { Limits as LimitsInForce } from '../core/limits.ts';
import { Duration } from '../core/durations.ts';
import { Excerpts } from '../core/reply.ts';
import { distinct, nameSuchAs } from '../core/text/names.ts';
import { type ConsentPolicy, modesWithin, ReplyMode } from '../core/verdict.ts';
import { Limits } from './sections/limit-section.ts';
import { DigestEntry } from './sections/digest-section.ts';
import type { ConfigKey, LedgerConfig } from './ledger-config.ts';
import {
  Alerts,
  CableTexts,
  CatalogueFile,
  Channel,
  DataFolder,
  ImportedTexts,
  Ledger,
  Links,
  Network,
  Observe,
  Queue,
  Replies,
  Retention,
  RulesFile,
  TemplateFolder,
} from './sections/sections.ts';
import { Web } from './sections/web-section.ts';

/** A platform as the configuration needs it; the registry's entries have this shape. */
export interface ConfigurablePlatform {
  readonly id: string;
  readonly summary: string;
  readonly feed?: z.ZodObject;
  readonly publisher?: z.ZodObject;
  readonly consent: Pick<ConsentPolicy, 'permits'>;
  readonly addressesPeople: boolean;
  /** How long texts may be kept. */
  readonly textRetentionMs?: number;
  readonly excerpts?: Excerpts;
}

const Name = nameSuchAs('my-feed');

const feedKeys = {
  name: Name.describe(
    'Your name for this feed. The ledger remembers by it how far it was read: do not reuse or change it.',
  ),
  every: Duration.prefault('5m').describe('How often to look for something new.'),
  onTopic: z
    .boolean()
    .default(false)
    .describe(
      'Posts of this feed are about cables, as if each had the hashtag #cablegate: a citation without a year or hashtag counts as well.',
    ),
  maxAge: Duration.nullable()
    .optional()
    .describe('Overrides `replies.maxAge` for posts of this feed; `null`: no limit.'),
  publisher: Name.optional().describe(
    'The publisher that answers posts of this feed. Left out: that of their platform.',
  ),
};

const publisherKeys = {
  name: Name.describe('Your name for this publisher. The ledger knows its replies by it: do not reuse or change it.'),
  limits: Limits.optional().describe('Overrides the general `limits` for this publisher.'),
  excerpts: Excerpts.optional().describe(
    'Overrides `replies.excerpts` for this publisher: which paragraphs its replies quote.',
  ),
  repeatWhenAbsent: z
    .boolean()
    .default(false)
    .describe(
      'A reply of unknown outcome is sent again after five lookups in about 20 minutes that each read all and did not find it. It may then appear twice, where the platform shows it later than that.',
    ),
};

/** Keys of a publisher that addresses people: its mode, within what the platform permits. */
function modeKeys({ consent }: ConfigurablePlatform) {
  const modes = modesWithin(consent);
  const confirm = Name.optional().describe(
    'The name of this publisher again: `mode: open` needs it as a confirmation.',
  );
  return {
    mode: z
      .enum(modes)
      .default('dry-run')
      .describe(
        'Whom it may answer. dry-run: nobody, the log has the answers. summoned: who addressed the bot. opted-in: who agreed as well. own-timeline: nobody by name, in posts of its own. open: anybody. More than the platform permits cannot be set.',
      ),
    ...(modes.includes('open') && { confirmOpen: confirm }),
  };
}

/** Schema of `pilcrow.yaml`, with the entries of `feeds` and `publishers` that these platforms have. */
export function configSchema(platforms: readonly ConfigurablePlatform[]) {
  return z
    .strictObject({
      data: DataFolder,
      ledger: Ledger.prefault({}).describe(
        'Where the bot remembers what it has done. Left out: a file in the data folder, for one process at a time.',
      ),
      queue: Queue.prefault({}).describe(
        'How the processes of a shared ledger wake each other. Left out: each finds its work by polling.',
      ),
      feeds: z
        .array(entryOf(platforms, 'feed', feedKeys).pipe(Feeds))
        .check(distinct('feed', 'name'))
        .default([])
        .describe('Where posts come from.'),
      publishers: z
        .array(entryOf(platforms, 'publisher', publisherKeys).pipe(Publishers))
        .check(distinct('publisher', 'name'))
        .default([])
        .describe(
          'Where replies go. A `log` that is not listed is there all the same, for those that go nowhere else.',
        ),
      channels: z
        .array(Channel)
        .check(distinct('channel', 'name'))
        .default([])
        .describe('Ways to reach people who look after the bot: rules with `action: notify` name them.'),
      digests: z
        .array(DigestEntry)
        .check(distinct('digest', 'name'))
        .default([])
        .describe('Daily or weekly digests of what was cited: one edition for each day or week that is over.'),
      alerts: Alerts.prefault({}).describe('Messages to people when something needs a person.'),
      rules: RulesFile,
      templates: TemplateFolder,
      corpus: CableTexts,
      imported: ImportedTexts,
      catalogue: CatalogueFile,
      links: Links.prefault({}).describe('Which sites the replies link to, and whether their pages are still there.'),
      replies: Replies.prefault({}).describe('What holds for all replies.'),
      limits: Limits.optional().describe(
        'What holds replies back, for each publisher that addresses people. What waits is not lost.',
      ),
      retention: Retention.prefault({}).describe('How long posts and replies are kept.'),
      network: Network.prefault({}).describe('How the bot reaches the network.'),
      observe: Observe.prefault({}).describe('How the bot can be watched: metrics, health, log.'),
      web: Web.prefault({}).describe('The operator’s page and the cable pages.'),
    } satisfies Record<ConfigKey, z.ZodType>)
    .describe('Configuration of Pilcrow. Paths are relative to the folder of this file.');
}

/** A feed of the configuration; `config` is what its platform's own schema made of the entry. */
export interface FeedEntry {
  readonly name: string;
  readonly platform: string;
  readonly everyMs: number;
  /** Posts count as if they had the hashtag #cablegate. */
  readonly onTopic: boolean;
  /** A post older than this when first seen is not answered; null: no limit. */
  readonly maxAgeMs: number | null;
  /** Name of the publisher that answers its posts; undefined: that of their platform. */
  readonly publisher: string | undefined;
  readonly config: Readonly<Record<string, unknown>>;
}

export interface PublisherEntry {
  readonly name: string;
  readonly platform: string;
  readonly limits: LimitsInForce;
  /** `dry-run` where it addresses nobody. */
  readonly mode: ReplyMode;
  readonly excerpts: Excerpts;
  readonly repeatWhenAbsent: boolean;
  readonly config: Readonly<Record<string, unknown>>;
}

/** A digest of the configuration. `folder` is absolute; null: no files are written. */
export interface DigestPlan extends Omit<z.output<typeof DigestEntry>, 'time' | 'folder'> {
  /** Minutes after midnight at which the edition of the period before is made. */
  readonly at: number;
  readonly folder: string | null;
}

export type Parsed = z.output<ReturnType<typeof configSchema>>;

/** The configuration in force: what its schema yields, with absolute paths, and entries that keep their platform's own keys apart. */
export interface Config extends LedgerConfig, Omit<Parsed, ChangedKey> {
  readonly feeds: readonly FeedEntry[];
  readonly publishers: readonly PublisherEntry[];
  readonly digests: readonly DigestPlan[];
  readonly retention: Parsed['retention'] & {
    /** Platforms whose texts are purged sooner, because they ask for it. */
    readonly shortLived: readonly { readonly platform: string; readonly textsMs: number }[];
  };
  readonly rules: string;
  readonly templates: string;
  readonly corpus: readonly string[];
  /** These files need not exist. Null: use none. */
  readonly imported: string | null;
  readonly catalogue: string | null;
}

type ChangedKey =
  | keyof LedgerConfig
  | 'data'
  | 'feeds'
  | 'digests'
  | 'limits'
  | 'retention'
  | 'rules'
  | 'templates'
  | 'corpus'
  | 'imported'
  | 'catalogue';

const afterwards = { name: z.string(), platform: z.string() };

/** Entries after their platform's schema has parsed them; the platform's own keys are kept beside these. */
const Feeds = z.looseObject({
  ...afterwards,
  every: z.number(),
  onTopic: z.boolean(),
  maxAge: z.number().nullable().optional(),
  publisher: z.string().optional(),
});
const Publishers = z.looseObject({
  ...afterwards,
  // Parsed already: its durations are numbers now, so the schema would refuse them.
  limits: z.custom<Limits>().optional(),
  mode: ReplyMode.default('dry-run'),
  confirmOpen: z.string().optional(),
  excerpts: Excerpts.optional(),
  repeatWhenAbsent: z.boolean(),
});

/** An entry by the schema of the platform that it names. */
function entryOf(
  platforms: readonly ConfigurablePlatform[],
  side: 'feed' | 'publisher',
  keys: z.ZodRawShape,
): z.ZodType {
  const options = platforms.flatMap((platform) => {
    const own = platform[side];
    if (own === undefined) return [];
    const id = z.literal(platform.id).describe(platform.summary);
    // The platform's own keys override the common ones: a file is polled more often than a web feed.
    const modes = side === 'publisher' && platform.addressesPeople ? modeKeys(platform) : {};
    return [own.safeExtend({ ...keys, ...modes, ...own.shape, platform: id }).strict()];
  });
  const [first, ...others] = options;
  return first === undefined ? z.never() : z.discriminatedUnion('platform', [first, ...others]);
}
