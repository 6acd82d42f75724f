import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'dotenv';
import { ConfigError, isNoSuchFile, messageOf, storageFault } from '../core/errors.ts';
import { secretsIn, type SecretValue } from '../core/secret.ts';
import { type Finding, nameOf, type Yaml } from './yaml/yaml.ts';

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The process's variables, completed by the `.env` files in these folders; what is named first takes precedence. Errors: ConfigError with
 * every line whose value would be cut.
 */
export function environment(...folders: readonly string[]): Environment {
  const files = folders.map((folder) => variablesIn(join(folder, '.env')));
  return Object.fromEntries([...files.toReversed(), process.env].flatMap((variables) => Object.entries(variables)));
}

/** Folders whose `.env` counts for a configuration file: its own, then the working folder. */
export function envFolders(file: string): readonly string[] {
  return [...new Set([dirname(resolve(file)), process.cwd()])];
}

/** The variables of a `.env` file. Errors: ConfigError with every line whose value would be cut. */
function variablesIn(file: string): Record<string, string> {
  const text = envText(file);
  const cut = cutValues(text);
  if (cut.length > 0)
    throw new ConfigError(
      cut.map(
        ({ line, name }) => `${file}:${line}:1: the value of ${name} would end at its #: put it in quotation marks`,
      ),
    );
  return parse(text);
}

/** The text of a `.env` file; empty where there is none. Windows writes UTF-16 with a mark in front. */
export function envText(file: string): string {
  try {
    const bytes = readFileSync(file);
    const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    return new TextDecoder(isUtf16 ? (bytes[0] === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8').decode(bytes);
  } catch (error) {
    if (isNoSuchFile(error)) return '';
    throw new ConfigError([`${file}:1:1: cannot be read: ${storageFault(error) ?? messageOf(error)}`], {
      cause: error,
    });
  }
}

/** Values like `ab#cd`, of which dotenv would take `ab`. */
function cutValues(text: string): { line: number; name: string }[] {
  return text.split(/\r?\n/).flatMap((written, i) => {
    const name = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*(?!['"`\s#])[^#]*[^#\s]#/.exec(written)?.[1];
    return name === undefined ? [] : [{ line: i + 1, name }];
  });
}

/** A name for a value under which no other value is lost: NAME, or NAME_2 and so on while that has another one. */
export function freeVariable(name: string, value: string, taken: Readonly<Record<string, string | undefined>>): string {
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name}_${number}`;
    if ([undefined, '', value].includes(taken[candidate])) return candidate;
  }
}

/** The text of a `.env` file with these variables at its end; what is there stays. */
export function withVariables(text: string, variables: ReadonlyMap<string, string>): string {
  const before = parse(text);
  const lines = [...variables].filter(([name, value]) => before[name] !== value);
  const gap = text === '' || text.endsWith('\n') ? '' : '\n';
  return `${text}${lines.length === 0 ? '' : gap}${lines.map(([name, value]) => `${name}=${quoted(value)}\n`).join('')}`;
}

/** Quoted for dotenv: without line breaks, in quotation marks that the answer does not contain. */
function quoted(answer: string): string {
  const line = answer.replaceAll(/[\r\n]+/g, ' ').trim();
  const quote = [`'`, '"', '`'].find((one) => !line.includes(one));
  return quote === undefined ? line : `${quote}${line}${quote}`;
}

/** Resolves all secrets of a configuration, or of a part of it; returns a finding for each that cannot be read. */
export function resolveSecrets(parsed: unknown, yaml: Yaml, env: Environment, configDir: string): Finding[] {
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
    return {
      fault: `the variable ${from.env} is not set, neither in the environment nor in ${join(configDir, '.env')}`,
    };
  }
  try {
    const path = resolve(configDir, from.file);
    if (statSync(path).size > maxSecretBytes) return { fault: `the file is too large for a secret: ${path}` };
    const value = readFileSync(path, 'utf8').trim();
    return value === '' ? { fault: `the file is empty: ${path}` } : { value };
  } catch (error) {
    return { fault: `the file cannot be read: ${storageFault(error) ?? messageOf(error)}` };
  }
}
