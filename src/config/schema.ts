import { z } from 'zod';
import type { Brakes as BrakesInForce } from '../core/brakes.ts';
import { Duration } from '../core/duration.ts';
import { Secret, type SecretValue } from '../core/secret.ts';
import { Brakes } from './brakes.ts';
import { valueAt } from './path.ts';

/** A platform as the configuration needs it; the registry's entries have this shape. */
export interface ConfigurablePlatform {
  readonly id: string;
  readonly summary: string;
  readonly feed?: z.ZodObject;
  readonly publisher?: z.ZodObject;
  readonly addressesPeople?: boolean;
}

const Name = z
  .string()
  .max(40)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected a name of lower-case letters, digits and hyphens, such as `my-feed`');

const Path = z.string().min(1);

const feedKeys = {
  name: Name.describe(
    'Your name for this feed. The ledger remembers by it how far it was read: do not reuse or change it.',
  ),
  every: Duration.prefault('5m').describe('How often to look for something new.'),
  tag: z
    .boolean()
    .default(false)
    .describe('Everything in this feed stands beside #cablegate: a citation without a year or hashtag counts as well.'),
  expire: Duration.nullable()
    .optional()
    .describe('In the place of `replies.expire` for posts of this feed; `null` answers however old a post is.'),
};

const publisherKeys = {
  name: Name.describe('Your name for this publisher. The ledger knows its replies by it: do not reuse or change it.'),
  brakes: Brakes.optional().describe('In the place of the general `brakes` for this publisher.'),
};

const Links = z.strictObject({
  targets: z
    .array(z.enum(['viewer', 'plusd', 'cablegatesearch', 'cabledrum']))
    .min(1)
    .check(distinct('target'))
    .default(['viewer', 'plusd', 'cablegatesearch', 'cabledrum'])
    .describe(
      'Sites to link to, in this order: a reply carries the first. Paragraphs have links of their own in the viewer only.',
    ),
});

const Replies = z.strictObject({
  expire: Duration.nullable()
    .prefault('7d')
    .describe('A post that is older than this when it is first seen is recorded, not answered; `null`: no limit.'),
  withdrawWithSource: z.boolean().default(true).describe('Take a reply back when the post that it answers is deleted.'),
});

const Retention = z.strictObject({
  texts: Duration.nullable()
    .prefault('365d')
    .describe(
      'Posts and replies are purged this long after they were dealt with; hashes stay, so nothing is answered twice. `null`: never.',
    ),
  rejects: Duration.prefault('30d').describe('What could not be read, of which the newest 10,000 are kept.'),
});

const Ledger = z.strictObject({
  postgres: z
    .strictObject({
      url: Secret.describe('Where its URL stands: postgres://USER:PASSWORD@HOST:PORT/DATABASE.'),
    })
    .optional()
    .describe('A PostgreSQL database of its own (13 or newer), for several processes or hosts.'),
});

const Bell = z.strictObject({
  redis: z
    .strictObject({
      url: Secret.describe('Where its URL stands: redis://:PASSWORD@HOST:PORT.'),
      prefix: z
        .string()
        .regex(/^[A-Za-z0-9_-]{1,40}$/, 'expected letters, digits, _ and -')
        .default('pilcrow')
        .describe('Before the names of its keys, so that several bots may share one Redis.'),
    })
    .optional()
    .describe('A Redis (6.2 or newer, with appendonly) that rings in all processes of a shared ledger.'),
});

const Network = z.strictObject({
  allowPrivate: z
    .array(z.string().regex(/^\S+:\d{1,5}$/, 'expected HOST:PORT, such as 127.0.0.1:8099'))
    .default([])
    .describe('Private addresses that may be fetched all the same, each as HOST:PORT. All others are refused.'),
  userAgent: z
    .string()
    .regex(/^[\x20-\x7e]{1,200}$/, 'expected 1 to 200 printable ASCII characters')
    .default('Pilcrow/0.1 (cable links)')
    .describe('How the bot calls itself. Name a page or address where its operator can be reached.'),
});

const Observe = z.strictObject({
  listen: z
    .string()
    .regex(/^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):\d{1,5}$/, 'expected HOST:PORT, such as 127.0.0.1:9464')
    .refine((address) => Number(address.slice(address.lastIndexOf(':') + 1)) < 65_536, 'a port is at most 65535')
    .nullable()
    .default(null)
    .describe(
      'HOST:PORT on which `run` answers /metrics, /healthz and /readyz; port 0: any free one. `null`: nowhere. There is no password: keep it on a private address.',
    ),
  log: z
    .enum(['text', 'json'])
    .default('text')
    .describe('How `run` and `once` tell what they do: `text` for people, `json` one object a line on standard error.'),
});

