import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { besideOrBuiltIn } from '../config/built-in.ts';
import type { Config } from '../config/config.ts';
import { readConfig } from '../config/read.ts';
import { readYaml, valueAt } from '../config/yaml/yaml.ts';
import { readYamlFrom } from '../config/yaml/yaml-file.ts';
import { ConfigError } from '../core/errors.ts';
import { rulesSchema } from '../rules/schema.ts';
import { templatesIn, wordsOf } from './read-rules.ts';

/** A configuration that a bot can work with. Errors: ConfigError with every fault of it, its rules and its templates. */
export function readSoundConfig(options: { config: string }): Config {
  const read = attempt(() => readConfig(options));
  const faults = 'value' in read ? faultsWith(read.value) : [...read.faults, ...faultsBeside(options.config)];
  if ('value' in read && faults.length === 0) return read.value;
  throw new ConfigError([...new Set(faults)]);
}

/** Rules may name what the configuration has. */
function faultsWith(config: Config): readonly string[] {
  const templates = attempt(() => templatesIn(config.templates));
  const { templates: _, ...others } = wordsOf(config, new Map());
  const words = 'value' in templates ? wordsOf(config, templates.value) : others;
  return [
    ...faultsOf(() => logOf(config)),
    ...('value' in templates ? [] : templates.faults),
    ...faultsOf(() => readYamlFrom(config.rules, rulesSchema(words))),
  ];
}

/** What the rules and templates of a configuration with faults lack by themselves. A file that is not there is a fault of the configuration. */
function faultsBeside(file: string): readonly string[] {
  const data = attempt(() => readYaml(file).data);
  if (!('value' in data)) return [];
  const pathOf = (key: string, name: string) => {
    const written = valueAt(data.value, [key]);
    const configDir = resolve(dirname(file));
    return typeof written === 'string' ? resolve(configDir, written) : besideOrBuiltIn(configDir, name);
  };
  const [rules, templates] = [pathOf('rules', 'rules.yaml'), pathOf('templates', 'templates')];
  return [
    ...(existsSync(templates) ? faultsOf(() => templatesIn(templates)) : []),
    ...(existsSync(rules) ? faultsOf(() => readYamlFrom(rules, rulesSchema())) : []),
  ];
}

type Attempt<T> = { readonly value: T } | { readonly faults: readonly string[] };

function attempt<T>(work: () => T): Attempt<T> {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof ConfigError) return { faults: error.findings };
    throw error;
  }
}

function faultsOf(work: () => unknown): readonly string[] {
  const found = attempt(work);
  return 'faults' in found ? found.faults : [];
}

/** The name of the publisher that is the log. Errors: ConfigError when there is not exactly one: an answer goes to one place. */
export function logOf(config: Config): string {
  const [log, second] = config.publishers.filter(({ platform }) => platform === 'log');
  if (log === undefined) {
    throw new ConfigError([
      `${config.file}: \`publishers\` has the name log for another platform: name that otherwise, because replies need a log`,
    ]);
  }
  if (second !== undefined) {
    throw new ConfigError([
      `${config.file}: \`publishers\` has two logs, ${log.name} and ${second.name}; replies go to one`,
    ]);
  }
  return log.name;
}
