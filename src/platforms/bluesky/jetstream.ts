import { z } from 'zod';
import { jsonIn } from '../shared/parse-json.ts';
import type { Interest } from './hashtags.ts';
import {
  type Commit,
  type Listen,
  type ListenOptions,
  type StreamEvent,
  type Position,
  type StreamMessage,
  collection,
  isEnd,
  resumed,
  rewindUs,
  timeOf,
} from './stream-event.ts';
import { Refused, frames } from './socket.ts';

/**
 * Jetstream's wire formats. Cursors of v1 are times. Cursors of v2 are the host's own sequence numbers; from 1e15 on they are times, for
 * clients that come from another host. (github.com/bluesky-social/jetstream/docs/README.md, sections 2, 5.1 and 5.2, lexicons/…/subscribeEvents.json)
 */
type Wire = 'v1' | 'v2';

const v2Path = '/xrpc/network.bsky.jetstream.subscribeEvents';
/** No real post is larger, and a larger one must not end every connection. */
const maxMessageSizeBytes = '1000000';

export const listenToJetstream: Listen = async function* (host, from, options) {
  try {
    yield* listen(host, from, options);
  } catch (error) {
    if (!isUnknownCursor(error) || from === undefined) throw error;
    yield [{ notice: `${error.message}; resuming from ${timeOf(from.timeUs)} as far as the host still has it` }];
    yield* listen(host, { ...from, seq: undefined }, options);
  }
};

function wireOf(host: string): Wire {
  return URL.parse(host)?.pathname.endsWith(v2Path) ? 'v2' : 'v1';
}

/** The sequence number is too old, or from before the host restarted its sequence. */
function isUnknownCursor(error: unknown): error is Refused {
  return error instanceof Refused && ['CursorTooOld', 'FutureCursor'].includes(error.code);
}

async function* listen(
  host: string,
  from: Position | undefined,
  options: ListenOptions,
): AsyncGenerator<readonly StreamMessage[]> {
  const wire = wireOf(host);
  const cursor = cursorFor(host, from, options.beginUs);
  const isSequenceNumber = cursor < 1e15;
  let isFirst = true;
  for await (const batch of frames(subscribeUrl(host, cursor), options)) {
    const messages: StreamMessage[] = [];
    for (const event of decodeBatch(batch, wire, isFirst && from ? () => true : options.mayMatter)) {
      if ('error' in event) throw new Error(`${event.error}: ${event.message}`);
      if ('info' in event) {
        if (event.info === 'FutureCursor' && isSequenceNumber)
          throw new Refused(event.info, `answered FutureCursor: ${event.message}`);
        messages.push({ notice: `${event.info}: ${event.message}` });
      } else if ('fault' in event) messages.push(event);
      else {
        messages.push(...resumed(event, host, from, isFirst));
        isFirst = false;
      }
    }
    yield messages;
  }
}

function cursorFor(host: string, from: Position | undefined, beginUs: number): number {
  if (from === undefined) return beginUs;
  // The sequence of a host is in order; where a replay of v1 becomes live, it is not.
  const seq = from.host === host && wireOf(host) === 'v2' ? from.seq : undefined;
  return seq ?? from.timeUs - rewindUs;
}

/** Without a cursor the host sends events from now on. */
export function subscribeUrl(host: string, cursor?: number): string {
  const wire = wireOf(host);
  const url = new URL(host);
  if (wire === 'v1' && url.pathname === '/') url.pathname = '/subscribe';
  const filter: Record<string, string> =
    wire === 'v1' ? { wantedCollections: collection } : { collections: collection, kinds: 'commit' };
  const position = cursor === undefined ? {} : { cursor: String(Math.floor(cursor)) };
  const query = new URLSearchParams({ ...filter, maxMessageSizeBytes, ...position });
  // v1 sends events of accounts unasked.
  if (wire === 'v2') query.append('kinds', 'account');
  url.search = String(query);
  return url.href;
}

type Decoded =
  | StreamEvent
  | { readonly fault: string; readonly raw: unknown }
  | { readonly info: string; readonly message: string }
  | { readonly error: string; readonly message: string };

