import { write } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** What waits for a reader of standard error that does not read; more is dropped. */
const mostWaiting = 8 * 1024 * 1024;
const lastWordsMs = 1000;
const againMs = 100;

const writeTo = promisify(write);

/**
 * Standard error without waiting for it: a reader that is slow or gone, or a full disk, holds up nothing and stops nobody. (pino's own
 * destination tries for ever at the exit of a process whose disk is full.)
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
      // What cannot be written is lost: where would it be told?
      await writeAll(lines).catch(() => {});
    }
    writing = undefined;
  }

  return {
    write(line) {
      if (size + line.length > mostWaiting) return;
      waiting.push(line);
      size += line.length;
      writing ??= drain();
    },
    async [Symbol.asyncDispose]() {
      await Promise.race([writing, delay(lastWordsMs, undefined, { ref: false })]);
    },
  };
}

async function writeAll(bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    try {
      at += (await writeTo(2, bytes, at)).bytesWritten;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      await delay(againMs);
    }
  }
}
