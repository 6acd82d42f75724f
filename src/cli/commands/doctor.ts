import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command } from 'commander';
import { forecasts, permissions } from '../../app/answering.ts';
import { queueFaults } from '../../app/open-queue.ts';
import { readSoundConfig } from '../../app/check-config.ts';
import { checkChannels } from '../../app/open-channels.ts';
import { openCables } from '../../app/open-cables.ts';
import { publicList } from '../../cables/public-sources.ts';
import { checkDrivers } from '../../app/open-drivers.ts';
import { workerIsRunning } from '../../app/open-ledger.ts';
import { readConfig } from '../../config/read.ts';
import type { Config } from '../../config/config.ts';
import { type LedgerConfig, readLedgerConfig } from '../../config/ledger-config.ts';
import { hostOf, isLoopback, trustedProxiesOf } from '../../config/sections/web-section.ts';
import { ConfigError, messageOf, storageFault } from '../../core/errors.ts';
import { type Check, fail, ledgerChecks, note, ok } from '../lib/ledger-checks.ts';
import { onLine, type Output } from '../lib/output.ts';
import { version } from '../lib/version.ts';
import { wideModes } from '../lib/wide-modes.ts';

export function doctorCommand(output: Output): Command {
  return new Command('doctor')
    .option('--json', 'one JSON object per check and line')
    .option(
      '--running',
      'only check that a bot runs on this ledger and was alive within the last two minutes (for health checks)',
    )
    .addHelpText(
      'after',
      '\nExit code 1 if a check fails, 2 if the configuration is invalid: all errors are listed, and what can be checked without it is.',
    )
    .action(async (options: { json?: true; running?: true }, self: Command) => {
      const named = self.optsWithGlobals<{ config: string }>();
      for await (const check of options.running === true ? aliveCheck(readConfig(named)) : allChecks(named)) {
        if (check.state === 'fail') output.exitCode = Math.max(output.exitCode, check.name === 'configuration' ? 2 : 1);
        if (options.json === true) output.json(check);
        else output.line(`${label(check, output)} ${onLine(check.name).padEnd(14)} ${onLine(check.message, 2000)}`);
      }
    });
}

async function* allChecks(named: { config: string }): AsyncIterable<Check> {
  yield ok('versions', `pilcrow ${version}, Node ${process.versions.node}`);
  const { config, findings } = readAll(named);
  for (const finding of findings) yield fail('configuration', finding);
  if (config === undefined) yield* checksWithout(named);
  else {
    if (findings.length === 0) yield ok('configuration', `${config.file}, with rules and templates`);
    yield* checksOf(config);
  }
}

/** The configuration, unless it cannot be read, and what is wrong with it, its rules and its templates. */
function readAll(named: { config: string }): { config: Config | undefined; findings: readonly string[] } {
  const faults: (readonly string[])[] = [];
  for (const read of [readSoundConfig, readConfig]) {
    try {
      return { config: read(named), findings: faults.flat() };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      if (faults.length === 0) faults.push(error.findings);
    }
  }
  return { config: undefined, findings: faults.flat() };
}

/** Where the configuration cannot be read, a bot may still run on its ledger. */
async function* checksWithout(named: { config: string }): AsyncIterable<Check> {
  yield* guarded('ledger', async function* () {
    const config = readLedgerConfig(named);
    yield dataFolder(config);
    yield* aliveCheck(config, note);
  });
}

async function* checksOf(config: Config): AsyncIterable<Check> {
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
    const message = messageOf(error);
    const reason = storageFault(error) ?? message;
    const path = error instanceof Error && 'path' in error ? `${String(error.path)}: ` : '';
    yield fail(name, message.includes(reason) ? message : `${path}${reason}`);
  }
}

function dataFolder({ dataDir }: LedgerConfig): Check {
  const name = 'data folder';
  const existing = nearestFolder(dataDir);
  try {
    accessSync(existing, constants.W_OK);
    if (!statSync(existing).isDirectory()) return fail(name, `${existing} is a file: name another folder`);
    const { bavail, bsize } = statfsSync(existing);
    const freeMb = Math.floor((bavail * bsize) / 1e6);
    const space = `${freeMb.toLocaleString('en')} MB free`;
    if (freeMb < minFreeMb) return fail(name, `${dataDir}, ${space}: at least ${minFreeMb} MB should be`);
    return existing === dataDir ? ok(name, `${dataDir}, ${space}`) : note(name, `the first run creates ${dataDir}`);
  } catch (error) {
    return fail(name, `${dataDir} cannot be written: ${storageFault(error) ?? messageOf(error)}`);
  }
}

/** The folder, or the one above that exists. */
function nearestFolder(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : nearestFolder(dirname(path));
}

const minFreeMb = 200;

async function* cableChecks(config: Config): AsyncIterable<Check> {
  const warnings: string[] = [];
  const { catalogue, summary } = await openCables(config, (message) => warnings.push(message));
  const advice = `without a catalogue IDs stay "unverified": ${publicList.how}`;
  yield catalogue === undefined ? note('cables', `${summary}; ${advice}`) : ok('cables', summary);
  for (const message of warnings) yield note('documents', message);
}

async function* queueChecks(config: Config): AsyncIterable<Check> {
  if (config.queue.redis === undefined) return;
  const faults = await queueFaults(config);
  for (const { fatal, message } of faults) yield (fatal ? fail : note)('queue', message);
  if (faults.length === 0) yield ok('queue', 'Redis answers and passes on wake-ups, and its settings are safe');
}

async function* aliveCheck(config: LedgerConfig, absent = fail): AsyncIterable<Check> {
  const { alive, message } = await workerIsRunning(config);
  yield (alive ? ok : absent)('bot', message);
}

function label({ state }: Check, { paint }: Output): string {
  if (state === 'ok') return paint.green('ok  ');
  return state === 'note' ? paint.yellow('note') : paint.red('FAIL');
}
