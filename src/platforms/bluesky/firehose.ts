import {
  type Event,
  Firehose,
  FirehoseParseError,
  FirehoseSubscriptionError,
  FirehoseValidationError,
} from '@atproto/sync';
import { IdResolver } from '@atproto/identity';
import { messageOf } from '../../core/errors.ts';
import {
  collection,
  gapBefore,
  type OnEvent,
  openQueue,
  type Position,
  type Spoken,
  type Terms,
  timeOf,
  wasReceived,
} from './stream-event.ts';

/**
 * The firehose of a relay or a server: `com.atproto.sync.subscribeRepos`. Its cursors are the host's own counts, so that another host can
 * only be heard from now on. What it says is checked against its hashes, not against signatures: whoever runs it is trusted.
 */
export const listenToFirehose: OnEvent = async function* (host, from, terms) {
  const known = from?.host === host && from.seq !== undefined ? from : undefined;
  if (from !== undefined && known === undefined) {
    yield [{ notice: `cannot be asked for what came after ${timeOf(from.timeUs)}: posts since then are not heard` }];
  }
  try {
    yield* listen(host, known, terms);
  } catch (error) {
    if (known === undefined || !isOfTheFuture(error)) throw error;
    const notice = `counts anew (FutureCursor): posts since ${timeOf(known.timeUs)} are not heard`;
    yield [{ notice }];
    yield* listen(host, undefined, terms);
  }
};

async function* listen(host: string, from: Position | undefined, terms: Terms): AsyncGenerator<readonly Spoken[]> {
  // What comes after a count is sent; of its own commit, a part may be missing still.
  let cursor = from?.seq === undefined ? undefined : from.seq - 1;
  let asked = from;
  const closed = new AbortController();
  let room = Promise.withResolvers<void>();
  const queue = openQueue<Spoken>(() => room.resolve());
  const firehose = new Firehose({
    ...options,
    service: host.replace(/\/$/, ''),
    getCursor: () => cursor,
    async handleEvent(event) {
      for (const spoken of saidBy(event, asked))
        if (!('timeUs' in spoken) || !wasReceived(spoken, host, from)) queue.put(spoken);
      asked = undefined;
      cursor = event.seq;
      while (!queue.room && !closed.signal.aborted) {
        room = Promise.withResolvers();
        await room.promise;
      }
    },
    onError(error) {
      if (error instanceof FirehoseSubscriptionError) queue.end(new Error(causeOf(error), { cause: error.cause }));
      else queue.put({ fault: `not an event of the firehose: ${causeOf(error)}`, raw: positionOf(error) });
    },
  });
  // After a close in good order the library ends without a word, and neither calls back nor lets itself be destroyed.
  const ended = firehose.start().then(
    () => queue.end(),
    (error: unknown) => queue.end(error instanceof Error ? error : new Error(messageOf(error))),
  );
  try {
    yield* queue.batches(terms);
  } finally {
    closed.abort();
    room.resolve();
    await Promise.race([firehose.destroy(), ended]);
  }
}

const options = {
  filterCollections: [collection],
  unauthenticatedCommits: true,
  excludeIdentity: true,
  excludeAccount: true,
  excludeSync: true,
  // Never asked: nothing is authenticated.
  idResolver: new IdResolver(),
  // Whoever listens decides what is done after an error.
  subscriptionReconnectDelay: 100,
};

function isOfTheFuture(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'error' in cause && cause.error === 'FutureCursor';
}

function* saidBy(event: Event, asked: Position | undefined): Generator<Spoken> {
  const timeUs = Date.parse(event.time) * 1000;
  if (!('uri' in event) || !Number.isFinite(timeUs)) return;
  const { seq, uri, rkey } = event;
  const streamEvent = { timeUs, seq, id: `${seq}/${rkey}` };
  const notice = asked && gapBefore(streamEvent, asked.timeUs);
  if (notice !== undefined) yield { notice };
  const created =
    event.event === 'delete' ? { cid: '', record: undefined } : { cid: event.cid.toString(), record: event.record };
  yield { ...streamEvent, commit: { operation: event.event, uri: uri.toString(), ...created } };
}

function causeOf(error: Error): string {
  return messageOf(error.cause ?? error).slice(0, 300);
}

/** Where it stands; what it says may be anything. */
function positionOf(error: Error): string {
  const event: unknown =
    error instanceof FirehoseParseError
      ? error.event
      : error instanceof FirehoseValidationError
        ? error.value
        : undefined;
  const seq = typeof event === 'object' && event !== null && 'seq' in event ? event.seq : undefined;
  return typeof seq === 'number' ? `event ${seq}` : '';
}
