import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import { ConfigError, messageOf } from '../core/errors.ts';
import { secretsIn, type SecretValue } from '../core/secret.ts';
import { limitsInForce } from './sections/limit-section.ts';
import type { Environment } from './environment.ts';
import { check, inOrder, printed } from './explain-findings.ts';
import { unknownReferences } from './named.ts';
import { inNewWords } from './renamed.ts';
import { nameOf, type Path, valueAt } from './yaml/path.ts';
import { type Config, configSchema, type ConfigurablePlatform, type FeedEntry, type PublisherEntry } from './config.ts';
import { ownWithoutPages, webFaults } from './sections/web-section.ts';
import { type Finding, readYaml, type Yaml } from './yaml/yaml.ts';

type Schema = ReturnType<typeof configSchema>;
type Parsed = z.output<Schema>;

export interface LoadRequest {
  readonly file: string;
  readonly env: Environment;
  readonly platforms: readonly ConfigurablePlatform[];
}

/** Reads `pilcrow.yaml`. Errors: ConfigError with every fault as `FILE:LINE:COLUMN: message`. */
export function loadConfig({ file, env, platforms }: LoadRequest): Config {
  const yaml = inNewWords(readYaml(file));
  const schema = configSchema(platforms);
  const checked = check(yaml, schema);
  const configDir = resolve(dirname(file));
  const sound = 'value' in checked ? checked.value : soundEntries(schema, yaml.data);
  const findings = [
    ...('value' in checked ? [] : checked.findings),
    ...missingPaths(yaml, configDir),
    ...queueWithoutLedger(yaml),
    ...unknownPublisher(yaml),
    ...unconfirmedOpen(yaml),
    ...duplicatePublisher(yaml),
    ...unknownReferences(yaml),
    ...webFaults(yaml),
    ...ownWithoutPages(yaml),
    ...resolveSecrets(sound, yaml, env, configDir),
  ];
  if ('value' in checked && findings.length === 0) return finished(checked.value, { file, configDir, env, platforms });
  throw new ConfigError(inOrder(findings).map((finding) => printed(file, finding)));
}

/** The entries that are valid by themselves, each at its index: their secrets are resolved even where others are wrong. */
function soundEntries(schema: Schema, data: unknown): Record<string, unknown> {
  const sides = (['feeds', 'publishers', 'channels'] as const).map((side) => {
    const written = valueAt(data, [side]);
    const parsed = (Array.isArray(written) ? written : []).map(
      (entry: unknown) => schema.shape[side].safeParse([entry]).data?.[0],
    );
    return [side, parsed] as const;
  });
  const sections = (['ledger', 'web'] as const).map((name) => {
    return [name, schema.shape[name].safeParse(valueAt(data, [name])).data] as const;
  });
  return Object.fromEntries([...sides, ...sections]);
}

function finished(parsed: Parsed, { file, configDir, env, platforms }: LoadRequest & { configDir: string }): Config {
  const here = (path: string) => resolve(configDir, path);
  // A path in a variable is relative to the working folder, as in any shell.
  const dataDir = env['PILCROW_DATA'] ? resolve(env['PILCROW_DATA']) : here(parsed.data);
  const { alerts, channels, links, network, observe, web } = parsed;
  return {
    file,
    configDir,
    dataDir,
    postgres: parsed.ledger.postgres ?? null,
    redis: parsed.queue.redis ?? null,
    feeds: parsed.feeds.map((entry) => feedEntry(entry, parsed.replies.maxAge)),
    publishers: parsed.publishers.map((entry) => publisherEntry(entry, parsed.limits, platforms)),
    digests: parsed.digests.map(({ time, folder, ...entry }) => ({
      ...entry,
      at: time,
      folder: folder === undefined ? join(dataDir, 'digests', entry.name) : folder && here(folder),
    })),
    maxAgeMs: parsed.replies.maxAge,
    withdrawWithSource: parsed.replies.withdrawWithSource,
    retention: {
      textsMs: parsed.retention.texts,
      rejectsMs: parsed.retention.rejects,
      shortLived: platforms.flatMap(({ id, textRetentionMs }) =>
        textRetentionMs === undefined ? [] : [{ platform: id, textsMs: textRetentionMs }],
      ),
    },
    rules: here(parsed.rules),
    templates: here(parsed.templates),
    corpus: parsed.corpus.map(here),
    imported: parsed.imported === undefined ? join(dataDir, 'corpus.db') : parsed.imported && here(parsed.imported),
    catalogue:
      parsed.catalogue === undefined ? join(dataDir, 'catalogue.bin') : parsed.catalogue && here(parsed.catalogue),
    alerts,
    channels,
    links,
    network,
    observe,
    web,
  };
}

function feedEntry(entry: Parsed['feeds'][number], maxAge: number | null): FeedEntry {
  const { name, platform, every, onTopic, publisher, maxAge: own = maxAge, ...config } = entry;
  return { name, platform, everyMs: every, onTopic, maxAgeMs: own, publisher, config };
}

function publisherEntry(
  entry: Parsed['publishers'][number],
  general: Parsed['limits'],
  platforms: readonly ConfigurablePlatform[],
): PublisherEntry {
  const { name, platform, limits, mode, confirmOpen: _, ...config } = entry;
  const addressesPeople = platforms.find(({ id }) => id === platform)?.addressesPeople ?? false;
  return { name, platform, limits: limitsInForce(addressesPeople, general, limits), mode, config };
}

