import { hash } from 'node:crypto';
import { type AsyncQueue, within } from '../../core/async.ts';
import type { Clock } from '../../core/clock.ts';
import type { Interest } from './hashtags.ts';

/** How far a host was read. Times are microseconds since the epoch. */
export interface Position {
  readonly host: string;
  readonly timeUs: number;
  /** The host's own sequence number, which means nothing to other hosts. */
  readonly seq?: number | undefined;
  /** Ids of the events received at exactly this position, where more may follow. */
  readonly last: readonly string[];
  /** Without sequence numbers: events received in the `rewindUs` before it, by a hash and their time in microseconds. */
  readonly recent?: readonly (readonly [hash: string, timeUs: number])[] | undefined;
}

/** Events may come out of order, and each host receives them at its own times: a reader resumes so much earlier, in microseconds. */
export const rewindUs = 10_000_000;

/** An event of the network, from any source. */
export interface StreamEvent {
  readonly timeUs: number;
  readonly seq?: number | undefined;
  /** Identifies the event among those at the same position. */
  readonly id: string;
  /** The change of a post; undefined for any other event. */
  readonly commit?: Commit | undefined;
  /** DID of an account that was taken down, suspended, deactivated or deleted. */
  readonly departed?: string | undefined;
}

export interface Commit {
  readonly operation: 'create' | 'update' | 'delete';
  readonly uri: string;
  readonly cid: string;
  readonly record: unknown;
}

/** A message of a source: an event, one that cannot be read, or a warning for the operator, such as a gap. */
export type StreamMessage =
  StreamEvent | { readonly fault: string; readonly raw: unknown } | { readonly notice: string };

export interface ListenOptions {
  readonly signal: AbortSignal;
  readonly silenceMs: number;
  /** Where to begin without a position, in microseconds since the epoch. */
  readonly beginUs: number;
  /** For sources of JSON. */
  readonly mayMatter: Interest['mayMatter'];
  readonly clock: Clock;
}

/** Listens to a host: batches of its messages after a position, until the connection ends. After an error, another host is worth a try. */
export type Listen = (
  host: string,
  from: Position | undefined,
  options: ListenOptions,
) => AsyncGenerator<readonly StreamMessage[]>;

export const collection = 'app.bsky.feed.post';

/** The rest, such as `throttled`, passes. (com.atproto.sync.subscribeRepos#account) */
const ends: ReadonlySet<unknown> = new Set(['takendown', 'suspended', 'deactivated', 'deleted']);

export function isEnd({ active, status }: { readonly active?: unknown; readonly status?: unknown }): boolean {
  return active === false && ends.has(status);
}

const mostAtATime = 200;
const mostRecent = 1000;

export function positionAfter(host: string, before: Position | undefined, event: StreamEvent): Position {
  const same = before?.host === host ? before : undefined;
  const { seq, id } = event;
  // A host's clock that was set back must not make it send everything again.
  const timeUs = Math.max(event.timeUs, same?.timeUs ?? 0);
  if (seq === undefined) {
    const recent = [...(same?.recent ?? []), [hashOf(event), event.timeUs] as const];
    return { host, timeUs, last: [], recent: recent.filter(([, at]) => at >= timeUs - rewindUs).slice(-mostRecent) };
  }
  const last = same !== undefined && seq === same.seq ? [...same.last, id].slice(-mostAtATime) : [id];
  return { host, timeUs, seq, last };
}

function hashOf({ timeUs, id }: StreamEvent): string {
  return hash('sha256', `${timeUs} ${id}`, 'base64url').slice(0, 11);
}

/** A longer silence is a gap: the whole network has dozens of posts a second. */
const gapUs = 60_000_000;

/** An event of a host, unless it was received before `from`; before the first one the notice of a gap, since hosts forget old events silently. */
export function resumed(
  event: StreamEvent,
  host: string,
  from: Position | undefined,
  isFirst: boolean,
): StreamMessage[] {
  if (from === undefined) return [event];
  const messages: StreamMessage[] = wasReceived(event, host, from) ? [] : [event];
  if (!isFirst || event.timeUs - from.timeUs <= gapUs) return messages;
  const gap = `${timeOf(from.timeUs)} and ${timeOf(event.timeUs)}`;
  const notice = `no events between ${gap}: the host may have dropped older ones, and posts of that time are missed`;
  return [{ notice }, ...messages];
}

function wasReceived(event: StreamEvent, host: string, from: Position): boolean {
  if (from.host !== host) return false;
  const { seq, timeUs, id } = event;
  // Several changes of one commit share its number.
  if (seq !== undefined && from.seq !== undefined) return seq === from.seq ? from.last.includes(id) : seq < from.seq;
  if (timeUs > from.timeUs || from.recent === undefined) return false;
  const own = hashOf(event);
  return from.recent.some(([received]) => received === own);
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
  { signal, silenceMs, clock }: Pick<ListenOptions, 'signal' | 'silenceMs' | 'clock'>,
  onRoom: () => void,
): AsyncGenerator<readonly T[]> {
  while (!signal.aborted) {
    if (queue.size === 0) {
      const isReady = await within(silenceMs, queue.ready(signal));
      if (isReady === 'late') throw new Error(`no event for ${silenceMs / 1000} s`);
      if (!isReady) return;
      if (queue.size < mostInBatch) await clock.sleep(lingerMs, signal);
    }
    const batch = queue.take(mostInBatch);
    if (queue.size < mostWaiting) onRoom();
    yield batch;
  }
}
