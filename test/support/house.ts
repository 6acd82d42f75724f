import type { StateTable } from '../../src/ledger/db/state-table.ts';
import { postStates } from '../../src/ledger/posts/states.ts';
import { replyStates } from '../../src/ledger/replies/states.ts';
import { markdownTable, withBetween } from './markdown.ts';

/** What a room of the project holds, in a phrase, and which other rooms and files it may import. */
interface Room {
  readonly holds: string;
  readonly mayImport: readonly string[];
}

/** The rooms below the composition root. Neighbours do not know each other, but for `net`. */
const nouns = [
  'src/core',
  'src/cables',
  'src/rules',
  'src/words',
  'src/replies',
  'src/net',
  'src/channels',
  'src/platforms',
  'src/ledger',
  'src/queue',
  'src/digest',
  'src/digest/render/index.ts',
  'src/observe',
  'src/config',
  'src/config/read.ts',
  'src/config/schema-files.ts',
];

/** Every room: a folder of `src`, a file that is one by itself, or a folder beside `src`. A room that is not named here may not import it. */
export const rooms: Readonly<Record<string, Room>> = {
  'src/core': {
    holds: 'the nouns: post, citation, cable, reply, verdict, errors, clock; of packages only zod',
    mayImport: [],
  },
  'src/cables': {
    holds: 'all about cables: IDs, finding citations, parsing, paragraphs, links, catalogue, corpus',
    mayImport: ['src/core'],
  },
  'src/rules': {
    holds: 'the rule language: matching, consent, the decision; pure',
    mayImport: ['src/core'],
  },
  'src/words': {
    holds: 'what code says in replies and digests, by language',
    mayImport: ['src/core'],
  },
  'src/replies': {
    holds: 'templates and the text of a reply',
    mayImport: ['src/core', 'src/words'],
  },
  'src/net': {
    holds: '`guardedFetch`, the only way to a URL that a stranger chose; budgets by rate headers',
    mayImport: ['src/core'],
  },
  'src/channels': {
    holds: 'ways to reach the people who look after the bot: webhooks, e-mail',
    mayImport: ['src/core', 'src/net'],
  },
  'src/platforms': {
    holds: '`platform.ts` (the contract), `index.ts` (a line a platform), a folder a platform',
    mayImport: ['src/core', 'src/net'],
  },
  'src/ledger': {
    holds: 'the database that is the truth: contract, tables, queries, SQLite, PostgreSQL',
    mayImport: ['src/core'],
  },
  'src/queue': {
    holds: 'wake-ups that carry a key: in-process, BullMQ',
    mayImport: ['src/core'],
  },
  'src/config': {
    holds: 'YAML and environment to `Config`; the only reader of `process.env`',
    mayImport: ['src/core', 'src/digest/render/index.ts'],
  },
  'src/config/read.ts': {
    holds: 'reads a configuration by the schemas of all platforms',
    mayImport: ['src/config', 'src/platforms'],
  },
  'src/config/schema-files.ts': {
    holds: 'the JSON Schemas of the YAML files, for editors',
    mayImport: ['src/config', 'src/platforms', 'src/rules'],
  },
  'src/observe': {
    holds: 'metrics, the log, health',
    mayImport: ['src/core', 'src/net'],
  },
  'src/digest': {
    holds: 'the daily digest: building, rendering, delivering',
    mayImport: ['src/core', 'src/words', 'src/digest/render/index.ts'],
  },
  'src/digest/render/index.ts': {
    holds: 'the formats of digests, a line each',
    mayImport: ['src/core', 'src/digest'],
  },
  'src/app.ts': {
    holds: 'the composition root: the one place that builds the bot',
    mayImport: [...nouns, 'src/app'],
  },
  'src/app': {
    holds: 'the parts of the composition root: each opens one thing as the configuration says',
    mayImport: nouns,
  },
  'src/operations': {
    holds: 'what people do and see: review, pause, retry, consent, explain, overview, backtest, digests, alerts, setup',
    mayImport: [...nouns, 'src/app.ts', 'src/app'],
  },
  workers: {
    holds: 'the steps of the work, a file each, and `lib` for what they share',
    mayImport: [...nouns, 'src/app.ts', 'src/app', 'src/operations'],
  },
  'src/web': {
    holds: "the operator's page, cable pages, webmentions",
    mayImport: [...nouns, 'src/app.ts', 'src/app', 'src/operations'],
  },
  'src/cli': {
    holds: '`command-table.ts`, `commands`, a file a command, and `lib` for what they share',
    mayImport: [...nouns, 'package.json', 'src/app.ts', 'src/app', 'src/operations', 'src/web', 'workers'],
  },
  'src/cli.ts': {
    holds: 'the program: its commands and exit codes',
    mayImport: ['src/cli', 'src/core'],
  },
};

