import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { PermanentError, messageOf } from '../../core/errors.ts';
import type { Cursor } from '../../core/post.ts';
import type { Driver, DriverContext, Feed } from '../platform.ts';
import type { FileFeed } from './config.ts';
import { type FileIdentity, type Place, readCursor, writeCursor } from './cursor.ts';
import { follow } from './follow.ts';
import { identify, lastRotation, openFile } from './rotation.ts';
import { pipeFeed } from './stdin.ts';

export const driver: Driver<FileFeed, never> = {
  async openFeed(config, context) {
    if (config.stdin) return openStdin(config, context);
    if (config.paths === undefined) throw new PermanentError('a file feed needs `paths` or `stdin: true`');
    return openFiles(config.paths, config.maxLineBytes, context);
  },
  async checkFeed({ paths = [] }, { configDir }) {
    const found = await Promise.all(paths.map((source) => whatIsInTheWay(source, resolve(configDir, source))));
    return found.filter((message) => message !== undefined).join('; ') || undefined;
  },
};

async function whatIsInTheWay(source: string, path: string): Promise<string | undefined> {
  try {
    await using _file = await openFile(path);
    // Its folder is to be listed as well, for what is rotated.
    await lastRotation(path);
    return undefined;
  } catch (error) {
    return unreadable(source, error);
  }
}

function unreadable(source: string, error: unknown): string {
  return `${source} cannot be read: ${messageOf(error)}`;
}

let stdinTaken = false;

function openStdin({ maxLineBytes }: FileFeed, { clock, notices }: DriverContext): Feed & AsyncDisposable {
  if (stdinTaken) throw new PermanentError('standard input is read by another feed already');
  stdinTaken = true;
  notices.warn('posts from standard input are read at most once: those in hand when the bot stops are lost');
  return pipeFeed(process.stdin, { source: 'stdin', maxLineBytes, now: () => clock.now() });
}

function openFiles(paths: readonly string[], maxLineBytes: number, context: DriverContext): Feed & AsyncDisposable {
  const { clock, configDir } = context;
  const readToEnd = new Map<string, Look>();
  const warn = onceEach(context);
  return {
    async *pages(after, signal) {
      const places = placesOf(after, paths, context);
      const failures = new Map<string, string>();
      for (const source of paths) {
        if (signal.aborted) return;
        const path = resolve(configDir, source);
        const options = { source, path, maxLineBytes, now: () => clock.now(), warn: warn.of(source), signal };
        try {
          const before = await identify(path).catch(() => undefined);
          if (isDeepStrictEqual(readToEnd.get(source), { file: before, place: places.get(source) })) continue;
          for await (const { place, ...entries } of follow(places.get(source), options)) {
            places.set(source, place);
            yield { ...entries, cursor: writeCursor(places) };
          }
          if (signal.aborted) return;
          const look = { file: before, place: places.get(source) };
          if (isAtEnd(look)) readToEnd.set(source, look);
          else readToEnd.delete(source);
          warn.clear(source);
        } catch (error) {
          failures.set(source, unreadable(source, error));
        }
      }
      // With nothing left to read it is the feed that fails: the ledger keeps why, and the next look comes later.
      if (failures.size === new Set(paths).size) throw new Error([...failures.values()].join('; '));
      for (const [source, message] of failures) warn.of(source)(message);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** The cursor of another kind of feed, or a damaged one, is no reason to read nothing: a post that was kept is not kept again. */
function placesOf(after: Cursor | undefined, paths: readonly string[], { notices }: DriverContext): Map<string, Place> {
  if (after === undefined) return new Map();
  const { places, unread } = readCursor(after) ?? { places: new Map<string, Place>(), unread: paths };
  const anew = paths.filter((source) => unread.includes(source));
  if (anew.length > 0) notices.warn(`the cursor is not that of a file feed: reading ${anew.join(', ')} from the start`);
  return new Map([...places].filter(([source]) => paths.includes(source)));
}

/** A file before a look, and the place after it. */
interface Look {
  readonly file: FileIdentity | undefined;
  readonly place: Place | undefined;
}

/** No line is left to come: as long as nobody writes, there is no need to look again. */
function isAtEnd({ file, place }: Look): boolean {
  if (file === undefined || place === undefined) return false;
  const { inode, offset } = 'after' in place ? { ...place.after, offset: 0 } : place;
  return file.inode === inode && file.size === offset;
}

/** A file that stays away is told of once, not each second. */
function onceEach({ notices }: DriverContext) {
  const last = new Map<string, string>();
  return {
    of: (source: string) => (message: string) => {
      if (last.get(source) !== message) notices.warn(message);
      last.set(source, message);
    },
    clear: (source: string) => last.delete(source),
  };
}
