import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { yamlOf } from '../config/yaml/yaml-file.ts';
import { UsageError } from '../core/errors.ts';
import type { ReplyMode } from '../core/verdict.ts';
import type { Platform, Question } from '../platforms/platform.ts';

const shipped = fileURLToPath(new URL('../../config', import.meta.url));

/** A chosen platform, with the answers to its questions. */
export interface Chosen {
  readonly platform: Platform;
  /** By key of the question; unanswered questions are missing. */
  readonly answers: ReadonlyMap<string, string>;
  readonly mode: ReplyMode;
}

/** Errors: UsageError if the folder has a configuration. */
export function refuseToOverwrite(folder: string): void {
  const config = join(folder, 'pilcrow.yaml');
  if (existsSync(config)) throw new UsageError(`${config} exists: give another folder, or remove it first`);
}

/**
 * Writes configuration, rules and templates to a folder, and the secrets to `.env` in the working folder, readable by its owner only.
 * Keeps variables that `.env` already has. Returns both files.
 */
export function install(folder: string, chosen: readonly Chosen[]): { readonly config: string; readonly env: string } {
  refuseToOverwrite(folder);
  mkdirSync(folder, { recursive: true });
  const files = { config: join(folder, 'pilcrow.yaml'), env: '.env' };
  writeSecrets(files.env, chosen);
  if (!existsSync(join(folder, 'rules.yaml'))) copyFileSync(join(shipped, 'rules.yaml'), join(folder, 'rules.yaml'));
  if (!existsSync(join(folder, 'templates')))
    cpSync(join(shipped, 'templates'), join(folder, 'templates'), { recursive: true });
  for (const schema of ['pilcrow.schema.json', 'rules.schema.json'])
    copyFileSync(join(shipped, schema), join(folder, schema));
  writeFileSync(files.config, yamlOf(configurationOf(chosen), comment));
  return files;
}

const comment = ` yaml-language-server: $schema=./pilcrow.schema.json

 Written by pilcrow init. Paths are relative to this file; the secrets are in .env.
 Every option and its default: pilcrow.schema.json, which editors use, and docs/.`;

function configurationOf(chosen: readonly Chosen[]) {
  return {
    data: 'data',
    feeds: chosen.filter(({ platform }) => platform.feed !== undefined).map((one) => entryOf(one, 'feed')),
    publishers: [
      ...chosen.filter(({ platform }) => platform.publisher !== undefined).map((one) => entryOf(one, 'publisher')),
      { name: 'log', platform: 'log' },
    ],
    rules: 'rules.yaml',
    templates: 'templates',
  };
}

function entryOf({ platform, answers, mode }: Chosen, side: 'feed' | 'publisher') {
  // Every publisher has limits.
  const known = { ...platform[side]?.shape, ...(side === 'publisher' && { limits: true }) };
  const entry: Record<string, unknown> = {
    name: side === 'feed' ? `from-${platform.id}` : `to-${platform.id}`,
    platform: platform.id,
    ...(side === 'publisher' && platform.addressesPeople && { mode }),
  };
  for (const question of platform.setup?.questions ?? []) {
    const answer = answers.get(question.key);
    const [key = '', ...path] = question.key.split('.');
    if (answer === undefined || !(key in known)) continue;
    entry[key] = withValue(entry[key], path, valueOf(question, answer));
  }
  return side === 'feed' ? { ...entry, ...platform.setup?.feed?.(answers) } : entry;
}

function withValue(object: unknown, [key, ...path]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const entries = { ...(object as Record<string, unknown> | undefined) };
  return { ...entries, [key]: withValue(entries[key], path, value) };
}

function valueOf({ env, as }: Question, answer: string): unknown {
  if (env !== undefined) return { env };
  if (as === 'number') return Number(answer);
  if (as !== 'list') return answer;
  const parts = answer.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '');
}

function writeSecrets(file: string, chosen: readonly Chosen[]): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const lines = chosen.flatMap(({ platform, answers }) =>
    (platform.setup?.questions ?? []).flatMap(({ key, env }) => {
      const answer = answers.get(key);
      const exists = env !== undefined && new RegExp(`^\\s*(export\\s+)?${env}\\s*=`, 'm').test(before);
      return env === undefined || answer === undefined || exists ? [] : [`${env}=${quoted(answer)}`];
    }),
  );
  if (lines.length === 0) return;
  // Restrict the permissions before anything secret is in the file.
  appendFileSync(file, '', { mode: 0o600 });
  chmodSync(file, 0o600);
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  appendFileSync(file, `${gap}${lines.join('\n')}\n`);
}

/** Quoted for dotenv: without line breaks, in quotation marks that the answer does not contain. */
function quoted(answer: string): string {
  const line = answer.replaceAll(/[\r\n]+/g, ' ').trim();
  const quote = [`'`, '"', '`'].find((one) => !line.includes(one));
  return quote === undefined ? line : `${quote}${line}${quote}`;
}
