import { platforms } from '../platforms/index.ts';
import type { Platform } from '../platforms/platform.ts';
import { Rules } from '../rules/schema.ts';
import type { Config } from './config.ts';
import { environment } from './environment.ts';
import { jsonSchemas } from './json-schema.ts';
import { loadConfig } from './load.ts';

/** Reads the configuration that `--config` names. Errors: ConfigError with every finding. */
export function readConfig(options: { config: string }): Config {
  return loadConfig({ file: options.config, env: environment(), platforms });
}

/** The JSON Schemas of the YAML files, by file name. */
export function schemaFiles(): Record<string, string> {
  return jsonSchemas(platforms, Rules);
}

/** Platforms that `pilcrow init` offers: those that ask questions. */
export function offered(): readonly Platform[] {
  return platforms.filter(({ setup }) => setup !== undefined);
}
