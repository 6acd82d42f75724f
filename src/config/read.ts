import { z } from 'zod';
import { platforms } from '../platforms/index.ts';
import type { Platform } from '../platforms/platform.ts';
import type { Config } from './config.ts';
import { envFolders, environment } from './environment.ts';
import { describeFault } from './explain-findings.ts';
import { loadConfig, type LoadRequest } from './load.ts';
import { Limits } from './sections/limit-section.ts';

/** Reads the configuration that `--config` names. Errors: ConfigError with every finding. */
export function readConfig(options: { config: string }): Config {
  return loadConfig({ file: options.config, env: environment(...envFolders(options.config)), platforms });
}

/** Reads what a file is about to hold, as `readConfig` will. */
export function readDraft(draft: Omit<LoadRequest, 'platforms'>): Config {
  return loadConfig({ ...draft, platforms });
}

/** What is wrong with the value at a path of an entry, whatever else is; undefined: nothing. */
export async function entryFault(
  { feed, publisher }: Pick<Platform, 'feed' | 'publisher'>,
  entry: unknown,
  path: readonly string[],
): Promise<string | undefined> {
  for (const schema of [publisher, feed, z.object({ limits: Limits.optional() })]) {
    const fault = schema && (await describeFault(schema, entry, path));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Platforms that `pilcrow init` offers: those that ask questions. */
export function offered(): readonly Platform[] {
  return platforms.filter(({ setup }) => setup !== undefined);
}
