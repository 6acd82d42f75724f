import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { Command } from 'commander';
import { permissions } from '../../app/answering.ts';
import { queueFaults } from '../../app/open-queue.ts';
import { checkChannels } from '../../app/open-channels.ts';
import { openCables } from '../../app/open-cables.ts';
import { checkDrivers } from '../../app/open-drivers.ts';
import { ledgerFaults, readLedger, workerIsRunning } from '../../app/open-ledger.ts';
import { silentFeeds } from '../../app/watch-rhythms.ts';
import { checkRules } from '../../app.ts';
import { readConfig } from '../../config/read.ts';
import type { Config } from '../../config/config.ts';
import { messageOf } from '../../core/errors.ts';
import { utcDay } from '../../core/zone.ts';
import { feedRows } from '../../ledger/feeds/feed-rows.ts';
import { countLinks, countPages, faultyHosts, listLinks } from '../../ledger/links/link-list.ts';
import { lostNotices } from '../../ledger/operators/notices.ts';
import { quickCheck } from '../../ledger/db/dialect.ts';
import { countByState } from '../../ledger/posts/flow.ts';
import { failedPosts } from '../../ledger/posts/posts.ts';
import { waitingPublishers } from '../../ledger/replies/replies.ts';
import type { Executor, FeedRow } from '../../ledger/db/schema.ts';
import { publicList } from './catalogue.ts';
import type { Output } from '../lib/output.ts';
import { version } from '../lib/version.ts';

interface Check {
  readonly name: string;
  readonly state: 'ok' | 'note' | 'fail';
  readonly message: string;
}

export function doctorCommand(output: Output): Command {
  return new Command('doctor')
    .description('check configuration, folders, ledger, cables, feeds and publishers; works while the bot runs')
    .option('--json', 'one JSON object per check and line')
    .option(
      '--running',
      'only check that a bot runs on this ledger and was alive within the last two minutes (for health checks)',
    )
    .addHelpText('after', '\nExit code 1 if a check fails, 2 if the configuration is invalid (all errors are listed).')
    .action(async (options: { json?: true; running?: true }, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      for await (const check of options.running === true ? aliveCheck(config) : allChecks(config)) {
        if (check.state === 'fail') output.exitCode = 1;
        if (options.json === true) output.json(check);
        else output.line(`${label(check, output)} ${check.name.padEnd(14)} ${check.message}`);
      }
    });
}

async function* allChecks(config: Config): AsyncIterable<Check> {
  yield { name: 'versions', state: 'ok', message: `pilcrow ${version}, Node ${process.versions.node}` };
  checkRules(config);
  yield { name: 'configuration', state: 'ok', message: `${config.file}, with rules and templates` };
  for (const address of config.network.allowPrivate) {
    yield { name: 'network', state: 'note', message: `the private address ${address} may be fetched` };
  }
  yield dataFolder(config);
  yield* guarded('cables', () => cableChecks(config));
  yield* guarded('ledger', () => ledgerChecks(config));
  yield* guarded('queue', () => queueChecks(config));
  yield* guarded('bot', () => aliveCheck(config, 'note'));
  for (const { name, message } of permissions(config)) yield { name, state: 'note', message };
  for (const checks of [checkDrivers(config), checkChannels(config)]) {
    for await (const { name, fault, limits } of checks) {
      for (const message of limits) yield { name, state: 'note', message };
      yield fault === undefined ? { name, state: 'ok', message: 'ready' } : { name, state: 'fail', message: fault };
    }
  }
}

/** An exception in one check must not hide the others. */
async function* guarded(name: string, checks: () => AsyncIterable<Check>): AsyncIterable<Check> {
  try {
    yield* checks();
  } catch (error) {
    yield { name, state: 'fail', message: messageOf(error) };
  }
}

function dataFolder(config: Config): Check {
  const name = 'data folder';
  if (!existsSync(config.dataDir)) return { name, state: 'note', message: `the first run creates ${config.dataDir}` };
  try {
    accessSync(config.dataDir, constants.W_OK);
    const { bavail, bsize } = statfsSync(config.dataDir);
    const freeMb = Math.floor((bavail * bsize) / 1e6);
    const message = `${config.dataDir}, ${freeMb.toLocaleString('en')} MB free`;
    return { name, state: freeMb < minFreeMb ? 'fail' : 'ok', message };
  } catch (error) {
    return { name, state: 'fail', message: `${config.dataDir} cannot be written: ${messageOf(error)}` };
  }
}

const minFreeMb = 200;

async function* cableChecks(config: Config): AsyncIterable<Check> {
  const warnings: string[] = [];
  const { catalogue, summary } = await openCables(config, (message) => warnings.push(message));
  yield catalogue === undefined
    ? {
        name: 'cables',
        state: 'note',
        message: `${summary}; without a catalogue IDs stay "unverified": pilcrow catalogue import FILE; ${publicList}`,
      }
    : { name: 'cables', state: 'ok', message: summary };
  for (const message of warnings) yield { name: 'documents', state: 'note', message };
}

