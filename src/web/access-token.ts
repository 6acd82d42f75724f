import { randomBytes, randomUUID } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { ConfigError, messageOf } from '../core/errors.ts';
import { endSessions } from '../ledger/operators/sessions.ts';
import { audited } from '../operations/audit-entry.ts';
import type { Context } from './page.ts';

/** True if the page demands the token: nobody else could log in. */
export function demandsToken({ users, proxyHeader }: Config['web']): boolean {
  return users.length === 0 && proxyHeader === undefined;
}

/**
 * The secret that opens the page: 256 random bits, one for a data folder, in a file that only its owner reads. Makes one where there is none.
 * Errors: ConfigError.
 */
export function accessToken(dataDir: string): string {
  const file = join(dataDir, tokenFile);
  try {
    if (!existsSync(file)) create(dataDir, file);
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
    return storedToken(dataDir) ?? renewToken(dataDir);
  } catch (error) {
    const message = `${file}, which holds the token of the operator’s page, cannot be used: ${messageOf(error)}; it belongs to the user who runs the bot`;
    throw new ConfigError([message], { cause: error });
  }
}

/** Undefined: the file was removed, so nobody gets in until a command makes a new one. */
export function storedToken(dataDir: string): string | undefined {
  const file = join(dataDir, tokenFile);
  const token = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  return /^[\w-]{43}$/.test(token) ? token : undefined;
}

/** Replaces the token: addresses with the old one, and the sessions that it opened, end. */
function renewToken(dataDir: string): string {
  rmSync(join(dataDir, tokenFile), { force: true });
  return accessToken(dataDir);
}

/** Logs everybody out, by name and by token: the token is another one afterwards. */
export async function endAllSessions(
  { config, ledger }: Pick<Context, 'config' | 'ledger'>,
  who?: string,
): Promise<void> {
  if (demandsToken(config.web)) renewToken(config.dataDir);
  await audited(ledger, { action: 'end sessions', target: 'all', who }, async (tx) => {
    await endSessions(tx);
    return true;
  });
}

/** The address that opens the page. */
export function entryOf(url: string, { web, dataDir }: Config): string {
  return demandsToken(web) ? `${url}/?token=${accessToken(dataDir)}` : url;
}

/** What to do without a session where the page demands the token. */
export const tokenAdvice =
  'This page opens with the token of the bot. On the machine of the bot, `npx pilcrow web --url` prints the address that holds it.';

const tokenFile = 'web-token';

/** Two processes may start at once: the first token stays, and nobody reads half of one. */
function create(dataDir: string, file: string): void {
  mkdirSync(dataDir, { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
  } catch {
    // Another process was first, or the file system knows no links.
    if (!existsSync(file)) renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}
