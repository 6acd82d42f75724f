import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf, storageFault } from '../../core/errors.ts';
import type { Config } from '../../config/config.ts';
import { envFolders, environment, type Environment, envText, withVariables } from '../../config/environment.ts';
import { readDraft } from '../../config/read.ts';
import { schemaFiles } from '../../config/schema-files.ts';
import { type Appended, withAppended } from '../../config/yaml/edit-yaml.ts';

/** What `init` works on: a configuration that may be there already, and the `.env` beside it. */
export interface Target {
  readonly folder: string;
  readonly file: string;
  readonly envFile: string;
  /** The text of the configuration; undefined: there is none yet. */
  readonly text: string | undefined;
  /** What it configures; undefined: there is none yet. */
  readonly present: Config | undefined;
  readonly env: Environment;
}

/** Errors: ConfigError where the configuration that is there does not load. */
export function targetIn(folder: string): Target {
  const file = join(folder, 'pilcrow.yaml');
  const env = environment(...envFolders(file));
  const text = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  const present = text === undefined ? undefined : readDraft({ file, text, env });
  return { folder, file, envFile: join(folder, '.env'), text, present, env };
}

/** A configuration that loads, not written yet. */
export interface Draft {
  readonly text: string;
  readonly config: Config;
  /** Of `.env`. */
  readonly variables: ReadonlyMap<string, string>;
}

/** Errors: ConfigError where the result would not load: nothing is written. */
export function draftOf({ file, text, env }: Target, lists: readonly Appended[], variables: Draft['variables']): Draft {
  const whole = withAppended(text ?? head, lists);
  const config = readDraft({ file, text: whole, env: { ...env, ...Object.fromEntries(variables) } });
  return { text: whole, config, variables };
}

const head = `# yaml-language-server: $schema=./pilcrow.schema.json
#
# Written by pilcrow init, which adds to it when it is run again. Paths are relative to this file; the secrets are in .env.
# Every option and its default: pilcrow.schema.json, which editors use, and docs/.
`;

/** Writes the schemas for editors, the secrets to `.env`, for their owner alone, and last the configuration. Errors: an Error that says why the folder cannot be written. */
export function write({ folder, file, envFile }: Target, { text, variables }: Draft): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, schema] of Object.entries(schemaFiles())) replaceFile(join(folder, name), schema, 0o644);
    if (variables.size > 0) replaceFile(envFile, withVariables(envText(envFile), variables), 0o600);
    replaceFile(file, text, 0o644);
  } catch (error) {
    const reason = storageFault(error) ?? messageOf(error);
    throw new Error(`${resolve(folder)} cannot be written: ${reason}. The configuration is as it was.`, {
      cause: error,
    });
  }
}

/** The old text or the new one is there at any moment, even on a full disk. */
function replaceFile(file: string, text: string, mode: number): void {
  const target = existsSync(file) ? realpathSync(file) : file;
  const beside = `${target}.new`;
  try {
    writeFileSync(beside, text, { mode });
    chmodSync(beside, mode);
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