async function* queueChecks(config: Config): AsyncIterable<Check> {
  if (config.queue.redis === undefined) return;
  const faults = await queueFaults(config);
  for (const { fatal, message } of faults) yield { name: 'queue', state: fatal ? 'fail' : 'note', message };
  if (faults.length === 0) yield { name: 'queue', state: 'ok', message: 'Redis answers, and its settings are safe' };
}

async function* ledgerChecks(config: Config): AsyncIterable<Check> {
  for (const { fatal, message } of await ledgerFaults(config)) {
    yield { name: 'ledger', state: fatal ? 'fail' : 'note', message };
  }
  const opened = await readLedger(config);
  if (opened === undefined) {
    yield { name: 'ledger', state: 'note', message: 'there is none yet: the first run creates it' };
    return;
  }
  await using ledger = opened;
  const found = await quickCheck(ledger.db);
  yield found === 'ok'
    ? { name: 'ledger', state: 'ok', message: ledger.place }
    : { name: 'ledger', state: 'fail', message: `${ledger.place}: ${found}` };
  yield { name: 'posts', state: 'ok', message: counted(await countByState(ledger.db, 'posts')) };
  for (const { key, error } of await failedPosts(ledger.db, 5)) {
    yield { name: 'posts', state: 'note', message: `${key} was given up: ${error}; pilcrow replies retry ${key}` };
  }
  const replies = await countByState(ledger.db, 'replies');
  const open = (replies['unknown'] ?? 0) + (replies['refused'] ?? 0) + (replies['abandoned'] ?? 0);
  yield { name: 'replies', state: open > 0 ? 'note' : 'ok', message: counted(replies) };
  const known = new Set(config.publishers.map(({ name }) => name));
  for (const name of await waitingPublishers(ledger.db)) {
    if (known.has(name)) continue;
    yield { name: 'replies', state: 'fail', message: `some wait for a publisher \`${name}\`, which is not configured` };
  }
  for (const { channel, count, error } of await lostNotices(ledger.db)) {
    yield { name: `channel ${channel}`, state: 'note', message: `${count} notices were given up: ${error}` };
  }
  yield* linkChecks(config, ledger.db);
  yield* feedChecks(config, await feedRows(ledger.db));
  const feeds = config.feeds.map(({ name }) => name);
  for (const [feed, message] of await silentFeeds(ledger.db, feeds)) {
    yield { name: `feed ${feed}`, state: 'note', message };
  }
}

/** The pages to which replies link, if link checks are enabled. */
async function* linkChecks({ links }: Config, db: Executor): AsyncIterable<Check> {
  const name = 'links';
  if (links.fetchMissing) yield { name, state: 'ok', message: `${await countPages(db)} missing texts were fetched` };
  if (!links.check.enabled) return;
  const counts = [...(await countLinks(db))].filter(([, count]) => count > 0);
  yield { name, state: 'ok', message: counted(Object.fromEntries(counts)) };
  for (const { url, dead_since: since, reason } of await listLinks(db, { states: ['dead'], limit: 5 })) {
    yield { name, state: 'note', message: `${url} has been dead since ${utcDay(since ?? 0)}: ${reason}` };
  }
  for (const { host, failures, dead_since: since, blocked_until: until, reason } of await faultyHosts(db)) {
    const faults = since === null ? `${failures} errors in a row` : `all its pages are dead since ${utcDay(since)}`;
    yield {
      name,
      state: 'note',
      message: `${host}: ${faults}: ${reason}; blocked until ${new Date(until).toISOString()}`,
    };
  }
}

function* feedChecks(config: Config, rows: readonly FeedRow[]): Iterable<Check> {
  for (const { name: feed } of config.feeds) {
    const name = `feed ${feed}`;
    const row = rows.find((candidate) => candidate.name === feed);
    if (row === undefined) yield { name, state: 'note', message: 'not read yet' };
    else if (row.last_error !== null) {
      yield { name, state: 'fail', message: `${row.last_error}; blocked until ${new Date(row.due_at).toISOString()}` };
    } else {
      const rejected = row.rejected > 0 ? `, ${row.rejected} unreadable` : '';
      yield { name, state: 'ok', message: `${row.seen} posts seen, ${row.ingested} ingested${rejected}` };
    }
  }
}

async function* aliveCheck(config: Config, absent: 'note' | 'fail' = 'fail'): AsyncIterable<Check> {
  const { alive, message } = await workerIsRunning(config);
  yield { name: 'bot', state: alive ? 'ok' : absent, message };
}

function counted(counts: Record<string, number>): string {
  const parts = Object.entries(counts).map(([state, count]) => `${count} ${state}`);
  return parts.length > 0 ? parts.join(', ') : 'none yet';
}

function label({ state }: Check, { paint }: Output): string {
  if (state === 'ok') return paint.green('ok  ');
  return state === 'note' ? paint.yellow('note') : paint.red('FAIL');
}
