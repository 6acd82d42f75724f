import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { CallKind, Fault } from './options.ts';

/** An author as the platform shows it. */
export interface WireAuthor {
  readonly id: string;
  readonly handle: string;
  readonly bot: boolean;
}

/** A post of someone else as the platform shows it. Times in milliseconds. */
export interface WirePost {
  readonly id: string;
  readonly author: WireAuthor;
  readonly text: string;
  readonly createdAt: number;
  readonly editedAt: number | null;
  readonly inReplyTo: string | null;
  readonly thread: string;
  /** It addresses the bot. */
  readonly mentionsBot: boolean;
}

/** A line of the record. `at` is milliseconds since the Unix epoch. */
export type Entry =
  | {
      readonly kind: 'call';
      readonly at: number;
      readonly call: CallKind;
      readonly key: string;
      /** Null: the client got no answer. */
      readonly status: number | null;
      readonly fault: Fault | null;
    }
  /** Someone called again before the time that they were told; `account`: a window's limit, `call`: that one call. */
  | { readonly kind: 'breach'; readonly at: number; readonly of: 'account' | 'call'; readonly key: string }
  | {
      readonly kind: 'posted';
      readonly at: number;
      readonly id: string;
      readonly marker: string | null;
      readonly idempotencyKey: string | null;
      /** When the call was sent, by the sender's clock where it says so. */
      readonly sentAt: number;
      /** Id of the post that it answers. */
      readonly source: string;
      readonly text: string;
      /** From when on it is to be found. */
      readonly showsAt: number;
    }
  | { readonly kind: 'replaced'; readonly at: number; readonly id: string; readonly text: string }
  | { readonly kind: 'withdrawn'; readonly at: number; readonly id: string }
  | { readonly kind: 'source'; readonly at: number; readonly event: 'post' | 'edit'; readonly post: WirePost }
  | { readonly kind: 'source deleted'; readonly at: number; readonly id: string }
  | { readonly kind: 'blocked'; readonly at: number; readonly author: string };

export type Posted = Extract<Entry, { kind: 'posted' }>;

/** The platform's own memory: what it says here is what happened, whatever anybody was told. */
export interface PlatformRecord {
  readonly file: string;
  write(entry: Entry): void;
}

/** Every entry so far goes to `apply`, then each that is written. */
export function openRecord(file: string, apply: (entry: Entry) => void): PlatformRecord {
  for (const entry of readRecord(file)) apply(entry);
  return {
    file,
    write(entry) {
      appendFileSync(file, `${JSON.stringify(entry)}\n`);
      apply(entry);
    },
  };
}

export function readRecord(file: string): Entry[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry);
}
