import {
  type Commit,
  type Listen,
  type ListenOptions,
  type StreamEvent,
  type Position,
  type StreamMessage,
  collection,
  gapBefore,
  timeOf,
  wasReceived,
} from './stream-event.ts';
import { plainPostV1, plainPostV2 } from './plain-posts.ts';
import { Refused, frames } from './socket.ts';

/**
 * Jetstream's wire formats. Cursors of v1 are times. Cursors of v2 are the host's own sequence numbers; from 1e15 on they are times, for
 * clients that come from another host. (github.com/bluesky-social/jetstream: docs/README.md sections 2, 5.1 and 5.2, lexicons/…/subscribeEvents.json)
 */
type Wire = 'v1' | 'v2';

const v2Path = '/xrpc/network.bsky.jetstream.subscribeEvents';
/** Each host sees events at its own times. Events that come twice do no harm. */
const rewindUs = 10_000_000;
/** No real post is larger, and a larger one must not end every connection. */
const maxMessageSizeBytes = '1000000';

export const listenToJetstream: Listen = async function* (host, from, options) {
  const wire = wireOf(host);
  try {
    yield* listen(host, wire, from, options);
  } catch (error) {
    if (!isUnknownCursor(error) || from === undefined) throw error;
    yield [{ notice: `${error.message}; resuming from ${timeOf(from.timeUs)} as far as the host still has it` }];
    yield* listen(host, wire, { ...from, seq: undefined }, options);
  }
};

export function wireOf(host: string): Wire {
  return URL.parse(host)?.pathname.endsWith(v2Path) ? 'v2' : 'v1';
}

/** The sequence number is too old, or from before the host restarted its sequence. */
function isUnknownCursor(error: unknown): error is Error {
  return (error instanceof Refused && error.code === 'CursorTooOld') || error instanceof FutureCursor;
}

class FutureCursor extends Error {
  override readonly name = 'FutureCursor';
}

async function* listen(
  host: string,
  wire: Wire,
  from: Position | undefined,
  options: ListenOptions,
): AsyncGenerator<readonly StreamMessage[]> {
  const cursor = cursorFor(host, wire, from, options.beginUs);
  const isSequenceNumber = cursor < 1e15;
  const requestedUs = from?.timeUs ?? 0;
  let first = from !== undefined;
  for await (const batch of frames(subscribeUrl(host, wire, cursor), options)) {
    const messages: StreamMessage[] = [];
    for (const frame of batch) {
      const event = wire === 'v1' ? decodeV1(frame) : decodeV2(frame);
      if ('error' in event) throw new Error(`${event.error}: ${event.message}`);
      if ('info' in event) {
        if (event.info === 'FutureCursor' && isSequenceNumber)
          throw new FutureCursor(`answered FutureCursor: ${event.message}`);
        messages.push({ notice: `${event.info}: ${event.message}` });
        continue;
      }
      const notice = first && 'timeUs' in event ? gapBefore(event, requestedUs) : undefined;
      if (notice !== undefined) messages.push({ notice });
      if ('timeUs' in event) first = false;
      if (!('timeUs' in event) || !wasReceived(event, host, from)) messages.push(event);
    }
    yield messages;
  }
}

function cursorFor(host: string, wire: Wire, from: Position | undefined, beginUs: number): number {
  if (from === undefined) return beginUs;
  if (from.host !== host) return from.timeUs - rewindUs;
  return wire === 'v2' ? (from.seq ?? from.timeUs - rewindUs) : from.timeUs;
}

/** Without a cursor the host sends events from now on. */
export function subscribeUrl(host: string, wire: Wire, cursor?: number): string {
  const url = new URL(host);
  if (wire === 'v1' && url.pathname === '/') url.pathname = '/subscribe';
  const filter: Record<string, string> =
    wire === 'v1' ? { wantedCollections: collection } : { collections: collection, kinds: 'commit' };
  const position = cursor === undefined ? {} : { cursor: String(Math.floor(cursor)) };
  url.search = String(new URLSearchParams({ ...filter, maxMessageSizeBytes, ...position }));
  return url.href;
}

