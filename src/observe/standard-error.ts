import { write } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Bytes buffered for a slow reader; more is dropped. */
const maxBuffered = 8 * 1024 * 1024;
const flushMs = 1000;
const retryMs = 100;

const writeTo = promisify(write);

/**
 * Writes to standard error without blocking: a slow or closed reader, or a full disk, delays nothing. (pino's own destination loops at the exit
 * of a process whose disk is full.)
 */
export function openStandardError(): { write: (line: string) => void } & AsyncDisposable {
  let waiting: string[] = [];
  let size = 0;
  let writing: Promise<void> | undefined;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const lines = Buffer.from(waiting.join(''));
      waiting = [];
      size = 0;
      // A failed write is lost: there is no other place to report it.
      await writeAll(lines).catch(() => {});
    }
    writing = undefined;
  }

  return {
    write(line) {
      if (size + line.length > maxBuffered) return;
      waiting.push(line);
      size += line.length;
      writing ??= drain();
    },
    async [Symbol.asyncDispose]() {
      await Promise.race([writing, delay(flushMs, undefined, { ref: false })]);
    },
  };
}

async function writeAll(bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    try {
      at += (await writeTo(2, bytes, at)).bytesWritten;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      await delay(retryMs);
    }
  }
}
