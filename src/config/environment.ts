import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { ConfigError, isNoSuchFile, messageOf } from '../core/errors.ts';

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
