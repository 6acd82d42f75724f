import type { Config } from '../config/config.ts';
import { readYamlText, type YamlSource } from '../config/yaml/yaml-file.ts';
import { UsageError } from '../core/errors.ts';
import { type RulesOfThePast, rulesOfThePast } from '../ledger/processes/rulebooks.ts';
import { changes } from '../rules/changes.ts';
import { Rules } from '../rules/schema.ts';
import { readLedger } from '../app/open-ledger.ts';
import { withPresets } from '../app/presets.ts';
import { readRules } from '../app/read-rules.ts';

/** What is different in other rules from those of the configuration, a line each. Errors: ConfigError. */
export function compareWith(config: Config, source: YamlSource): string[] {
  return changes(readRules(config).rules, readRules(config, source).rules);
}

/** Rules that bots went by, those in force last first. */
export async function rulesSoFar(config: Config): Promise<RulesOfThePast[]> {
  await using ledger = await readLedger(config);
  return ledger === undefined ? [] : await rulesOfThePast(ledger.db);
}

/**
 * What is different between two versions, a line each. `old` left out: the last one that a bot went by; `now` left out: the file of the
 * configuration. Errors: ConfigError; UsageError for a version that is not known.
 */
export async function compareRules(
  config: Config,
  { old, now }: { old: string | undefined; now: string | undefined },
): Promise<string[]> {
  const past = await rulesSoFar(config);
  const named = (version: string | undefined) => {
    const found = past.find((one) => version === undefined || one.version.startsWith(version));
    if (found === undefined)
      throw new UsageError(`${version ?? 'the past'}: no such rules are known; \`pilcrow rules history\` lists them`);
    // Feeds and templates of the time may be gone: any name is taken.
    return withPresets(readYamlText(`rules ${found.version}`, found.text, Rules));
  };
  return changes(named(old), now === undefined ? readRules(config).rules : named(now));
}