/** Schema of `pilcrow.yaml`, with the entries of `feeds` and `publishers` that these platforms have. */
export function configSchema(platforms: readonly ConfigurablePlatform[]) {
  return z
    .strictObject({
      data: Path.default('data').describe(
        'Folder of the bot’s state (ledger, replies, catalogue), relative to this file. The variable PILCROW_DATA goes before it.',
      ),
      ledger: Ledger.prefault({}).describe(
        'Where the bot remembers what it has done. Left out: a file in the data folder, for one process at a time.',
      ),
      bell: Bell.prefault({}).describe(
        'How the processes of a shared ledger wake each other. Left out: each finds its work by looking.',
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
        .describe('Where replies go.'),
      rules: Path.default('rules.yaml').describe('File of the rules, relative to this one.'),
      templates: Path.default('templates').describe('Folder of the reply templates (*.liquid), relative to this file.'),
      corpus: z.array(Path).default([]).describe('Files and folders of cable texts, relative to this file.'),
      catalogue: Path.nullable()
        .optional()
        .describe(
          'List of the cables that exist, as `catalogue import` writes it, relative to this file. Left out: catalogue.bin in the data folder, if there is one; `null`: none.',
        ),
      links: Links.prefault({}).describe('Which sites the replies link to.'),
      replies: Replies.prefault({}).describe('What holds for all replies.'),
      brakes: Brakes.optional().describe(
        'What holds replies back, for each publisher that addresses people. What waits is not lost.',
      ),
      retention: Retention.prefault({}).describe('How long what is read and said is kept.'),
      network: Network.prefault({}).describe('How the bot reaches the network.'),
      observe: Observe.prefault({}).describe('How the bot can be watched: metrics, health, log.'),
    })
    .describe('Configuration of Pilcrow. Paths are relative to the folder of this file.');
}

/** A feed of the configuration; `config` is what its platform's own schema made of the entry. */
export interface FeedEntry {
  readonly name: string;
  readonly platform: string;
  readonly everyMs: number;
  /** Everything in it counts as standing beside #cablegate. */
  readonly tag: boolean;
  /** A post older than this when first seen is not answered; null: no limit. */
  readonly expireMs: number | null;
  readonly config: Readonly<Record<string, unknown>>;
}

export interface PublisherEntry {
  readonly name: string;
  readonly platform: string;
  readonly brakes: BrakesInForce;
  readonly config: Readonly<Record<string, unknown>>;
}

type Parsed = z.output<ReturnType<typeof configSchema>>;

/** The configuration in force. Paths are absolute. */
export interface Config extends Pick<Parsed, 'links' | 'network' | 'observe'> {
  /** As it was named to the loader. */
  readonly file: string;
  readonly configDir: string;
  readonly dataDir: string;
  /** Null: the embedded ledger in the data folder. */
  readonly postgres: { readonly url: SecretValue } | null;
  /** Null: the bell rings in this process alone. */
  readonly redis: { readonly url: SecretValue; readonly prefix: string } | null;
  readonly feeds: readonly FeedEntry[];
  readonly publishers: readonly PublisherEntry[];
  /** `replies.expire`: for posts of feeds that say nothing else. */
  readonly expireMs: number | null;
  /** Take an answer back when the post that it answers is deleted. */
  readonly withdrawWithSource: boolean;
  readonly retention: { readonly textsMs: number | null; readonly rejectsMs: number };
  readonly rules: string;
  readonly templates: string;
  readonly corpus: readonly string[];
  /** Where it stands or would stand: the file need not exist. Null: none is to be used. */
  readonly catalogue: string | null;
}

const afterwards = { name: z.string(), platform: z.string() };

/** What all entries are once their platform's schema has read them; its own keys stand beside. */
const Feeds = z.looseObject({
  ...afterwards,
  every: z.number(),
  tag: z.boolean(),
  expire: z.number().nullable().optional(),
});
const Publishers = z.looseObject({ ...afterwards, brakes: Brakes.optional() });

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
    // The platform's own keys go before the common ones: a file is looked at more often than a web feed.
    return [own.safeExtend({ ...keys, ...own.shape, platform: id }).strict()];
  });
  const [first, ...others] = options;
  return first === undefined ? z.never() : z.discriminatedUnion('platform', [first, ...others]);
}

/** Says where a name stands a second time, beside whatever else is wrong. */
function distinct(what: string, key?: string): z.core.$ZodCheck<readonly unknown[]> {
  return z.superRefine<readonly unknown[]>(
    (items, context) => {
      if (!Array.isArray(items)) return;
      const seen = new Set<unknown>();
      for (const index of items.keys()) {
        const path = key === undefined ? [index] : [index, key];
        const name = valueAt(items, path);
        if (typeof name === 'string' && seen.has(name)) {
          context.addIssue({ code: 'custom', path, message: `another ${what} is named ${name} already` });
        }
        seen.add(name);
      }
    },
    { when: () => true },
  );
}
