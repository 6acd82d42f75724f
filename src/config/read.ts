import { z } from 'zod';
import { platforms } from '../platforms/index.ts';
import type { Platform } from '../platforms/platform.ts';
import { Rules } from '../rules/schema.ts';
import { type Config, configSchema } from './config.ts';
import { envFolders, environment } from './environment.ts';
import { loadConfig } from './load.ts';

/** Reads the configuration that `--config` names. Errors: ConfigError with every finding. */
export function readConfig(options: { config: string }): Config {
  return loadConfig({ file: options.config, env: environment(...envFolders(options.config)), platforms });
}

/** The JSON Schemas of the YAML files for editors, as texts by file name. */
export function schemaFiles(): Record<string, string> {
  return {
    'pilcrow.schema.json': jsonSchema(configSchema(platforms), 'Pilcrow configuration'),
    'rules.schema.json': jsonSchema(Rules, 'Pilcrow rules'),
  };
}

function jsonSchema(schema: z.ZodType, title: string): string {
  return `${JSON.stringify({ title, ...z.toJSONSchema(schema, { io: 'input' }) }, null, 2)}\n`;
}

/** Platforms that `pilcrow init` offers: those that ask questions. */
export function offered(): readonly Platform[] {
  return platforms.filter(({ setup }) => setup !== undefined);
}