/** Files and folders that the configuration names and that do not exist. Defaults are checked where they are read. */
function missingPaths(yaml: Yaml, configDir: string): Finding[] {
  const corpus = valueAt(yaml.data, ['corpus']);
  const paths: readonly [Path, string][] = [
    [['rules'], 'no such file'],
    [['templates'], 'no such folder'],
    ...Array.from(Array.isArray(corpus) ? corpus : [], (_, index): [Path, string] => [
      ['corpus', index],
      'no such file or folder',
    ]),
  ];
  return paths.flatMap(([path, message]) => {
    const value = valueAt(yaml.data, path);
    if (typeof value !== 'string' || value === '' || existsSync(resolve(configDir, value))) return [];
    return [{ ...yaml.at(path), message: `\`${nameOf(path)}\`: ${message}: ${resolve(configDir, value)}` }];
  });
}

/** A shared queue is useless without a shared ledger. */
function queueWithoutLedger(yaml: Yaml): Finding[] {
  const path = ['queue', 'redis'];
  if (valueAt(yaml.data, path) === undefined || valueAt(yaml.data, ['ledger', 'postgres']) !== undefined) return [];
  const message = '`queue.redis` is for several processes, and those need a shared ledger: set `ledger.postgres`';
  return [{ ...yaml.at(path), message }];
}

type Entry = Readonly<Record<string, unknown>>;

/** The entries as they are written, each with its index, valid or not. */
function entriesOf(yaml: Yaml, side: 'feeds' | 'publishers'): [Entry, number][] {
  const entries = valueAt(yaml.data, [side]);
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown, at): [Entry, number][] =>
    typeof entry === 'object' && entry !== null ? [[entry as Entry, at]] : [],
  );
}

/** A feed whose publisher does not exist. */
function unknownPublisher(yaml: Yaml): Finding[] {
  const names = entriesOf(yaml, 'publishers').map(([{ name }]) => name);
  return entriesOf(yaml, 'feeds').flatMap(([{ publisher }, at]) => {
    if (typeof publisher !== 'string' || names.includes(publisher)) return [];
    const message = `unknown publisher \`${publisher}\`; known: ${names.join(', ')}`;
    return [{ ...yaml.at(['feeds', at, 'publisher']), message }];
  });
}

/** `mode: open` needs a confirmation. */
function unconfirmedOpen(yaml: Yaml): Finding[] {
  return entriesOf(yaml, 'publishers').flatMap(([{ name, mode, confirmOpen }, at]) => {
    if (mode !== 'open' || confirmOpen === name) return [];
    const message = `\`mode: open\` answers people who did not ask: where you mean it, write \`confirmOpen: ${String(name)}\` beside it`;
    return [{ ...yaml.at(['publishers', at, 'mode']), message }];
  });
}

/** Two publishers that would answer the same posts: their order must not decide. */
function duplicatePublisher(yaml: Yaml): Finding[] {
  const named = new Set(entriesOf(yaml, 'feeds').map(([{ publisher }]) => publisher));
  const answering = entriesOf(yaml, 'publishers').filter(
    ([{ name, mode }]) => typeof mode === 'string' && mode !== 'dry-run' && !named.has(name),
  );
  return answering.flatMap(([{ platform }, at], i) => {
    const first = answering.slice(0, i).find(([other]) => other['platform'] === platform);
    if (first === undefined) return [];
    const message = `${String(first[0]['name'])} answers posts of ${String(platform)} already: let the feeds say \`publisher: NAME\``;
    return [{ ...yaml.at(['publishers', at]), message }];
  });
}

/** Resolves all secrets of the configuration; returns a finding for each that cannot be read. */
function resolveSecrets(parsed: unknown, yaml: Yaml, env: Environment, configDir: string): Finding[] {
  const findings: Finding[] = [];
  for (const { secret, path } of secretsIn(parsed)) {
    const found = secretFrom(secret.from, env, configDir);
    if ('value' in found) secret.resolve(found.value);
    else findings.push({ ...yaml.at(path), message: `\`${nameOf(path)}\`: ${found.fault}` });
  }
  return findings;
}

const maxSecretBytes = 64 * 1024;

function secretFrom(
  from: SecretValue['from'],
  env: Environment,
  configDir: string,
): { value: string } | { fault: string } {
  if ('env' in from) {
    const value = env[from.env];
    if (value) return { value };
    // Something else than a variable's name may be the secret itself, written in the wrong place: do not print it.
    if (!/^[A-Z][A-Z0-9_]{0,63}$/.test(from.env))
      return { fault: 'expected the name of a variable, such as MASTODON_TOKEN' };
    return { fault: `the variable ${from.env} is not set, neither in the environment nor in .env` };
  }
  try {
    const path = resolve(configDir, from.file);
    if (statSync(path).size > maxSecretBytes) return { fault: `the file is too large for a secret: ${path}` };
    const value = readFileSync(path, 'utf8').trim();
    return value === '' ? { fault: `the file is empty: ${path}` } : { value };
  } catch (error) {
    return { fault: `the file cannot be read: ${messageOf(error)}` };
  }
}
