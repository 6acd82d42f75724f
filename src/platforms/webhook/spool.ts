import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { hourMs } from '../../core/durations.ts';
import { isNoSuchFile } from '../../core/errors.ts';
import { type Entry, readEntry } from '../shared/post-lines.ts';

/** A delivery that the endpoint has accepted. */
export interface Delivery {
  readonly name: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly body: string;
}

const maxWaiting = 1000;
/** Longer than a signature is valid, so that no delivery is taken twice. */
const retentionMs = hourMs;
const suffix = '.json';

/** Folder of the accepted deliveries of a webhook, a file each. */
export function spoolFolder(dataDir: string, path: string): string {
  return join(dataDir, 'webhook', path);
}

let latest = 0;

/** Stores a delivery durably, before it is confirmed. `known`: one with this id is there. `full`: too many wait to be read. */
export async function storeDelivery(
  folder: string,
  id: string,
  body: string,
  now: number,
): Promise<'stored' | 'known' | 'full'> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = await namesIn(folder);
  const name = createHash('sha256').update(id).digest('base64url').slice(0, 16);
  if (names.includes(name)) return 'known';
  if (names.length >= maxWaiting) return 'full';
  // Deliveries of one millisecond keep their order.
  latest = Math.max(latest + 0.001, now);
  const temporary = join(folder, `${randomUUID()}.new`);
  await writeFile(temporary, JSON.stringify({ at: latest, body }), { flush: true, mode: 0o600 });
  try {
    await link(temporary, join(folder, name + suffix));
    return 'stored';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return 'known';
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Those that are not among `seen`, oldest first. What was seen more than an hour ago is deleted. */
export async function readDeliveries(folder: string, seen: ReadonlySet<string>, now: number): Promise<Delivery[]> {
  const unseen: Delivery[] = [];
  for (const name of await namesIn(folder)) {
    const file = join(folder, name + suffix);
    if (!seen.has(name)) unseen.push({ name, ...Stored.parse(JSON.parse(await readFile(file, 'utf8'))) });
    else if ((await stat(file)).mtimeMs < now - retentionMs) await rm(file, { force: true });
  }
  return unseen.toSorted((a, b) => a.at - b.at);
}

const Stored = z.object({ at: z.number(), body: z.string() });

export async function namesIn(folder: string): Promise<string[]> {
  try {
    const files = await readdir(folder);
    return files.filter((file) => file.endsWith(suffix)).map((file) => file.slice(0, -suffix.length));
  } catch (error) {
    if (isNoSuchFile(error)) return [];
    throw error;
  }
}

/** The post of a delivery. Its id is that of the delivery unless it has its own; it is of this webhook, whatever platform it names. */
export function entryOf({ name, at, body }: Delivery, path: string): Entry {
  return readEntry(withId(body, name), Math.floor(at), { platform: 'webhook', prefix: `${path}/` });
}

function withId(body: string, id: string): string {
  try {
    const json: unknown = JSON.parse(body);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? JSON.stringify({ id, ...json }) : body;
  } catch {
    return body;
  }
}
