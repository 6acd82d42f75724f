import { Agent } from 'node:https';
import type { Readable } from 'node:stream';
import { ETwitterStreamEvent, TwitterApi } from 'twitter-api-v2';
import type { Transport } from './client.ts';

/** A keep-alive, or a parsed line of the stream; null for a line that the library could not parse. */
export type Event = 'alive' | { readonly line: unknown };

/** A connection to the filtered stream. It never reconnects: see reconnect.ts. */
export interface Connection extends Disposable {
  /** Yields events until the connection ends for any reason, or the signal is aborted. */
  events(): AsyncIterable<Event>;
}

/** X sends a keep-alive every 20 seconds; one may be late. */
const defaultSilenceMs = 30_000;
/** Bounds of the buffer, in events and in characters a line: beyond them the connection is closed. */
const maxBuffered = 10_000;
const maxLineLength = 2_000_000;

/** Private fields of the library's stream. */
interface StreamInternals {
  readonly requestData: { forceParseMode?: 'text' };
  readonly res?: Readable;
}

interface ConnectOptions extends Transport {
  readonly signal: AbortSignal;
  /** Called for each post on arrival, before it is read. */
  readonly onPost: () => void;
}

/** Errors: those of the library, if it cannot connect; the signal's reason. */
export async function connect(
  bearerToken: string,
  query: Record<string, string>,
  { agent = () => new Agent(), silenceMs = defaultSilenceMs, signal, onPost }: ConnectOptions,
): Promise<Connection> {
  signal.throwIfAborted();
  // A separate agent can be destroyed at any time; the library cannot be stopped while it connects.
  const httpAgent = agent();
  const cut = () => httpAgent.destroy();
  const api = new TwitterApi(bearerToken, { httpAgent, compression: 'identity' }).v2;
  const stream = api.searchStream({ ...query, autoConnect: false });
  const inside = stream as unknown as StreamInternals;
  // The library fails on errors with JSON that it does not expect.
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

/** Works around the library, which decodes each chunk on its own and so breaks split characters, and which buffers lines without a limit. */
function guard(response: Readable, end: () => void): void {
  response.setEncoding('utf8');
  let lineLength = 0;
  response.on('data', (chunk: string) => {
    lineLength = chunk.includes('\r\n') ? 0 : lineLength + chunk.length;
    if (lineLength > maxLineLength) end();
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
      if (waiting.push(one) >= maxBuffered) end();
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