/** The one home of each dependency. */
export const homes: Record<string, readonly string[]> = {
  zod: ['src/core', 'src/cables', 'src/config', 'src/rules', 'src/platforms', 'src/net', 'src/ledger'],
  kysely: ['src/ledger'],
  pg: ['src/ledger'],
  'node:sqlite': ['src/ledger', 'src/cables/corpus'],
  bullmq: ['src/queue/bullmq.ts'],
  ioredis: ['src/queue'],
  yaml: ['src/config'],
  dotenv: ['src/config'],
  liquidjs: ['src/replies', 'src/platforms/webhook/template.ts'],
  nodemailer: ['src/channels/email.ts'],
  undici: ['src/net'],
  'ipaddr.js': ['src/net'],
  '@atproto/identity': ['src/platforms/bluesky'],
  '@atproto/sync': ['src/platforms/bluesky'],
  ws: ['src/platforms/bluesky', 'src/platforms/nostr'],
  htmlparser2: ['src/platforms', 'src/cables/corpus/formats/plusd.ts', 'src/operations/source-reader.ts'],
  feedsmith: ['src/platforms/rss', 'src/digest/render/feeds.ts', 'src/web/cables/mentions-section.ts'],
  'twitter-api-v2': ['src/platforms/x'],
  'twitter-text': ['src/platforms/x'],
  yauzl: ['src/cables/corpus/sources/archives.ts'],
  'tar-stream': ['src/cables/corpus/sources/archives.ts'],
  'robots-parser': ['src/net/link-probe.ts'],
  'node-cron': ['workers/schedule.ts'],
  commander: ['src/cli', 'src/cli.ts'],
  pino: ['src/observe/log.ts'],
  'prom-client': ['src/observe/metrics.ts'],
  re2js: ['src/rules/forms.ts'],
  'nostr-tools': ['src/platforms/nostr'],
  tldts: ['src/web/trackbacks/receiving.ts'],
  hono: ['src/web'],
  '@hono/node-server': ['src/web'],
  '@bull-board/api': ['src/web/operator/queues.ts'],
  '@bull-board/hono': ['src/web/operator/queues.ts'],
};

/** CONTRIBUTING's text with its table of rooms written anew. Errors: no place for the table. */
export function withRoomTable(text: string): string {
  const start = '<!-- rooms: written by `npm run house`, from test/support/house.ts -->';
  const rows = Object.entries(rooms).map(([name, { holds, mayImport }]) => [`\`${name}\``, holds, inWords(mayImport)]);
  return withBetween(text, start, '<!-- end of rooms -->', markdownTable([['room', 'holds', 'may import'], ...rows]));
}

/** The text of docs/replies.md with the states of replies and posts written anew. */
export function withStates(text: string): string {
  const start =
    '<!-- states: written by `npm run house`, from src/ledger/replies/states.ts and src/ledger/posts/states.ts -->';
  const content = `A reply:\n\n${statesOf(replyStates)}\n\nA post:\n\n${statesOf(postStates)}`;
  return withBetween(text, start, '<!-- end of states -->', content);
}

/** Each state with the ways into its next ones. */
function statesOf(states: StateTable<string, string>): string {
  const width = Math.max(...Object.keys(states).map((state) => state.length));
  const way = (arrow: string, state: string, why = '') => `  ${arrow} ${state.padEnd(width)}  ${why}`;
  const paragraphs = Object.entries(states).map(([state, { means, first, next }]) => {
    const ways = Object.entries(next).map(([to, why]) => way('->', to, why));
    return [`${state}: ${means}`, ...(first === undefined ? [] : [way('  ', 'new', first)]), ...ways].join('\n');
  });
  return ['```', paragraphs.join('\n\n'), '```'].join('\n');
}

function inWords(mayImport: readonly string[]): string {
  const others = mayImport.filter((room) => !nouns.includes(room)).map((room) => room.replace(/^src\//, ''));
  const below = nouns.every((room) => mayImport.includes(room));
  return (below ? ['all above `app.ts`', ...others] : mayImport.map((room) => room.replace(/^src\//, ''))).join(', ');
}
