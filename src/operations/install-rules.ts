import { randomUUID } from 'node:crypto';
import {
  accessSync,
  constants,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { inspectRules, readRules, withPresets } from '../app/read-rules.ts';
import { type RuleTestResult, testRules } from '../app/rule-tests.ts';
import { builtInFolder } from '../config/built-in.ts';
import type { Config } from '../config/config.ts';
import type { Finding } from '../config/yaml/yaml.ts';
import { readYamlFrom } from '../config/yaml/yaml-file.ts';
import { ConfigError, messageOf, UsageError, storageFault } from '../core/errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { recordRules } from '../ledger/processes/processes.ts';
import { Rules } from '../rules/schema.ts';
import { version } from '../rules/version.ts';
import { audited } from './audit-entry.ts';

/** What is wrong with a draft of rules. `faults`: a bot refuses it; `remarks`: odd, but it can be put in force. */
export interface DraftJudgement {
  readonly faults: readonly Finding[];
  readonly remarks: readonly Finding[];
  readonly tests: readonly RuleTestResult[];
  /** How many of the tests fail. */
  readonly failed: number;
  /** A bot would load it. */
  readonly passes: boolean;
}

/** Judges a draft as a bot does that reloads its rules: by faults and by its tests. Errors: ConfigError where a template cannot be read. */
export async function judgeDraft(config: Config, text: string): Promise<DraftJudgement> {
  const source = { name: 'draft', text };
  const findings = inspectRules(config, source);
  if (!isReadable(config, source)) return { faults: findings, remarks: [], tests: [], failed: 0, passes: false };
  const tests = await Array.fromAsync(testRules(config, source));
  const failed = tests.filter(({ differences }) => differences.length > 0).length;
  return { faults: [], remarks: findings, tests, failed, passes: failed === 0 };
}

function isReadable(config: Config, source: { name: string; text: string }): boolean {
  try {
    readRules(config, source);
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

/** Why rules cannot be put in force from here; undefined: they can. */
export function whyNotInstallable({ rules, ledger, queue }: Config): string | undefined {
  if (dirname(rules) === builtInFolder)
    return 'the bot uses the built-in rules; save the draft as `rules.yaml` beside `pilcrow.yaml`, and start the bot again';
  if (ledger.postgres !== undefined || queue.redis !== undefined)
    return 'several processes may run, each with its own rules file; replace the file where each of them reads it';
  try {
    const file = realpathSync(rules);
    accessSync(file, constants.W_OK);
    accessSync(dirname(file), constants.W_OK);
    return undefined;
  } catch (error) {
    return `${rules} cannot be written: ${storageFault(error) ?? messageOf(error)}; replace it there`;
  }
}

/** The text of the rules file. Errors: ConfigError. */
export function rulesText({ rules }: Pick<Config, 'rules'>): string {
  try {
    return readFileSync(rules, 'utf8');
  } catch (error) {
    throw new ConfigError([`${rules}: ${messageOf(error)}`], { cause: error });
  }
}

/**
 * Writes a draft that passes to the rules file, which a running bot reloads, and records who did it; the text before can be put back by its
 * version. `expected`: the text that the draft was made from. Errors: UsageError if it does not pass, the file has another text or cannot be
 * written.
 */
export async function installRules(
  config: Config,
  ledger: Ledger,
  { text, expected, who }: { text: string; expected: string; who?: string },
): Promise<{ before: string | undefined; now: string }> {
  const why = whyNotInstallable(config);
  if (why !== undefined) throw new UsageError(`nothing was written: ${why}`);
  const { passes, faults, failed } = await judgeDraft(config, text);
  if (!passes) throw new UsageError(`nothing was written: ${whatFails(faults, failed)}`);
  const current = rulesText(config);
  if (current !== expected) throw new UsageError('nothing was written: the rules file has changed since you opened it');
  const [before, now] = [versionOf(current), versionOf(text) ?? ''];
  const entry = { action: 'rules install', target: now, note: `in place of ${before ?? 'rules with faults'}`, who };
  await audited(ledger, entry, async (tx, at) => {
    if (before !== undefined) await recordRules(tx, { version: before, text: current }, at - 1);
    await recordRules(tx, { version: now, text }, at);
    replaceFile(realpathSync(config.rules), text);
    return true;
  });
  return { before, now };
}

function whatFails([fault]: readonly Finding[], failed: number): string {
  if (fault !== undefined) return `line ${fault.line}, column ${fault.column}: ${fault.message}`;
  return `${failed} ${failed === 1 ? 'test fails' : 'tests fail'}`;
}

/** Of rules that may name feeds and templates of another time. Undefined: they cannot be read. */
function versionOf(text: string): string | undefined {
  try {
    return version(withPresets(readYamlFrom({ name: 'rules', text }, Rules)));
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** A reader sees the old text or the new one, never a part. */
function replaceFile(file: string, text: string): void {
  const next = join(dirname(file), `.rules-${randomUUID()}.tmp`);
  try {
    writeFileSync(next, text, { mode: statSync(file).mode & 0o777, flush: true });
    renameSync(next, file);
  } catch (error) {
    rmSync(next, { force: true });
    throw new UsageError(`nothing was written: ${messageOf(error)}`, { cause: error });
  }
}
