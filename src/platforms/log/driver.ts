import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { isNoSuchFile, messageOf, RetryLater } from '../../core/errors.ts';
import type { Payload, Published } from '../../core/reply.ts';
import type { Driver, DriverContext, Publisher } from '../platform.ts';
import { unlimited } from '../shared/lengths.ts';
import { type AppendLog, openAppendLog } from './append.ts';
import type { LogPublisher } from './config.ts';
import { type KeyFilter, keyFilter } from './filter.ts';
import { openPresent } from './found-log.ts';

export const driver: Driver<never, LogPublisher> = {
  async openPublisher(config, context) {
    const log = await openAppendLog(resolve(context.dataDir, config.path), context.notices);
    return openPublisher(log, await keysOf(log), context);
  },
  checkPublisher: (config, context) => checkLog(resolve(context.dataDir, config.path)),
};

/** The last line of a key counts. */
const LogLine = z.union([z.object({ key: z.string() }), z.object({ withdrawn: z.string() })]);

function openPublisher(log: AppendLog, keys: KeyFilter, { clock, shared }: DriverContext): Publisher & AsyncDisposable {
  const inFlight = new Map<string, Promise<Published>>();
  const at = () => new Date(clock.now()).toISOString();

  async function publishOnce(payload: Payload): Promise<Published> {
    const published = { id: payload.key, url: null };
    if (await isPublished(log, keys, payload.key)) return published;
    keys.add(keyBytes(payload.key));
    const { key, replyTo, language, text } = payload;
    await log.append(JSON.stringify({ key, at: at(), replyTo, language, text }));
    return published;
  }

  return {
    limits: unlimited,
    // On a shared ledger another process may have written it to its own log, which this one cannot read.
    repeat: shared ? 'doubles' : 'harmless',
    async publish(payload, signal) {
      if (signal.aborted) throw new RetryLater('stopped before it was written', 0, { cause: signal.reason });
      const current = inFlight.get(payload.key);
      if (current) return await current;
      const publishing = publishOnce(payload).finally(() => inFlight.delete(payload.key));
      inFlight.set(payload.key, publishing);
      return await publishing;
    },
    async find(payload, signal) {
      signal.throwIfAborted();
      await inFlight.get(payload.key)?.catch(() => undefined);
      if (await isPublished(log, keys, payload.key)) return { id: payload.key, url: null };
      return shared ? 'cannot-tell' : 'absent';
    },
    async withdraw({ id }, signal) {
      signal.throwIfAborted();
      await log.append(JSON.stringify({ withdrawn: id, at: at() }));
    },
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  };
}

async function isPublished(log: AppendLog, keys: KeyFilter, key: string): Promise<boolean> {
  const wanted = keyBytes(key);
  if (!keys.mayHave(wanted)) return false;
  for await (const lines of log.linesBackwards(wanted)) {
    for (const line of lines) {
      const event = readLine(line);
      if (event && 'key' in event && event.key === key) return true;
      if (event && 'withdrawn' in event && event.withdrawn === key) return false;
    }
  }
  return false;
}

/** Keys in the file, so that `publish` seldom has to search it. */
async function keysOf(log: AppendLog): Promise<KeyFilter> {
  const keys = keyFilter();
  for await (const lines of log.linesBackwards()) {
    for (const line of lines) {
      const key = keyIn(line);
      if (key) keys.add(key);
    }
  }
  return keys;
}

const opening = Buffer.from('{"key":"');
const quotationMark = 0x22;
const backslash = 0x5c;

/** The key of a line, in the form of `keyBytes`. Lines of our own form need no JSON parsing. */
function keyIn(line: Buffer): Buffer | undefined {
  const end = line.indexOf(quotationMark, opening.length);
  if (line.subarray(0, opening.length).equals(opening) && end !== -1) {
    const key = line.subarray(opening.length, end);
    if (!key.includes(backslash)) return key;
  }
  const event = readLine(line);
  return event && 'key' in event ? keyBytes(event.key) : undefined;
}

/** The key as written in a line, without the quotation marks. */
function keyBytes(key: string): Buffer {
  return Buffer.from(JSON.stringify(key).slice(1, -1));
}

/** Undefined: somebody edited the line into something that is no reply. */
function readLine(line: Buffer): z.infer<typeof LogLine> | undefined {
  try {
    return LogLine.safeParse(JSON.parse(line.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Undefined, or why no reply can be written to this log, in words. Creates and changes nothing. */
async function checkLog(path: string): Promise<string | undefined> {
  try {
    const found = await openPresent(path);
    if (found === undefined) return await checkFolder(dirname(path));
    await found.handle.close();
    return undefined;
  } catch (error) {
    return `${path} cannot be written: ${messageOf(error)}`;
  }
}

/** Checks the nearest existing folder: the first reply creates those below it. */
async function checkFolder(folder: string): Promise<string | undefined> {
  try {
    if (!(await stat(folder)).isDirectory()) return `${folder} is not a folder`;
    await access(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    if (isNoSuchFile(error) && dirname(folder) !== folder) return await checkFolder(dirname(folder));
    return `${folder} cannot be written: ${messageOf(error)}`;
  }
}