/** Frames of new posts begin like this; whatever follows is up to a stranger. */
const newPost = {
  v1: /^\{"did":"[^"]*","time_us":\d+,(?:"cursor":\d+,)?"kind":"commit","commit":\{"rev":"[^"]*","operation":"create",/,
  v2: /^\{"\$type":"message","payload":\{"\$type":"[\w.]*#commit","cid":"[^"]*","collection":"[^"]*","did":"[^"]*","operation":"create",/,
};

/**
 * The events of some frames. New posts that cannot matter are not even parsed, except for the last of the batch, which shows where to resume;
 * edits and deletions are, since their posts may be stored.
 */
export function decodeBatch(batch: readonly Buffer[], wire: Wire, mayMatter: Interest['mayMatter']): Decoded[] {
  const decode = wire === 'v1' ? decodeV1 : decodeV2;
  const matters = (frame: Buffer, at: number) => {
    if (at === batch.length - 1) return true;
    const json = frame.toString('latin1');
    const head = newPost[wire].exec(json)?.[0];
    return head === undefined || mayMatter(json.slice(head.length));
  };
  return batch.filter(matters).map((frame) => decode(frame.toString()));
}

const RawCommit = z.object({
  operation: z.enum(['create', 'update', 'delete']),
  collection: z.literal(collection),
  rkey: z.string(),
  cid: z.string().catch(''),
  record: z.unknown().optional(),
});

const RawAccount = z.object({ active: z.unknown(), status: z.unknown() }).partial().optional().catch(undefined);

const FrameV1 = z.object({
  did: z.string(),
  time_us: z.int(),
  commit: RawCommit.optional().catch(undefined),
  account: RawAccount,
});

export function decodeV1(frame: string): Decoded {
  const { data: event } = FrameV1.safeParse(jsonIn(frame));
  if (event === undefined) return unreadable(frame);
  const { did, time_us: timeUs, account } = event;
  const commit = commitOf(did, event.commit);
  // Cursors hold ids, and strangers choose the record keys in them.
  return {
    timeUs,
    id: (commit ? `${commit.uri}/${commit.operation}` : did).slice(0, 300),
    commit,
    ...departure(did, account),
  };
}

function departure(did: string, account: z.infer<typeof RawAccount>): Pick<StreamEvent, 'departed'> {
  return account !== undefined && isEnd(account) ? { departed: did } : {};
}

const Words = z
  .string()
  .catch('')
  .transform((words) => words.slice(0, 200));
/** Microseconds of an RFC 3339 time with six decimals, of which Date keeps three. */
const Micros = z
  .string()
  .transform((written) => Date.parse(written) * 1000 + Number(/\.\d{3}(\d{3})/.exec(written)?.[1] ?? '0'))
  .pipe(z.number());

const FrameV2 = z.union([
  z.object({ $type: z.literal('error'), error: Words, message: Words }),
  z.object({
    payload: z.union([
      z.object({ $type: z.string().endsWith('#info'), name: Words, message: Words }),
      z.looseObject({
        did: z.string(),
        seq: z.number(),
        time: Micros,
        witnessedAt: Micros.nullish(),
        account: RawAccount,
      }),
    ]),
  }),
]);

export function decodeV2(frame: string): Decoded {
  const { data: event } = FrameV2.safeParse(jsonIn(frame));
  if (event === undefined) return unreadable(frame);
  if ('error' in event) return event;
  const { payload } = event;
  if (!('seq' in payload)) return { info: payload.name, message: payload.message };
  const { did, seq, time, witnessedAt, account } = payload;
  const commit = commitOf(did, RawCommit.safeParse(payload).data);
  return { timeUs: witnessedAt ?? time, seq, id: String(seq), commit, ...departure(did, account) };
}

function commitOf(did: string, raw: z.infer<typeof RawCommit> | undefined): Commit | undefined {
  if (raw === undefined) return undefined;
  const { operation, rkey, cid, record } = raw;
  return { operation, uri: `at://${did}/${collection}/${rkey}`, cid, record };
}

function unreadable(frame: string): Decoded {
  return { fault: 'not an event of Jetstream', raw: frame.slice(0, 300) };
}
