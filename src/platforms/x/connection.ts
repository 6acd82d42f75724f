import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent, get } from 'node:https';
import { AsyncQueue } from '../../core/async.ts';
import { jsonIn } from '../shared/parse-json.ts';
import type { Transport } from './client.ts';
import type { Refused } from './faults.ts';

/** A keep-alive, or a parsed line of the stream; null for a line that is not JSON. */
export type Event = 'alive' | { readonly line: unknown };

/** X sends a keep-alive every 20 seconds; one may be late. */
const defaultSilenceMs = 30_000;
/** Bounds of the buffers, in events and in characters: beyond them the connection is closed. */
const maxBuffered = 10_000;
const maxLineLength = 2_000_000;
const maxRefusalLength = 100_000;

interface ConnectOptions extends Transport {
  readonly signal: AbortSignal;
  /** Called for each post on arrival, before it is read. */
  readonly onPost: () => void;
}

/** A connection to the filtered stream. It never reconnects: see reconnect.ts. */
export interface Connection extends Disposable {
  /** Yields events until the connection ends for any reason, or the signal is aborted. */
  readonly events: AsyncIterable<readonly Event[]>;
}

/** Connects, or gives X's refusal. Errors: of the network; the signal's reason. */
export async function connect(
  bearerToken: string,
  query: Record<string, string>,
  { agent = () => new Agent(), silenceMs = defaultSilenceMs, signal, onPost }: ConnectOptions,
): Promise<Connection | Refused> {
  signal.throwIfAborted();
  const request = get(`https://api.x.com/2/tweets/search/stream?${String(new URLSearchParams(query))}`, {
    agent: agent(),
    headers: { authorization: `Bearer ${bearerToken}` },
    timeout: silenceMs,
    signal,
  });
  request.on('timeout', () => request.destroy(new Error(`X is silent for ${silenceMs / 1000} s`)));
  const response = await responseTo(request, signal);
  if ((response.statusCode ?? 0) >= 400) return await refusalIn(response);
  const queue = new AsyncQueue<Event>();
  response.setEncoding('utf8').on('close', () => queue.end());
  let rest = '';
  response.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = eventIn(line);
      if (event === undefined) queue.end();
      else queue.push(event);
      if (typeof event === 'object') onPost();
    }
    if (queue.size > maxBuffered || rest.length > maxLineLength) request.destroy();
  });
  return { events: queue.batches(signal), [Symbol.dispose]: () => request.destroy() };
}

async function responseTo(request: ClientRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.once('response', resolve).on('error', reject);
  try {
    return await promise;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

async function refusalIn(response: IncomingMessage): Promise<Refused> {
  let text = '';
  try {
    for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
      text += chunk;
      if (text.length > maxRefusalLength) break;
    }
  } catch {
    // Use the part that arrived.
  }
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

/** Undefined: X disconnects, and says why. */
function eventIn(line: string): Event | undefined {
  if (line === '') return 'alive';
  const json = jsonIn(line) ?? null;
  const isError = typeof json === 'object' && json !== null && 'errors' in json && !('data' in json);
  return isError ? undefined : { line: json };
}
