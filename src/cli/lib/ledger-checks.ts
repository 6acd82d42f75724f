import { ledgerFaults, readLedger } from '../../app/open-ledger.ts';
import { movedViewers } from '../../app/link-knowledge.ts';
import { silentFeeds } from '../../app/watch-rhythms.ts';
import type { Config } from '../../config/config.ts';
import { utcDay } from '../../core/zone.ts';
import { troubledAccounts } from '../../ledger/accounts/accounts.ts';
import { fileBytes, quickCheck } from '../../ledger/db/queries.ts';
import type { Executor, FeedRow } from '../../ledger/db/schema.ts';
import { feedRows } from '../../ledger/feeds/feed-rows.ts';
import { countLinks, countPages, faultyHosts, listLinks } from '../../ledger/links/link-list.ts';
import { lostNotices } from '../../ledger/operators/notices.ts';
import { atLeast, countByState } from '../../ledger/posts/flow.ts';
import { failedPosts } from '../../ledger/posts/posts.ts';
import { troubleOf } from '../../operations/account-troubles.ts';
import { missingPublishers } from '../../operations/missing-publishers.ts';

/** A line of `doctor`. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'note' | 'fail';
  readonly message: string;
}

export const ok = (name: string, message: string): Check => ({ name, state: 'ok', message });
export const note = (name: string, message: string): Check => ({ name, state: 'note', message });
export const fail = (name: string, message: string): Check => ({ name, state: 'fail', message });

/** A check reads the whole file: that of a larger one is for `pilcrow ledger check`, so that this costs the same in a ledger of years. */
const mostCheckedBytes = 10_000_000;

export async function soundness(db: Executor, place: string, most = mostCheckedBytes): Promise<Check> {
  const bytes = await fileBytes(db);
  if (bytes > most) {
    const size = `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
    return ok('ledger', `${place}, ${size}: not read whole; \`pilcrow ledger check\` does that`);
  }
  const found = await quickCheck(db);
  return found === 'ok' ? ok('ledger', place) : fail('ledger', `${place}: ${found}`);
}

/** The ledger, and what it says about posts, replies, accounts, links and feeds. */
export async function* ledgerChecks(config: Config): AsyncIterable<Check> {
  for (const { fatal, message } of await ledgerFaults(config)) yield (fatal ? fail : note)('ledger', message);
  const opened = await readLedger(config);
  if (opened === undefined) {
    yield note('ledger', 'there is none yet: the first run creates it');
    return;
  }
  await using ledger = opened;
  const { db, place } = ledger;
  yield await soundness(db, place);
  yield ok('posts', counted(await countByState(db, 'posts')));
  for (const { key, error } of await failedPosts(db, 5))
    yield note('posts', `${key} was given up: ${error}; pilcrow replies retry ${key}`);
  const replies = await countByState(db, 'replies');
  const open = ['unknown', 'refused', 'abandoned'].some((state) => (replies[state] ?? 0) > 0);
  yield (open ? note : ok)('replies', counted(replies));
  for (const { message } of await missingPublishers(config, db)) yield fail('replies', message);
  for (const account of await troubledAccounts(db)) {
    const trouble = troubleOf(account, await ledger.now());
    if (trouble !== undefined) yield note(`publisher ${account.name}`, `sends nothing ${trouble}`);
  }
  for (const { channel, count, error } of await lostNotices(db))
    yield note(`channel ${channel}`, `${count} notices were given up: ${error}`);
  yield* linkChecks(config, db);
  yield* feedChecks(config, await feedRows(db));
  const feeds = config.feeds.map(({ name }) => name);
  for (const [feed, message] of await silentFeeds(db, feeds)) yield note(`feed ${feed}`, message);
}

/** The pages to which replies link, if link checks are enabled. */
async function* linkChecks({ links }: Config, db: Executor): AsyncIterable<Check> {
  const name = 'links';
  if (links.fetchMissing) yield ok(name, `${await countPages(db)} missing texts were fetched`);
  if (!links.check.enabled) return;
  const counts = [...(await countLinks(db))].filter(([, count]) => count > 0);
  yield ok(name, counted(Object.fromEntries(counts)));
  for (const { url, dead_since: since, reason } of await listLinks(db, { states: ['dead'], limit: 5 }))
    yield note(name, `${url} has been dead since ${utcDay(since ?? 0)}: ${reason}`);
  for (const message of await movedViewers(links, db)) yield note(name, message);
  for (const { host, failures, dead_since: since, blocked_until: until, reason } of await faultyHosts(db)) {
    const faults = since === null ? `${failures} errors in a row` : `all its pages are dead since ${utcDay(since)}`;
    yield note(name, `${host}: ${faults}: ${reason}; blocked until ${new Date(until).toISOString()}`);
  }
}

function* feedChecks(config: Config, rows: readonly FeedRow[]): Iterable<Check> {
  for (const { name: feed } of config.feeds) {
    const name = `feed ${feed}`;
    const row = rows.find((candidate) => candidate.name === feed);
    if (row === undefined) yield note(name, 'not read yet');
    else if (row.last_error !== null)
      yield fail(name, `${row.last_error}; blocked until ${new Date(row.due_at).toISOString()}`);
    else {
      const rejected = row.rejected > 0 ? `, ${row.rejected} unreadable` : '';
      yield ok(name, `${row.seen} posts seen, ${row.ingested} ingested${rejected}`);
    }
  }
}

function counted(counts: Record<string, number>): string {
  const parts = Object.entries(counts).map(([state, count]) => `${atLeast(count)} ${state}`);
  return parts.length > 0 ? parts.join(', ') : 'none yet';
}
