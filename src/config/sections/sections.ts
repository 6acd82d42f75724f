import { z } from 'zod';
import { Duration, TimeOfDay } from '../../core/durations.ts';
import { Excerpts } from '../../core/reply.ts';
import { Secret } from '../../core/secret.ts';
import { languages } from '../../core/text/languages.ts';
import { distinct, nameSuchAs } from '../../core/text/names.ts';
import { Timezone } from '../../core/zone.ts';

const Path = z.string().min(1);

export const DataFolder = Path.optional().describe(
  'Folder of the bot’s state (ledger, replies, corpus, catalogue), relative to this file. Left out: data beside this file. `PILCROW_DATA` takes precedence.',
);

export const RulesFile = Path.optional().describe(
  'File of the rules, relative to this one. Left out: rules.yaml beside this file, if there is one, or the rules that come with Pilcrow.',
);

export const TemplateFolder = Path.optional().describe(
  'Folder of the reply templates (*.liquid), relative to this file. Left out: templates beside this file, if there is one, or those that come with Pilcrow.',
);

export const CableTexts = z
  .array(Path)
  .optional()
  .describe(
    'Files and folders of cable texts, relative to this file. Left out: the one cable that comes with Pilcrow, 07ASTANA2244.',
  );

export const ImportedTexts = Path.nullable()
  .optional()
  .describe(
    'Cable texts as `corpus import` writes them, relative to this file. Left out: corpus.db in the data folder, if there is one; `null`: none.',
  );

export const CatalogueFile = Path.nullable()
  .optional()
  .describe(
    'List of the cables that exist, as `catalogue import` writes it, relative to this file. Left out: catalogue.bin in the data folder, if there is one; `null`: none.',
  );

/** HOST:PORT to listen on. */
export function addressSuchAs(example: string) {
  return z
    .string({ error: `expected HOST:PORT, such as ${example}` })
    .regex(/^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):\d{1,5}$/, `expected HOST:PORT, such as ${example}`)
    .refine((address) => Number(address.slice(address.lastIndexOf(':') + 1)) < 65_536, 'a port is at most 65535');
}

const LanguageCode = z
  .string()
  .regex(/^[a-z]{2,3}$/, 'expected the code of a language, such as `de`, without a region');

export const Replies = z.strictObject({
  maxAge: Duration.nullable()
    .prefault('7d')
    .describe('A post that is older than this when it is first seen is recorded, not answered; `null`: no limit.'),
  giveUpAfter: Duration.nullable()
    .prefault('3d')
    .describe('A planned reply that could not be sent for this long is abandoned; `null`: it waits however long.'),
  excerpts: Excerpts.default('confidential').describe(
    'Replies quote the first sentence of a cited paragraph up to this classification, by the higher marking of cable and paragraph; `all`: secret and unknown ones too. Publishers on X quote only with an `excerpts` of their own.',
  ),
  whenNothingFound: z
    .enum(['never', 'once'])
    .default('never')
    .describe(
      'A post that addresses the bot, where neither it nor the posts above name a cable: `never` says nothing; `once` says so, once per author and day, and not below the bot’s own answers.',
    ),
  languages: z
    .tuple([LanguageCode], LanguageCode)
    .default([...languages])
    .describe(
      'Languages of replies, such as `[de, en]`. A post is answered in its own if it is among them, otherwise in the first.',
    ),
  withdrawWithSource: z.boolean().default(true).describe('Delete a reply when the post that it answers is deleted.'),
});

export const Retention = z.strictObject({
  texts: Duration.nullable()
    .prefault('365d')
    .describe(
      'Posts and replies are purged this long after the work on them ended; hashes stay, so nothing is answered twice. `null`: never.',
    ),
  limitedTexts: Duration.prefault('30d').describe(
    'Texts and names of direct and followers-only posts are purged this long after the work on them ended.',
  ),
  rejects: Duration.prefault('30d').describe(
    'How long input that could not be read is kept; at most the newest 10,000.',
  ),
});

export const Ledger = z.strictObject({
  postgres: z
    .strictObject({
      url: Secret.describe('Variable or file with its URL: postgres://USER:PASSWORD@HOST:PORT/DATABASE.'),
    })
    .optional()
    .describe('A PostgreSQL database of its own (13 or newer), for several processes or hosts.'),
});

export const Queue = z.strictObject({
  redis: z
    .strictObject({
      url: Secret.describe('Variable or file with its URL: redis://:PASSWORD@HOST:PORT.'),
      prefix: z
        .string()
        .regex(/^[A-Za-z0-9_-]{1,40}$/, 'expected letters, digits, _ and -')
        .default('pilcrow')
        .describe('Prefix of its keys, so that several bots may share one Redis.'),
    })
    .optional()
    .describe(
      'A Redis (6.2 or newer, with appendonly) that carries wake-ups between the processes of a shared ledger.',
    ),
});

export const Network = z.strictObject({
  allowPrivate: z
    .array(z.string().regex(/^\S+:\d{1,5}$/, 'expected HOST:PORT, such as 127.0.0.1:8099'))
    .default([])
    .describe('Private addresses that may be fetched all the same, each as HOST:PORT. All others are refused.'),
  userAgent: z
    .string()
    .regex(/^[\x20-\x7e]{1,200}$/, 'expected 1 to 200 printable ASCII characters')
    .default('Pilcrow/0.1 (cable links)')
    .describe('User-Agent of the bot. Name a page or address where its operator can be reached.'),
});

