import { IdResolver } from '@atproto/identity';
import { type Event, Firehose, FirehoseParseError, FirehoseSubscriptionError } from '@atproto/sync';
import { z } from 'zod';
import { AsyncQueue } from '../../core/async.ts';
import { messageOf } from '../../core/errors.ts';
import {
  batchesOf,
  collection,
  isEnd,
  type Listen,
  type ListenOptions,
  mostWaiting,
  type Position,
  resumed,
  type StreamEvent,
  type StreamMessage,
  timeOf,
} from './stream-event.ts';

/**
 * The firehose of a relay or a server: `com.atproto.sync.subscribeRepos`. Its cursors are sequence numbers of the host, so another host can
 * only be read from now on. Events are checked against their hashes, not their signatures: the host is trusted.
 */
export const listenToFirehose: Listen = async function* (host, from, options) {
  const known = from?.host === host && from.seq !== undefined ? from : undefined;
  if (from !== undefined && known === undefined) {
    yield [{ notice: `cannot replay events after ${timeOf(from.timeUs)}: posts since then are missed` }];
  }
  try {
    yield* listen(host, known, options);
  } catch (error) {
    if (known === undefined || !isFutureCursor(error)) throw error;
    yield [{ notice: `restarted its sequence (FutureCursor): posts since ${timeOf(known.timeUs)} are missed` }];
    yield* listen(host, undefined, options);
  }
};

async function* listen(
  host: string,
  from: Position | undefined,
  options: ListenOptions,
): AsyncGenerator<readonly StreamMessage[]> {
  // The host sends what follows the cursor. Start one earlier: part of that commit may be missing.
  let cursor = from?.seq === undefined ? undefined : from.seq - 1;
  let isFirst = true;
  const queue = new AsyncQueue<StreamMessage>();
  const closed = new AbortController();
  let room = Promise.withResolvers<void>();
  const firehose = new Firehose({
    ...firehoseOptions,
    service: host.replace(/\/$/, ''),
    getCursor: () => cursor,
    async handleEvent(event) {
      const read = eventOf(event);
      if (read) for (const message of resumed(read, host, from, isFirst)) queue.push(message);
      isFirst = false;
      cursor = event.seq;
      while (queue.size >= mostWaiting && !closed.signal.aborted) {
        room = Promise.withResolvers();
        await room.promise;
      }
    },
    onError: (error) => passOn(error, queue),
  });
  // After a normal close the library just ends: it calls no handler, and `destroy` never resolves.
  const ended = firehose.start().then(
    () => queue.end(),
    (error: unknown) => queue.end(error instanceof Error ? error : new Error(messageOf(error))),
  );
  try {
    yield* batchesOf(queue, options, () => room.resolve());
  } finally {
    closed.abort();
    room.resolve();
    await Promise.race([firehose.destroy(), ended]);
  }
}

const firehoseOptions = {
  filterCollections: [collection],
  unauthenticatedCommits: true,
  excludeIdentity: true,
  excludeSync: true,
  // Required, but unused: nothing is authenticated.
  idResolver: new IdResolver(),
  // Short, since the caller decides what to do after an error.
  subscriptionReconnectDelay: 100,
};

function isFutureCursor(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'error' in cause && cause.error === 'FutureCursor';
}

/** Undefined for anything but a change of a post, or the end of an account. */
function eventOf(event: Event): StreamEvent | undefined {
  const timeUs = Date.parse(event.time) * 1000;
  if (event.event === 'account' && isEnd(event) && Number.isFinite(timeUs))
    return { timeUs, seq: event.seq, id: `${event.seq}/account`, departed: event.did };
  if (!('uri' in event) || !Number.isFinite(timeUs)) return undefined;
  const { seq, uri, rkey, event: operation } = event;
  const content =
    event.event === 'delete' ? { cid: '', record: undefined } : { cid: event.cid.toString(), record: event.record };
  return { timeUs, seq, id: `${seq}/${rkey}`, commit: { operation, uri: uri.toString(), ...content } };
}

function passOn(error: Error, queue: AsyncQueue<StreamMessage>): void {
  if (error instanceof FirehoseSubscriptionError) queue.end(new Error(causeOf(error), { cause: error.cause }));
  else queue.push({ fault: `not an event of the firehose: ${causeOf(error)}`, raw: positionOf(error) });
}

function causeOf(error: Error): string {
  return messageOf(error.cause ?? error).slice(0, 300);
}

const Numbered = z.object({ seq: z.number() });

/** The event's sequence number; empty if it cannot be read. */
function positionOf(error: Error): string {
  const event = error instanceof FirehoseParseError ? error.event : 'value' in error ? error.value : undefined;
  const { data } = Numbered.safeParse(event);
  return data === undefined ? '' : `event ${data.seq}`;
}
