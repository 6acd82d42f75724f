import type { Config } from '../config/config.ts';
import { readYamlFrom, type YamlSource } from '../config/yaml/yaml-file.ts';
import { UsageError } from '../core/errors.ts';
import { type RulesVersion, rulesVersions } from '../ledger/processes/processes.ts';
import { changes } from '../rules/version.ts';
import { Rules } from '../rules/schema.ts';
import { readLedger } from '../app/open-ledger.ts';
import { readRules, withPresets } from '../app/read-rules.ts';

/** The differences between the configured rules and those of `source`, one line each. Errors: ConfigError. */
export function compareWith(config: Config, source: YamlSource): string[] {
  return changes(readRules(config).rules, readRules(config, source).rules);
}

/** The rules that bots have used, the latest first. */
export async function rulesSoFar(config: Config): Promise<RulesVersion[]> {
  await using ledger = await readLedger(config);
  return ledger === undefined ? [] : await rulesVersions(ledger.db);
}

/** The differences of two versions, one line each: by default the last one that a bot used, and the configured file. Errors: ConfigError; UsageError. */
export async function compareRules(
  config: Config,
  { old, now }: { old: string | undefined; now: string | undefined },
): Promise<string[]> {
  const past = await rulesSoFar(config);
  const named = (version: string | undefined) => {
    const found = past.find((one) => version === undefined || one.version.startsWith(version));
    if (found === undefined)
      throw new UsageError(
        version === undefined
          ? 'no bot has used any rules yet'
          : `unknown version ${version}; \`pilcrow rules history\` lists all`,
      );
    // Accept any names: feeds and templates of that time may be gone.
    return withPresets(readYamlFrom({ name: `rules ${found.version}`, text: found.text }, Rules));
  };
  return changes(named(old), now === undefined ? readRules(config).rules : named(now));
}
