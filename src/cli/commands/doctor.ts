import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { Command } from 'commander';
import { forecasts, permissions } from '../../app/answering.ts';
import { queueFaults } from '../../app/open-queue.ts';
import { readSoundConfig } from '../../app/check-config.ts';
import { checkChannels } from '../../app/open-channels.ts';
import { openCables } from '../../app/open-cables.ts';
import { checkDrivers } from '../../app/open-drivers.ts';
import { ledgerFaults, readLedger, workerIsRunning } from '../../app/open-ledger.ts';
import { silentFeeds } from '../../app/watch-rhythms.ts';
import { readConfig } from '../../config/read.ts';
import type { Config } from '../../config/config.ts';
import { hostOf, isLoopback, trustedProxiesOf } from '../../config/sections/web-section.ts';
import { messageOf } from '../../core/errors.ts';
import { utcDay } from '../../core/zone.ts';
import { feedRows } from '../../ledger/feeds/feed-rows.ts';
import { troubledAccounts } from '../../ledger/accounts/accounts.ts';
import { movedViewers } from '../../app/link-knowledge.ts';
import { countLinks, countPages, faultyHosts, listLinks } from '../../ledger/links/link-list.ts';
import { lostNotices } from '../../ledger/operators/notices.ts';
import { fileBytes, quickCheck } from '../../ledger/db/queries.ts';
import { countByState } from '../../ledger/posts/flow.ts';
import { failedPosts } from '../../ledger/posts/posts.ts';
import type { Executor, FeedRow } from '../../ledger/db/schema.ts';
import { troubleOf } from '../../operations/account-troubles.ts';
import { missingPublishers } from '../../operations/missing-publishers.ts';
import { fetchList } from './catalogue.ts';
import { onLine, type Output } from '../lib/output.ts';
import { version } from '../lib/version.ts';
import { wideModes } from '../lib/wide-modes.ts';

interface Check {
  readonly name: string;
  readonly state: 'ok' | 'note' | 'fail';
  readonly message: string;
}

const ok = (name: string, message: string): Check => ({ name, state: 'ok', message });
const note = (name: string, message: string): Check => ({ name, state: 'note', message });
const fail = (name: string, message: string): Check => ({ name, state: 'fail', message });

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
      const read = options.running === true ? readConfig : readSoundConfig;
      const config = read(self.optsWithGlobals());
      for await (const check of options.running === true ? aliveCheck(config) : allChecks(config)) {
        if (check.state === 'fail') output.exitCode = 1;
        if (options.json === true) output.json(check);
        else output.line(`${label(check, output)} ${onLine(check.name).padEnd(14)} ${onLine(check.message, 2000)}`);
      }
    });
}

async function* allChecks(config: Config): AsyncIterable<Check> {
  yield ok('versions', `pilcrow ${version}, Node ${process.versions.node}`);
  yield ok('configuration', `${config.file}, with rules and templates`);
  for (const address of config.network.allowPrivate)
    yield note('network', `the private address ${address} may be fetched`);
  yield* doorChecks(config);
  yield dataFolder(config);
  for (const message of wideModes(config)) yield note('modes', message);
  yield* guarded('cables', () => cableChecks(config));
  yield* guarded('ledger', () => ledgerChecks(config));
  yield* guarded('queue', () => queueChecks(config));
  yield* guarded('bot', () => aliveCheck(config, note));
  for (const { name, message } of [...permissions(config), ...forecasts(config)]) yield note(name, message);
  yield* alertChecks(config);
  for (const checks of [checkDrivers(config), checkChannels(config)]) {
    for await (const { name, fault, limits } of checks) {
      for (const message of limits) yield note(name, message);
      yield fault === undefined ? ok(name, 'ready') : fail(name, fault);
    }
  }
}