export const Observe = z.strictObject({
  listen: addressSuchAs('127.0.0.1:9464')
    .nullable()
    .default(null)
    .describe(
      'HOST:PORT on which `run` answers /metrics, /healthz and /readyz; port 0: any free one. `null`: off. There is no password: keep it on a private address.',
    ),
  hosts: z
    .array(z.hostname())
    .default([])
    .describe(
      'Host names with a dot by which scrapers call it. Addresses and names like `localhost` or `bot` need none.',
    ),
  log: z
    .enum(['text', 'json'])
    .default('text')
    .describe('Log of `run` and `once`: `text` for people, `json` one object a line on standard error.'),
});

/** Schema of `alerts`. */
export const Alerts = z.strictObject({
  to: z.array(z.string().min(1)).default([]).describe('Channels that get alerts, by their names. Empty: no alerts.'),
  quiet: z
    .strictObject({
      from: TimeOfDay.prefault('22:00').describe('From this time of the day on.'),
      to: TimeOfDay.prefault('07:00').describe('Up to this time, of the next day where it is not after `from`.'),
      timezone: Timezone.default('UTC').describe('Time zone of the times.'),
    })
    .refine(({ from, to }) => from !== to, 'expected `from` and `to` to differ: no alert would ever be sent')
    .nullable()
    .default(null)
    .describe('Quiet hours: alerts wait until they are over. `null`: none.'),
  groupFor: Duration.prefault('10m').describe(
    'Alerts within this time of the first are sent together, in one message per channel.',
  ),
  failingFor: Duration.prefault('15m').describe('A feed that cannot be read for this long is an alert.'),
  heldFor: Duration.prefault('1h').describe('A held reply that has waited this long for a person is an alert.'),
});

const ChannelName = nameSuchAs('on-call').describe('Your name for this channel; rules with `action: notify` name it.');

const Address = z.string().regex(/^[^\s@]+@[^\s@]+$|^[^<>\n]*<[^\s@]+@[^\s@]+>$/, 'expected an e-mail address');

/** Schema of an entry under `channels`. */
export const Channel = z.discriminatedUnion('type', [
  z.strictObject({
    name: ChannelName,
    type: z.literal('webhook').describe('A JSON object is posted to an address.'),
    url: Secret.describe(
      'Variable or file with its address. A private address also needs an entry in `network.allowPrivate`.',
    ),
    secret: Secret.optional().describe(
      'Signs what is sent, with its id and time, as Standard Webhooks has it: `whsec_` and 24 to 64 bytes in base64.',
    ),
  }),
  z.strictObject({
    name: ChannelName,
    type: z.literal('email').describe('E-mail through your own server.'),
    to: z.array(Address).min(1).max(20).describe('Recipients.'),
    from: Address.describe('Sender.'),
    smtp: Secret.describe('Variable or file with the URL of the server: smtps://USER:PASSWORD@HOST:465.'),
  }),
]);
export type Channel = z.output<typeof Channel>;

const Check = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe('Check that the pages that replies link to still exist. Off: no requests to any site.'),
  every: Duration.prefault('30d').describe('How often a page is checked, plus or minus 10 %.'),
  perHost: Duration.refine((ms) => ms >= 1000, 'at least 1s between two requests to a site')
    .prefault('10s')
    .describe(
      'Time between two requests to a site, for all its pages together. A longer crawl delay in its robots.txt takes precedence.',
    ),
  confirm: Duration.prefault('1h').describe('A missing page is checked again after this, before it counts as gone.'),
  deadAfter: z
    .strictObject({
      failures: z.int().min(2).max(100).default(5).describe('This many failures in a row …'),
      over: Duration.prefault('3d').describe('… over at least this time.'),
    })
    .prefault({})
    .describe('When a page counts as gone although its site does not answer, or answers only 5xx.'),
});

/** Schema of `links`. */
export const Links = z.strictObject({
  targets: z
    .array(z.enum(['viewer', 'plusd', 'cablegatesearch', 'cabledrum', 'own']))
    .min(1)
    .check(distinct('target'))
    .default(['viewer', 'plusd', 'cablegatesearch', 'cabledrum'])
    .describe(
      'Sites to link to, in this order: a reply carries the first whose page is not known to be gone. Links to paragraphs land on the bot’s own cable pages (`own`: set `web.cables: public` and `web.publicUrl`), in the viewer by its anchors or by words, and elsewhere by words: see `fragments`.',
    ),
  fragments: z
    .enum(['where-needed', 'always', 'never'])
    .default('where-needed')
    .describe(
      'Which links to paragraphs end in words of theirs (`#:~:text=`), to which browsers scroll: those without an anchor, all, or none. An old browser opens the page at its top.',
    ),
  check: Check.prefault({}).describe('Checks that the pages still exist. Off by default.'),
  archive: z
    .string()
    .regex(/^https?:\/\/[^\s{}]+\{url\}[^\s{}]*$/, 'expected an address with {url} in it')
    .nullable()
    .default('https://web.archive.org/web/2011/{url}')
    .describe(
      'Web archive to link to when the pages of all targets are gone; `{url}` stands for the address of the page. `null`: none.',
    ),
  fetchMissing: z
    .boolean()
    .default(false)
    .describe(
      'Fetch the viewer’s page of a cited cable whose text is not in the corpus, as politely as checks do: the next post about it gets exact paragraphs.',
    ),
  keepPages: Duration.prefault('365d').describe('How long fetched pages are kept, from when they were fetched.'),
});
export type Links = z.output<typeof Links>;