type HostNotice =
  { readonly info: string; readonly message: string } | { readonly error: string; readonly message: string };
type Decoded = StreamEvent | { readonly fault: string; readonly raw: unknown } | HostNotice;

/** Unchecked, because most events are of no interest. */
interface V1Event {
  readonly did?: unknown;
  readonly time_us?: unknown;
  readonly kind?: unknown;
  readonly commit?: RawCommit | null;
}

interface RawCommit {
  readonly operation?: unknown;
  readonly collection?: unknown;
  readonly rkey?: unknown;
  readonly cid?: unknown;
  readonly record?: unknown;
}

export function decodeV1(frame: string): Decoded {
  const event = (plainPostV1(frame) ?? parsed(frame)) as V1Event | null | undefined;
  const { did, time_us: timeUs } = event ?? {};
  if (typeof did !== 'string' || typeof timeUs !== 'number' || !Number.isSafeInteger(timeUs)) return unreadable(frame);
  const { commit } = event ?? {};
  if (event?.kind !== 'commit' || typeof commit !== 'object' || commit === null)
    return { timeUs, id: `${did}/${String(event?.kind)}` };
  const found = commitOf(did, commit);
  const id = found === undefined ? idOf(did, commit) : shortened(`${found.uri}/${found.operation}`);
  return { timeUs, id, commit: found };
}

interface V2Frame {
  readonly $type?: unknown;
  readonly error?: unknown;
  readonly message?: unknown;
  readonly payload?:
    | (RawCommit & {
        readonly $type?: unknown;
        readonly did?: unknown;
        readonly seq?: unknown;
        readonly time?: unknown;
        readonly witnessedAt?: unknown;
        readonly name?: unknown;
        readonly message?: unknown;
      })
    | null;
}

export function decodeV2(frame: string): Decoded {
  const event = (plainPostV2(frame) ?? parsed(frame)) as V2Frame | null | undefined;
  if (event?.$type === 'error') return { error: word(event.error), message: word(event.message) };
  const { payload } = event ?? {};
  if (typeof payload !== 'object' || payload === null) return unreadable(frame);
  const kind = word(payload.$type).split('#')[1];
  if (kind === 'info') return { info: word(payload.name), message: word(payload.message) };
  const { did, seq } = payload;
  const timeUs = micros(payload.witnessedAt ?? payload.time);
  if (typeof did !== 'string' || typeof seq !== 'number' || timeUs === undefined) return unreadable(frame);
  return { timeUs, seq, id: String(seq), ...(kind === 'commit' && { commit: commitOf(did, payload) }) };
}

function commitOf(did: string, { operation, collection: of, rkey, cid, record }: RawCommit): Commit | undefined {
  if (of !== collection || typeof rkey !== 'string') return undefined;
  if (operation !== 'create' && operation !== 'update' && operation !== 'delete') return undefined;
  return { operation, uri: `at://${did}/${collection}/${rkey}`, cid: typeof cid === 'string' ? cid : '', record };
}

function idOf(did: string, { operation, collection: of, rkey }: RawCommit): string {
  return shortened(`${did}/${String(of)}/${String(rkey)}/${String(operation)}`);
}

/** Cursors hold ids, and strangers choose the record keys in them. */
function shortened(id: string): string {
  return id.length > 300 ? id.slice(0, 300) : id;
}

function parsed(frame: string): unknown {
  try {
    return JSON.parse(frame);
  } catch {
    return undefined;
  }
}

function unreadable(frame: string): Decoded {
  return { fault: 'not an event of Jetstream', raw: frame.slice(0, 300) };
}

function word(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 200) : '';
}

/** Microseconds of an RFC 3339 time with six decimals, of which Date keeps three. */
function micros(written: unknown): number | undefined {
  if (typeof written !== 'string') return undefined;
  const ms = Date.parse(written);
  if (!Number.isFinite(ms)) return undefined;
  const rest = /\.\d{3}(\d{3})/.exec(written)?.[1] ?? '0';
  return ms * 1000 + Number(rest);
}
