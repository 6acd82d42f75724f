import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'dotenv';
import { ConfigError, isNoSuchFile, messageOf } from '../core/errors.ts';
import { secretsIn, type SecretValue } from '../core/secret.ts';
import { type Finding, nameOf, type Yaml } from './yaml/yaml.ts';

/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The process's variables, completed by a `.env` file in `folder` for local use; the process's own take precedence. */
export function environment(folder: string = process.cwd()): Environment {
  return { ...dotenv(join(folder, '.env')), ...process.env };
}

function dotenv(file: string): Environment {
  try {
    return parse(readFileSync(file));
  } catch (error) {
    if (isNoSuchFile(error)) return {};
    throw new ConfigError([`${file}:1:1: cannot be read: ${messageOf(error)}`], { cause: error });
  }
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
