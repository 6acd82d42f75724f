import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const Session = z.looseObject({
  accessJwt: z.string(),
  refreshJwt: z.string(),
  handle: z.string(),
  did: z.string(),
  active: z.boolean(),
});

const Stored = z.object({
  session: Session.optional().catch(undefined),
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
  try {
    return Stored.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return {};
  }
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
