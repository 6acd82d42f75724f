import { Agent } from 'node:https';
import type { Readable } from 'node:stream';
import { ETwitterStreamEvent, TwitterApi } from 'twitter-api-v2';
import type { Ways } from './client.ts';

/** What comes through a connection: a sign of life, or what the library made of a line; null where it could make nothing of it. */
export type Event = 'alive' | { readonly line: unknown };

/** A connection to the filtered stream. It is never made again by itself: see reconnect.ts. */
export interface Connection extends Disposable {
  /** What comes, until the connection ends for whatever reason, or the signal is aborted. */
  events(): AsyncIterable<Event>;
}

/** X sends a sign of life every 20 seconds; one may be late. */
const usualSilenceMs = 30_000;
/** Nobody is as far behind as this, and no post is as long. */
const mostWaiting = 10_000;
const longestLine = 2_000_000;

/** What the library keeps to itself. */
interface Inside {
  readonly requestData: { forceParseMode?: 'text' };
  readonly res?: Readable;
}

interface Terms extends Ways {
  readonly signal: AbortSignal;
  /** Called for each post as it comes, before anybody reads it. */
  readonly onPost: () => void;
}

/** Errors: those of the library, for a connection that could not be made; the signal's reason. */
export async function connect(
  bearerToken: string,
  query: Record<string, string>,
  { agent = () => new Agent(), silenceMs = usualSilenceMs, signal, onPost }: Terms,
): Promise<Connection> {
  signal.throwIfAborted();
  // Of its own, so that it can be cut off at any time: the library does not stop while it connects.
  const httpAgent = agent();
  const cut = () => httpAgent.destroy();
  const api = new TwitterApi(bearerToken, { httpAgent, compression: 'identity' }).v2;
  const stream = api.searchStream({ ...query, autoConnect: false });
  const inside = stream as unknown as Inside;
  // It stumbles over errors whose JSON is not as it expects.
  inside.requestData.forceParseMode = 'text';
  const { put, end, take } = openQueue<Event>();
  stream.on(ETwitterStreamEvent.Connected, () => inside.res && guard(inside.res, end));
  const arrived = (line: unknown) => {
    onPost();
    put({ line });
  };
  stream.on(ETwitterStreamEvent.Data, arrived);
  stream.on(ETwitterStreamEvent.TweetParseError, () => arrived(null));
  stream.on(ETwitterStreamEvent.DataKeepAlive, () => put('alive'));
  stream.on(ETwitterStreamEvent.DataError, end);
  stream.on(ETwitterStreamEvent.ConnectionClosed, end);
  const tooLate = setTimeout(cut, silenceMs);
  signal.addEventListener('abort', cut);
  try {
    await stream.connect({ autoReconnect: false, keepAliveTimeout: silenceMs });
  } catch (error) {
    signal.removeEventListener('abort', cut);
    signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(tooLate);
  }
  signal.addEventListener('abort', end);
  return {
    events: take,
    [Symbol.dispose]() {
      signal.removeEventListener('abort', cut);
      signal.removeEventListener('abort', end);
      stream.destroy();
      cut();
    },
  };
}

/** The library makes text of each chunk by itself, which spoils characters that are cut in two, and waits for the end of any line. */
function guard(response: Readable, end: () => void): void {
  response.setEncoding('utf8');
  let unended = 0;
  response.on('data', (chunk: string) => {
    unended = chunk.includes('\r\n') ? 0 : unended + chunk.length;
    if (unended > longestLine) end();
  });
}

function openQueue<T>() {
  const waiting: T[] = [];
  let ended = false;
  let wake = () => {};
  const end = () => {
    ended = true;
    wake();
  };
  return {
    end,
    put: (one: T) => {
      if (ended) return;
      if (waiting.push(one) >= mostWaiting) end();
      wake();
    },
    async *take(this: void): AsyncGenerator<T> {
      for (;;) {
        yield* waiting.splice(0);
        if (waiting.length > 0) continue;
        if (ended) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
