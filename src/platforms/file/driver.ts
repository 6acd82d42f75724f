import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { PermanentError, messageOf } from '../../core/errors.ts';
import type { Cursor } from '../../core/post.ts';
import type { Driver, DriverContext, Feed } from '../platform.ts';
import type { FileFeed } from './config.ts';
import { type FileIdentity, type FilePosition, readCursor, writeCursor } from './cursor.ts';
import { follow } from './follow.ts';
import { identify, lastRotation, openFile } from './rotation.ts';
import { PipeFeed } from './stdin.ts';

export const driver: Driver<FileFeed, never> = {
  async openFeed(config, context) {
    if (config.stdin) return openStdin(config, context);
    if (config.paths === undefined) throw new PermanentError('a file feed needs `paths` or `stdin: true`');
    return openFiles(config.paths, config.maxLineBytes, context);
  },
  async checkFeed({ paths = [] }, { configDir }) {
    const found = await Promise.all(paths.map((source) => faultOf(source, resolve(configDir, source))));
    return found.filter((message) => message !== undefined).join('; ') || undefined;
  },
};

async function faultOf(source: string, path: string): Promise<string | undefined> {
  try {
    await using _file = await openFile(path);
    // Rotated files need a folder that can be listed.
    await lastRotation(path);
    return undefined;
  } catch (error) {
    return unreadable(source, error);
  }
}

function unreadable(source: string, error: unknown): string {
  return `${source} cannot be read: ${messageOf(error)}`;
}

let isStdinTaken = false;

function openStdin({ maxLineBytes }: FileFeed, { clock, notices }: DriverContext): Feed & AsyncDisposable {
  if (isStdinTaken) throw new PermanentError('another feed reads standard input already');
  isStdinTaken = true;
  notices.warn('posts from standard input are read at most once: those not yet stored when the bot stops are lost');
  return new PipeFeed(process.stdin, { source: 'stdin', maxLineBytes, now: () => clock.now() });
}

function openFiles(paths: readonly string[], maxLineBytes: number, context: DriverContext): Feed & AsyncDisposable {
  const { clock, configDir } = context;
  const readToTheEnd = new Map<string, Poll>();
  const warn = warnOnce(context);
  return {
    async *pages(after, signal) {
      const positions = positionsOf(after, paths, context);
      const failures = new Map<string, string>();
      for (const source of paths) {
        if (signal.aborted) return;
        const path = resolve(configDir, source);
        const options = { source, path, maxLineBytes, now: () => clock.now(), warn: warn.of(source), signal };
        try {
          const before = await identify(path).catch(() => undefined);
          if (isDeepStrictEqual(readToTheEnd.get(source), { file: before, position: positions.get(source) })) continue;
          for await (const { position, ...entries } of follow(positions.get(source), options)) {
            positions.set(source, position);
            yield { ...entries, cursor: writeCursor(positions) };
          }
          if (signal.aborted) return;
          const poll = { file: before, position: positions.get(source) };
          if (isAtEnd(poll)) readToTheEnd.set(source, poll);
          else readToTheEnd.delete(source);
          warn.clear(source);
        } catch (error) {
          failures.set(source, unreadable(source, error));
        }
      }
      // If no file can be read the feed fails: the ledger stores the reason, and the next poll backs off.
      if (failures.size === new Set(paths).size) throw new Error([...failures.values()].join('; '));
      for (const [source, message] of failures) warn.of(source)(message);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Without a valid cursor, reads from the start: posts that are stored already are not stored again. */
function positionsOf(
  after: Cursor | undefined,
  paths: readonly string[],
  { notices }: DriverContext,
): Map<string, FilePosition> {
  if (after === undefined) return new Map();
  const known = [...readCursor(after, paths)];
  const anew = known.flatMap(([source, position]) => (position === null ? [source] : []));
  if (anew.length > 0) notices.warn(`the cursor is not from a file feed: reading ${anew.join(', ')} from the start`);
  return new Map(known.flatMap(([source, position]) => (position === null ? [] : [[source, position] as const])));
}

/** A file before a poll, and the position after it. */
interface Poll {
  readonly file: FileIdentity | undefined;
  readonly position: FilePosition | undefined;
}

/** True if every line was read: until somebody writes, the file need not be opened again. */
function isAtEnd({ file, position }: Poll): boolean {
  if (file === undefined || position === undefined) return false;
  const { inode, offset } = 'after' in position ? { ...position.after, offset: 0 } : position;
  return file.inode === inode && file.size === offset;
}

/** Warns once about a file that stays missing, not at each poll. */
function warnOnce({ notices }: DriverContext) {
  const last = new Map<string, string>();
  return {
    of: (source: string) => (message: string) => {
      if (last.get(source) !== message) notices.warn(message);
      last.set(source, message);
    },
    clear: (source: string) => last.delete(source),
  };
}
