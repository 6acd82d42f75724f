import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Asked, commands, pages } from '../../bench/years/asked.ts';
import { holdLedger } from '../../src/app/open-ledger.ts';
import { checkRhythms } from '../../src/app/watch-rhythms.ts';
import { shortId } from '../../src/core/post.ts';
import { utcDay } from '../../src/core/zone.ts';
import { measure } from '../../src/ledger/processes/measures.ts';
import { postRow } from '../../src/ledger/posts/posts.ts';
import { listReplies } from '../../src/ledger/replies/replies.ts';
import { checkAlerts } from '../../src/operations/check-alerts.ts';
import { buildDigest, writeEdition } from '../../src/operations/digests/build-digest.ts';
import { dueWork } from '../../workers/sweep.ts';
import { command } from './command.ts';
import { planOf } from './digests.ts';
import { openClient, openSite, type Site, type SiteOptions } from './web.ts';

/** Tables that grow for years. */
export const grownTables = [
  'posts',
  'mentions',
  'replies',
  'tombstones',
  'short_ids',
  'audit_log',
  'consents',
  'editions',
  'deliveries',
];

/** A statement that reads or changes one of them. */
export const isOfGrownTable = new RegExp(`\\b(?:from|join|into|update)\\s+"?(?:${grownTables.join('|')})\\b`, 'i');

/** Statements that may read a table once, or all rows of a kind, and why; by words of theirs. */
export const mayScan: readonly (readonly [words: string, why: string])[] = [
  ['select distinct "publisher" from "replies" where "due_at" is not null', 'reads open work only'],
  [`select 'purged', '0' where exists`, 'a migration'],
  ['where "payload" like', 'a migration'],
];

/** Beside those of the bench. */
const morePages = [
  '/mentions?q=%40ada&state=decided&reply=sent&range=written+today',
  '/audit?target=all',
  '/trackbacks',
  '/cable/07ASTANA2244',
  '/cable/07ASTANA2244.json',
  '/cable/07ASTANA2244/mentions.atom',
];

const withAll = {
  replace: ['log\n    platform: log', 'log\n    platform: log\n    limits: { perDay: 100 }'],
  web: '  cables: public\n',
} as const;

/** Something that the bot does, a page or a command. */
export type Question = readonly [name: string, ask: () => Promise<unknown>];

/** A bot that all can be asked of. */
export async function openAsked({ before = '', ledger }: Pick<SiteOptions, 'before' | 'ledger'> = {}): Promise<Site> {
  const digests = 'digests: [{ name: daily, timezone: UTC }]\n';
  const site = await openSite({ ...withAll, before: `${digests}${before}`, ...(ledger !== undefined && { ledger }) });
  await makeEdition(site.app);
  return site;
}

/** Of today, which the bot makes tomorrow. */
async function makeEdition({ ledger, config, cables }: Site['app']): Promise<void> {
  const now = await ledger.now();
  const sources = { db: ledger.db, config, corpus: cables.corpus };
  const built = await buildDigest(sources, planOf({ timezone: 'UTC' }), utcDay(now), now, { corrects: false });
  await ledger.transact((tx) => writeEdition(tx, built, { targets: [], now }));
}

/** What the bot does each minute, each page, and each command that looks at the ledger, but those that read all by purpose. `env`: of the commands. */
export function questionsTo(site: Site, env: NodeJS.ProcessEnv = {}): Question[] {
  const { app, dir } = site;
  const { config, ledger } = app;
  const feeds = config.feeds.map(({ name }) => name);
  const client = openClient(site);
  const key = 'file:1';
  const of = (text: string) =>
    text
      .replace('KEY', key)
      .replace('SHORT', shortId(key))
      .replace('URL', 'https://site.example/1')
      .replaceAll('DATE', utcDay(Date.now()));
  const page = async (path: string) => {
    const { status } = await client.get(of(path));
    if (status !== 200) throw new Error(`${path}: ${status}`);
  };
  const paths = [...lookingAtAPart(pages).map(({ name }) => name), ...morePages];
  return [
    ['rhythms', async () => await checkRhythms({ ledger, feeds, emit: () => {} })],
    ['metrics', async () => await measure(ledger.db, feeds, await ledger.now())],
    ['alerts', async () => await checkAlerts(app)],
    ['due work', async () => await dueWork(app)],
    ['a post, answered', async () => await answerOne(site)],
    ...paths.map((path) => [path, async () => await page(path)] as const),
    ...lookingAtAPart(commands).map(
      ({ name, asks }) =>
        [name, () => command([...asks.map(of), '--config', join(dir, 'pilcrow.yaml')], { env })] as const,
    ),
    ['replies list, of a state', async () => await listReplies(ledger.db, ['sent'], 50)],
  ];
}

function lookingAtAPart(all: readonly Asked[]): readonly Asked[] {
  return all.filter(({ readsAll }) => readsAll !== true);
}

async function answerOne({ app, dir, work }: Site): Promise<void> {
  appendFileSync(join(dir, 'posts.jsonl'), `${JSON.stringify({ id: 'another', text: '#07ASTANA2244 ¶4' })}\n`);
  // The feed is due each second.
  while ((await postRow(app.ledger.db, 'file:another'))?.state !== 'decided') await work();
}

/** Has a bot do all that it does from its start to its end, each hour and each minute, and asks everything. `before`: more of the configuration. */
export async function askEverything(before = '', env: NodeJS.ProcessEnv = {}): Promise<Site> {
  const site = await openAsked({ before });
  (await holdLedger(site.app.config, () => {}))[Symbol.dispose]();
  for (const [, ask] of questionsTo(site, env)) await ask();
  return site;
}
