import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { jsonIn } from '../shared/parse-json.ts';

const Tokens = z.object({
  accessJwt: z.string(),
  refreshJwt: z.string(),
  did: z.string(),
  /** URL of the account's own server; left out: the login service. */
  server: z.string().optional(),
});
export type Tokens = z.infer<typeof Tokens>;

const Stored = z.object({
  session: Tokens.optional().catch(undefined),
  /** No login before this time, in milliseconds since the epoch. */
  noLoginBefore: z.number().optional().catch(undefined),
  /** Consecutive failed logins: their number, the password's fingerprint and, if refused, the reason. */
  failed: z
    .object({ count: z.number(), fingerprint: z.string(), refused: z.string().optional() })
    .optional()
    .catch(undefined),
});
export type Stored = z.infer<typeof Stored>;

/** The session file of one account, so that two bots in one folder do not share a session. */
export function sessionFile(dataDir: string, service: string, identifier: string): string {
  const hash = createHash('sha256')
    .update(`${URL.parse(service)?.href} ${identifier.toLowerCase()}`)
    .digest('hex');
  return join(dataDir, `bluesky-session-${hash.slice(0, 16)}.json`);
}

/** Distinguishes passwords without revealing anything of them. */
export function fingerprintOf(password: string): string {
  return createHash('sha256').update(`pilcrow ${password}`).digest('hex').slice(0, 6);
}

/** A missing or damaged file is an empty store: the account logs in again. */
export async function readStored(file: string): Promise<Stored> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return Stored.safeParse(jsonIn(text)).data ?? {};
}

/** Writes atomically; only the owner may read the file. */
export async function writeStored(file: string, stored: Stored): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}`;
  try {
    await writeFile(temporary, JSON.stringify(stored), { mode: 0o600, flag: 'wx', flush: true });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
