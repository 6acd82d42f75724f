import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../core/errors.ts';
import { builtInFolder } from './built-in.ts';
import { type Environment, envFolders, environment, resolveSecrets } from './environment.ts';
import { check, inOrder, printed } from './explain-findings.ts';
import { DataFolder, Ledger } from './sections/sections.ts';
import { readYaml } from './yaml/yaml.ts';

/** The part of the configuration that leads to the ledger: all that commands need which only look into it or pause the bot. */
export interface LedgerConfig {
  /** As it was named to the loader. */
  readonly file: string;
  readonly configDir: string;
  readonly dataDir: string;
  /** Without `postgres`: the embedded ledger in the data folder. */
  readonly ledger: z.output<typeof Ledger>;
  readonly publishers: readonly { readonly name: string; readonly platform: string }[];
  readonly feeds: readonly { readonly name: string }[];
}

const Publisher = z.object({ name: z.string(), platform: z.string() });
const Feed = z.object({ name: z.string() });
const Unread = z.unknown().optional();

/** A key that does not exist is refused all the same: it may be a misspelt `ledger`, and the command would work on another one. */
const Schema = z.strictObject({
  data: DataFolder,
  ledger: Ledger.prefault({}),
  queue: Unread,
  feeds: z.array(Feed.nullable().catch(null)).catch([]),
  publishers: z.array(Publisher.nullable().catch(null)).catch([]),
  channels: Unread,
  digests: Unread,
  alerts: Unread,
  rules: Unread,
  templates: Unread,
  corpus: Unread,
  imported: Unread,
  catalogue: Unread,
  links: Unread,
  replies: Unread,
  limits: Unread,
  retention: Unread,
  network: Unread,
  observe: Unread,
  web: Unread,
});

/** Every key of `pilcrow.yaml`. */
export type ConfigKey = keyof typeof Schema.shape;

/**
 * Reads where the ledger is, and the names of the publishers and feeds. Other sections may be wrong: a fault in a feed must not keep an operator
 * from pausing the bot. Errors: ConfigError with every fault of these keys as `FILE:LINE:COLUMN: message`.
 */
export function readLedgerConfig(
  { config: file }: { config: string },
  env = environment(...envFolders(file)),
): LedgerConfig {
  const yaml = readYaml(file);
  const checked = check(yaml, Schema);
  const { configDir } = foldersOf(file, undefined, env);
  const findings = 'value' in checked ? resolveSecrets(checked.value, yaml, env, configDir) : checked.findings;
  if (!('value' in checked) || findings.length > 0)
    throw new ConfigError(inOrder(findings).map((finding) => printed(file, finding)));
  const { data, ledger } = checked.value;
  const publishers = checked.value.publishers.filter((one) => one !== null);
  const feeds = checked.value.feeds.filter((one) => one !== null);
  return { ...foldersOf(file, data, env), ledger, publishers: [...publishers, ...unwrittenLog(publishers)], feeds };
}

/** The log where no publisher is one: every bot needs it, for the replies that go nowhere else. */
export function unwrittenLog(publishers: readonly { readonly name?: unknown; readonly platform?: unknown }[]) {
  const isThere = publishers.some(({ name, platform }) => name === 'log' || platform === 'log');
  return isThere ? [] : [{ name: 'log', platform: 'log' }];
}

/** The folder of the configuration, which its paths are relative to, and that of the state. */
export function foldersOf(file: string, data: string | undefined, env: Environment) {
  const configDir = resolve(dirname(file));
  // The installation holds no state: it may be read-only, shared, or under version control.
  const home = configDir === builtInFolder ? '' : configDir;
  // A path in a variable is relative to the working folder, as in any shell.
  const named = data === undefined ? resolve(home, 'data') : resolve(configDir, data);
  const dataDir = env['PILCROW_DATA'] ? resolve(env['PILCROW_DATA']) : named;
  return { file, configDir, dataDir };
}

/** The publishers that only write their replies to the log, so nobody gets them. */
export function publishersThatLog({ publishers }: Pick<LedgerConfig, 'publishers'>): string[] {
  return publishers.filter(({ platform }) => platform === 'log').map(({ name }) => name);
}

export function isDryRun(config: Pick<LedgerConfig, 'publishers'>, name: string): boolean {
  return publishersThatLog(config).includes(name);
}
