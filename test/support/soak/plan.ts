import type { FakeAddress } from '../fake-platform/driver.ts';

/** How long and how hard. Times of the bot are simulated: its clock goes as fast as it can work. */
export interface SoakPlan {
  readonly hours: number;
  /** An hour of the plan; a sample takes shorter ones, with all that depends on hours. */
  readonly hourMs: number;
  /** Real milliseconds that a simulated second takes at least. */
  readonly stepMs: number;
  readonly linesAMinute: number;
  readonly seed: number;
  /** Bytes that the bot is made to lose for each post that it decides upon: proves that a leak is seen. */
  readonly leakBytes: number;
}

/** What the bot's process is told at its start. */
export interface BotPlan extends Pick<SoakPlan, 'hourMs' | 'stepMs' | 'leakBytes'> {
  readonly config: string;
  /** When its clock begins, in milliseconds since the Unix epoch. */
  readonly start: number;
  readonly accounts: readonly (FakeAddress & { readonly name: string })[];
}

/** The bot after each of its minutes, standing still until it is answered. */
export interface Report {
  readonly now: number;
  /** What was asked for a minute ago. */
  readonly reading: Reading | null;
}

export interface Order {
  readonly measure: boolean;
  readonly stop: boolean;
}

/** The process and its ledger at a moment when nothing is under way. Sizes in bytes. */
export interface Reading {
  readonly now: number;
  readonly heap: number;
  readonly external: number;
  readonly rss: number;
  /** What keeps the event loop alive, by type; connections to the platform are counted apart. */
  readonly handles: Readonly<Record<string, number>>;
  readonly sockets: number;
  /** File descriptors that are no sockets. */
  readonly files: number;
  readonly ledger: number;
  readonly wal: number;
  readonly rows: Readonly<Record<string, number>>;
  /** Longest standstill of the event loop since the last reading, in milliseconds. */
  readonly stillMs: number;
}

export const second = 1000;
export const minute = 60 * second;

/** A conversation has one account, so that its replies are all in one record. */
export function accountOf(thread: string, accounts: number): number {
  return Number(/\d+$/.exec(thread)?.[0] ?? 0) % accounts;
}
