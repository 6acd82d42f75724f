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
  /** No login is tried until then, in milliseconds since the epoch. */
  noLoginBefore: z.number().optional().catch(undefined),
  /** Logins that failed in a row: how many, with what, and, where they were refused, why. */
  failed: z
    .object({ count: z.number(), fingerprint: z.string(), refused: z.string().optional() })
    .optional()
    .catch(undefined),
});
export type Stored = z.infer<typeof Stored>;

/** One for each account: two bots in one folder must not take each other's. */
export function sessionFile(dataDir: string, service: string, identifier: string): string {
  const hash = createHash('sha256')
    .update(`${URL.parse(service)?.href} ${identifier.toLowerCase()}`)
    .digest('hex');
  return join(dataDir, `bluesky-session-${hash.slice(0, 16)}.json`);
}

/** Tells one password from the next, and nothing of it. */
export function fingerprintOf(password: string): string {
  return createHash('sha256').update(`pilcrow ${password}`).digest('hex').slice(0, 6);
}

/** What is not there or damaged is an empty store: the account logs in anew. */
export async function readStored(file: string): Promise<Stored> {
  try {
    return Stored.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return {};
  }
}

/** Whole or not at all, and for the owner's eyes only. */
export async function writeStored(file: string, stored: Stored): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const beside = `${file}.${randomUUID()}`;
  try {
    await writeFile(beside, JSON.stringify(stored), { mode: 0o600, flag: 'wx', flush: true });
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