/** What others than this machine can reach. */
function* doorChecks({ observe, web }: Config): Iterable<Check> {
  if (observe.listen !== null && !isLoopback(hostOf(observe.listen)))
    yield note(
      'observe',
      `metrics and health at ${observe.listen} have no password: let a firewall keep strangers away`,
    );
  if (web.listen === null) return;
  if (!isLoopback(hostOf(web.listen)))
    yield note(
      'web',
      `the page at ${web.listen} is plain HTTP: listen on 127.0.0.1, with a proxy that speaks HTTPS before it`,
    );
  if (web.publicUrl?.startsWith('https:') === true && trustedProxiesOf(web).length === 0)
    yield note(
      'web',
      `${web.publicUrl} needs a proxy, and requests through one are refused: name it in \`web.trustedProxies\``,
    );
}

/** A channel cannot carry the alert that it fails itself. */
function* alertChecks({ alerts }: Config): Iterable<Check> {
  const [only, ...others] = alerts.to;
  if (only !== undefined && others.length === 0)
    yield note(
      'alerts',
      `they go to the channel ${only} alone, so its own failure reaches nobody: add another to \`alerts.to\``,
    );
}

/** An exception in one check must not hide the others. */
async function* guarded(name: string, checks: () => AsyncIterable<Check>): AsyncIterable<Check> {
  try {
    yield* checks();
  } catch (error) {
    yield fail(name, messageOf(error));
  }
}

function dataFolder(config: Config): Check {
  const name = 'data folder';
  if (!existsSync(config.dataDir)) return note(name, `the first run creates ${config.dataDir}`);
  try {
    accessSync(config.dataDir, constants.W_OK);
    const { bavail, bsize } = statfsSync(config.dataDir);
    const freeMb = Math.floor((bavail * bsize) / 1e6);
    return (freeMb < minFreeMb ? fail : ok)(name, `${config.dataDir}, ${freeMb.toLocaleString('en')} MB free`);
  } catch (error) {
    return fail(name, `${config.dataDir} cannot be written: ${messageOf(error)}`);
  }
}

const minFreeMb = 200;

/** A check reads the whole file; reading this much takes about a second. */
const mostCheckedBytes = 250_000_000;

export async function soundness(db: Executor, place: string, most = mostCheckedBytes): Promise<Check> {
  const bytes = await fileBytes(db);
  if (bytes > most) {
    const size = `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
    return ok('ledger', `${place}, ${size}: not read whole; \`pilcrow ledger check\` does that`);
  }
  const found = await quickCheck(db);
  return found === 'ok' ? ok('ledger', place) : fail('ledger', `${place}: ${found}`);
}

async function* cableChecks(config: Config): AsyncIterable<Check> {
  const warnings: string[] = [];
  const { catalogue, summary } = await openCables(config, (message) => warnings.push(message));
  const advice = `without a catalogue IDs stay "unverified": ${fetchList}`;
  yield catalogue === undefined ? note('cables', `${summary}; ${advice}`) : ok('cables', summary);
  for (const message of warnings) yield note('documents', message);
}

async function* queueChecks(config: Config): AsyncIterable<Check> {
  if (config.queue.redis === undefined) return;
  const faults = await queueFaults(config);
  for (const { fatal, message } of faults) yield (fatal ? fail : note)('queue', message);
  if (faults.length === 0) yield ok('queue', 'Redis answers and passes on wake-ups, and its settings are safe');
}

async function* ledgerChecks(config: Config): AsyncIterable<Check> {
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

async function* aliveCheck(config: Config, absent = fail): AsyncIterable<Check> {
  const { alive, message } = await workerIsRunning(config);
  yield (alive ? ok : absent)('bot', message);
}

function counted(counts: Record<string, number>): string {
  const parts = Object.entries(counts).map(([state, count]) => `${count} ${state}`);
  return parts.length > 0 ? parts.join(', ') : 'none yet';
}

function label({ state }: Check, { paint }: Output): string {
  if (state === 'ok') return paint.green('ok  ');
  return state === 'note' ? paint.yellow('note') : paint.red('FAIL');
}
