import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isNoSuchFile, messageOf, RetryLater, storageFault } from '../../core/errors.ts';
import type { Payload, Published } from '../../core/reply.ts';
import type { Driver, DriverContext, Publisher } from '../platform.ts';
import { unlimited } from '../shared/lengths.ts';
import type { LogPublisher } from './config.ts';
import { openPresent, ReplyLog } from './reply-log.ts';

export const driver: Driver<never, LogPublisher> = {
  async openPublisher({ path }, context) {
    return openPublisher(await ReplyLog.open(resolve(context.dataDir, path), context.notices), context);
  },
  checkPublisher: (config, context) => checkLog(resolve(context.dataDir, config.path)),
};

function openPublisher(log: ReplyLog, { clock, shared }: DriverContext): Publisher & AsyncDisposable {
  const inFlight = new Map<string, Promise<Published>>();
  const at = () => new Date(clock.now()).toISOString();

  async function publishOnce({ key, replyTo, language, text, warning }: Payload): Promise<Published> {
    if (!(await log.has(key)))
      await log.append({ key, at: at(), replyTo, language, ...(warning !== undefined && { warning }), text });
    return { id: key, url: null };
  }

  return {
    limits: unlimited,
    // On a shared ledger another process may have written it to its own log, which this one cannot read.
    repeat: shared ? 'doubles' : 'harmless',
    async publish(payload, signal) {
      if (signal.aborted) throw new RetryLater('stopped before it was written', 0, { cause: signal.reason });
      const publishing = inFlight.get(payload.key) ?? publishOnce(payload).finally(() => inFlight.delete(payload.key));
      inFlight.set(payload.key, publishing);
      return await publishing;
    },
    async find(payload, signal) {
      signal.throwIfAborted();
      await inFlight.get(payload.key)?.catch(() => undefined);
      if (await log.has(payload.key)) return { id: payload.key, url: null };
      return shared ? 'cannot-tell' : 'absent';
    },
    async withdraw({ id }, signal) {
      signal.throwIfAborted();
      await log.append({ withdrawn: id, at: at() });
    },
    purge: (choose, signal) => log.purge(choose, at(), signal),
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  };
}

/** Undefined, or why no reply can be written to this log, in words. Creates and changes nothing. */
async function checkLog(path: string): Promise<string | undefined> {
  try {
    const found = await openPresent(path);
    if (found === undefined) return await checkFolder(dirname(path));
    await found.handle.close();
    return undefined;
  } catch (error) {
    return `${path} cannot be written: ${storageFault(error) ?? messageOf(error)}`;
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
    return `${folder} cannot be written: ${storageFault(error) ?? messageOf(error)}`;
  }
}
