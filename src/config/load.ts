import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '../core/errors.ts';
import { besideOrBuiltIn, builtInFolder } from './built-in.ts';
import { limitsInForce } from './sections/limit-section.ts';
import { type Environment, resolveSecrets } from './environment.ts';
import { addressSuchAs } from './sections/sections.ts';
import { crossFindings } from './cross-checks.ts';
import { check, inOrder, printed } from './explain-findings.ts';
import { foldersOf, unwrittenLog } from './ledger-config.ts';
import { inNewWords } from './renamed.ts';
import {
  type Config,
  configSchema,
  type ConfigurablePlatform,
  type FeedEntry,
  type Parsed,
  type PublisherEntry,
} from './config.ts';
import { arrayAt, parseYaml, readYaml, valueAt } from './yaml/yaml.ts';

type Schema = ReturnType<typeof configSchema>;

export interface LoadRequest {
  readonly file: string;
  /** What the file is about to hold. Left out: it is read. */
  readonly text?: string;
  readonly env: Environment;
  readonly platforms: readonly ConfigurablePlatform[];
}

/** Reads `pilcrow.yaml`. Errors: ConfigError with every fault as `FILE:LINE:COLUMN: message`. */
export function loadConfig({ file, text, env, platforms }: LoadRequest): Config {
  const yaml = inNewWords(text === undefined ? readYaml(file) : parseYaml(file, text));
  const schema = configSchema(platforms);
  const checked = check(yaml, schema);
  const configDir = resolve(dirname(file));
  const sound = 'value' in checked ? checked.value : soundEntries(schema, yaml.data);
  const invalid = 'value' in checked ? [] : checked.findings;
  const findings = [
    ...invalid,
    // A value that its own schema refuses gets one message.
    ...crossFindings(yaml, configDir).filter(
      ({ line, column }) => !invalid.some((one) => one.line === line && one.column === column),
    ),
    ...resolveSecrets(sound, yaml, env, configDir),
  ];
  if ('value' in checked && findings.length === 0) {
    const web = listening(checked.value.web, valueAt(yaml.data, ['web', 'listen']) !== undefined, env);
    return finished({ ...checked.value, web }, schema, { file, env, platforms });
  }
  throw new ConfigError(inOrder(findings).map((finding) => printed(file, finding)));
}

/** The image of a container sets PILCROW_LISTEN, because its loopback reaches nobody; what the configuration says takes precedence. */
function listening(web: Parsed['web'], isWritten: boolean, env: Environment): Parsed['web'] {
  const variable = env['PILCROW_LISTEN'];
  if (!variable || isWritten) return web;
  const { data: listen } = addressSuchAs('0.0.0.0:8190').safeParse(variable);
  if (listen === undefined) throw new ConfigError(['PILCROW_LISTEN: expected HOST:PORT, such as 0.0.0.0:8190']);
  // On the machine of the container people type this.
  return {
    ...web,
    listen,
    publicUrl: web.publicUrl ?? `http://localhost:${listen.slice(listen.lastIndexOf(':') + 1)}`,
  };
}

/** The entries that are valid by themselves, each at its index: their secrets are resolved even where others are wrong. */
function soundEntries(schema: Schema, data: unknown): Record<string, unknown> {
  const sides = (['feeds', 'publishers', 'channels'] as const).map((side) => {
    const parsed = arrayAt(data, [side]).map((entry) => schema.shape[side].safeParse([entry]).data?.[0]);
    return [side, parsed] as const;
  });
  const sections = (['ledger', 'web'] as const).map((name) => {
    return [name, schema.shape[name].safeParse(valueAt(data, [name])).data] as const;
  });
  return Object.fromEntries([...sides, ...sections]);
}

function finished(parsed: Parsed, schema: Schema, { file, env, platforms }: LoadRequest): Config {
  const { data, limits: _, feeds, publishers, digests, imported, catalogue, ...unchanged } = parsed;
  const { configDir, dataDir } = foldersOf(file, data, env);
  const unwritten = schema.shape.publishers.parse(unwrittenLog(publishers));
  const here = (path: string) => resolve(configDir, path);
  const orBuiltIn = (path: string | undefined, name: string) =>
    path === undefined ? besideOrBuiltIn(configDir, name) : here(path);
  const inData = (path: string | null | undefined, usual: string) =>
    path === undefined ? join(dataDir, usual) : path && here(path);
  return {
    ...unchanged,
    file,
    configDir,
    dataDir,
    feeds: feeds.map((entry) => feedEntry(entry, parsed.replies.maxAge)),
    publishers: [...publishers, ...unwritten].map((entry) => publisherEntry(entry, parsed, platforms)),
    digests: digests.map(({ time, folder, ...entry }) => {
      return { ...entry, at: time, folder: inData(folder, join('digests', entry.name)) };
    }),
    retention: {
      ...parsed.retention,
      shortLived: platforms.flatMap(({ id, textRetentionMs }) =>
        textRetentionMs === undefined ? [] : [{ platform: id, textsMs: textRetentionMs }],
      ),
    },
    rules: orBuiltIn(parsed.rules, 'rules.yaml'),
    templates: orBuiltIn(parsed.templates, 'templates'),
    corpus: parsed.corpus?.map(here) ?? [join(builtInFolder, 'sample')],
    imported: inData(imported, 'corpus.db'),
    catalogue: inData(catalogue, 'catalogue.bin'),
  };
}

function feedEntry(entry: Parsed['feeds'][number], maxAge: number | null): FeedEntry {
  const { name, platform, every, onTopic, publisher, maxAge: own = maxAge, ...config } = entry;
  return { name, platform, everyMs: every, onTopic, maxAgeMs: own, publisher, config };
}

function publisherEntry(
  entry: Parsed['publishers'][number],
  { limits: general, replies }: Parsed,
  platforms: readonly ConfigurablePlatform[],
): PublisherEntry {
  const { name, platform, limits, mode, confirmOpen: _, excerpts, repeatWhenAbsent, ...config } = entry;
  const own = platforms.find(({ id }) => id === platform);
  return {
    name,
    platform,
    limits: limitsInForce(own?.addressesPeople ?? false, general, limits),
    mode,
    // What a platform asks for holds against what is set for all.
    excerpts: excerpts ?? own?.excerpts ?? replies.excerpts,
    repeatWhenAbsent,
    config,
  };
}
