import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf } from '../core/errors.ts';
import { secretsIn, type SecretValue } from '../core/secret.ts';
import type { Environment } from './environment.ts';
import { nameOf } from './yaml/path.ts';
import type { Finding, Yaml } from './yaml/yaml.ts';

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
