import type { AsyncQueue } from '../../core/async.ts';

import type { Interest } from './hashtags.ts';

/** How far a host was read. Times are microseconds since the epoch. */
export interface Position {
  readonly host: string;
  readonly timeUs: number;
  /** The host's own sequence number, which means nothing to other hosts. */
  readonly seq?: number | undefined;
  /** Ids of the events received at exactly this position, where more may follow. */
  readonly last: readonly string[];
}

/** An event of the network, from any source. */
export interface StreamEvent {
  readonly timeUs: number;
  readonly seq?: number | undefined;
  /** Identifies the event among those at the same position. */
  readonly id: string;
  /** The change of a post; undefined for any other event. */
  readonly commit?: Commit | undefined;
}

export interface Commit {
  readonly operation: 'create' | 'update' | 'delete';
  readonly uri: string;
  readonly cid: string;
  readonly record: unknown;
}

/** A message of a source: an event, an unreadable event or a notice. */
export type StreamMessage =
  | StreamEvent
  /** An event that cannot be read. */
  | { readonly fault: string; readonly raw: unknown }
  /** A warning for the operator, such as a gap. */
  | { readonly notice: string };

export interface ListenOptions {
  readonly signal: AbortSignal;
  readonly silenceMs: number;
  /** Where to begin without a position, in microseconds since the epoch. */
  readonly beginUs: number;
  /** For sources of JSON. */
  readonly mayMatter: Interest['mayMatter'];
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Listens to a host: batches of its messages after a position, until the connection ends. After an error, another host is worth a try. */
export type Listen = (
  host: string,
  from: Position | undefined,
  options: ListenOptions,
) => AsyncGenerator<readonly StreamMessage[]>;

export const collection = 'app.bsky.feed.post';

export function wasReceived(event: StreamEvent, host: string, from: Position | undefined): boolean {
  if (from === undefined || from.host !== host) return false;
  if (isAt(event, from)) return from.last.includes(event.id);
  const { seq, timeUs } = event;
  return seq !== undefined && from.seq !== undefined ? seq < from.seq : timeUs < from.timeUs;
}

const mostAtATime = 200;

export function positionAfter(host: string, before: Position | undefined, event: StreamEvent): Position {
  const same = before?.host === host ? before : undefined;
  const { seq, id } = event;
  const last = same !== undefined && isAt(event, same) ? [...same.last, id].slice(-mostAtATime) : [id];
  // A host's clock that was set back must not make it send everything again.
  return { host, timeUs: Math.max(event.timeUs, same?.timeUs ?? 0), seq, last };
}

/** Compares sequence numbers, else times: several changes of one commit share both. */
function isAt({ seq, timeUs }: StreamEvent, position: Position): boolean {
  return seq !== undefined && position.seq !== undefined ? seq === position.seq : timeUs === position.timeUs;
}

/** A longer silence is a gap: the whole network has dozens of posts a second. */
const gapUs = 60_000_000;

/** The notice of a gap between the requested time and the first event, since hosts forget old events silently. */
export function gapBefore({ timeUs }: StreamEvent, requestedUs: number): string | undefined {
  if (timeUs - requestedUs <= gapUs) return undefined;
  return `no events between ${timeOf(requestedUs)} and ${timeOf(timeUs)}: the host may have dropped older ones, and posts of that time are missed`;
}

export function timeOf(us: number): string {
  return new Date(us / 1000).toISOString();
}

/** While so many items wait, the sender should pause. */
export const mostWaiting = 2000;
const mostInBatch = 500;
/** Each page is a transaction in the ledger: wait a little, so that it holds more. */
const lingerMs = 200;

/** Batches of items as they come; `onRoom` is called when few wait again. Errors: that of the queue; an Error after a silence; the signal's reason. */
export async function* batchesOf<T>(
  queue: AsyncQueue<T>,
  options: Pick<ListenOptions, 'signal' | 'silenceMs' | 'sleep'>,
  onRoom: () => void,
): AsyncGenerator<readonly T[]> {
  while (!options.signal.aborted) {
    if (queue.size === 0) {
      if (!(await readyInTime(queue, options))) return;
      if (queue.size < mostInBatch) await options.sleep(lingerMs, options.signal);
    }
    const batch = queue.take(mostInBatch);
    if (queue.size < mostWaiting) onRoom();
    yield batch;
  }
}

async function readyInTime<T>(
  queue: AsyncQueue<T>,
  { signal, silenceMs, sleep }: Pick<ListenOptions, 'signal' | 'silenceMs' | 'sleep'>,
): Promise<boolean> {
  const done = new AbortController();
  const stop = AbortSignal.any([signal, done.signal]);
  const silence = sleep(silenceMs, stop).then(() => {
    throw new Error(`no event for ${silenceMs / 1000} s`);
  });
  try {
    return await Promise.race([queue.ready(stop), silence]);
  } finally {
    silence.catch(() => {});
    done.abort();
  }
}
