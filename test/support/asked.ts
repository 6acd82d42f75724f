import { holdLedger, readLedger } from '../../src/app/open-ledger.ts';
import { checkRhythms } from '../../src/app/watch-rhythms.ts';
import { ledgerChecks } from '../../src/cli/lib/ledger-checks.ts';
import { ReplyState } from '../../src/core/reply.ts';
import { editions } from '../../src/ledger/digests/editions.ts';
import { auditLog } from '../../src/ledger/operators/audit-log.ts';
import { measure } from '../../src/ledger/processes/measures.ts';
import { listReplies } from '../../src/ledger/replies/replies.ts';
import { checkAlerts } from '../../src/operations/check-alerts.ts';
import { explainStored } from '../../src/operations/explain/explain-post.ts';
import { openClient, openSite, type Site } from './web.ts';

/** Tables that grow for years. */
export const grownTables = ['posts', 'mentions', 'replies', 'tombstones', 'audit_log', 'consents', 'editions'];

/** A statement that reads or changes one of them. */
export const isOfGrownTable = new RegExp(`\\b(?:from|join|into|update)\\s+"?(?:${grownTables.join('|')})\\b`, 'i');

/** Statements that may read a table once, or all rows of a kind, and why; by words of theirs. */
export const mayScan: readonly (readonly [words: string, why: string])[] = [
  [`state = 'decided' and due_at is null limit`, 'counting stops at 10,000, and most posts are decided'],
  ['select distinct "publisher" from "replies" where "due_at" is not null', 'reads open work only'],
  [`select 'purged', '0' where exists`, 'a migration'],
  ['where "payload" like', 'a migration'],
];

const pages = [
  '/',
  '/mentions',
  '/mentions?q=07ASTANA2244',
  '/mentions?q=%40ada&state=decided&reply=sent&range=today',
  '/posts/file%3A1',
  '/review',
  '/rules',
  '/digests',
  '/dead-letters',
  '/rejects',
  '/pause',
  '/consent',
  '/audit',
  '/audit?target=all',
  '/trackbacks',
  '/cables',
  '/cable/07ASTANA2244',
  '/cable/07ASTANA2244.json',
  '/cable/07ASTANA2244/mentions.atom',
];

const withAll = {
  replace: ['log\n    platform: log', 'log\n    platform: log\n    limits: { perDay: 100 }'],
  web: '  cables: public\n',
} as const;

/**
 * Has a bot do all that it does from its start to its end, each hour and each minute, every page shown, and each command asked that looks at the
 * ledger. `before`: more of the configuration.
 */
export async function askEverything(before = ''): Promise<Site> {
  const site = await openSite({ ...withAll, before });
  const { app } = site;
  const { config, ledger } = app;
  const feeds = config.feeds.map(({ name }) => name);
  (await holdLedger(config, () => {}))[Symbol.dispose]();
  await checkRhythms({ ledger, feeds, emit: () => {} });
  await measure(ledger.db, feeds, await ledger.now());
  await checkAlerts(app);
  const client = openClient(site);
  for (const page of pages) {
    const { status } = await client.get(page);
    if (status !== 200) throw new Error(`${page}: ${status}`);
  }
  for await (const _check of ledgerChecks(config));
  await using reader = await readLedger(config);
  for (const states of [[], ['sent'], ReplyState.options] as const) await listReplies(reader!.db, states, 50);
  await auditLog(reader!.db, { limit: 50, target: 'all' });
  await editions(reader!.db, { limit: 50 });
  await explainStored(config, 'file:1');
  return site;
}
