import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent, get } from 'node:https';
import { AsyncQueue } from '../../core/async.ts';
import type { Clock } from '../../core/clock.ts';
import { dayMs } from '../../core/durations.ts';
import { RetryLater } from '../../core/errors.ts';
import { jsonIn } from '../shared/parse-json.ts';
import type { Transport } from './client.ts';
import type { Refused } from './refusals.ts';

/** A keep-alive, or a parsed line of the stream; null for a line that is not JSON. */
type Event = 'alive' | { readonly line: unknown };

/** X sends a keep-alive every 20 seconds; one may be late. */
const defaultSilenceMs = 30_000;
/** Bounds of the buffers, in events and in characters: beyond them the connection is closed. */
const maxBuffered = 10_000;
const maxLineLength = 2_000_000;
const maxRefusalLength = 100_000;

interface ConnectOptions extends Transport {
  readonly signal: AbortSignal;
  /** Called for each post on arrival, before it is read. False: no further post can be paid for, so the connection ends. */
  readonly onPost: (line: unknown) => boolean;
}

/** A connection to the filtered stream. It never reconnects. */
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
      // What has arrived is charged: it is counted before the connection ends.
      if (typeof event === 'object' && !onPost(event.line)) setImmediate(() => setImmediate(() => request.destroy()));
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

/** Undefined: X disconnects, and says why. Messages of other kinds than posts may appear at any time; they cost nothing. */
function eventIn(line: string): Event | undefined {
  if (line === '') return 'alive';
  const json = jsonIn(line) ?? null;
  if (typeof json !== 'object' || json === null || 'data' in json) return { line: json };
  return 'errors' in json ? undefined : 'alive';
}

/** Why a connection failed, or ended before it delivered anything. */
type Failure = 'network' | 'http' | 'too many';

/** X allows 50 connections in 15 minutes; leave some to other users of the app. */
const maxConnections = 40;
const windowMs = 15 * 60_000;

/**
 * When to reconnect, by X's rules: at once after a working connection; after network errors 250 ms longer each time, up to 16 s; after HTTP
 * errors 5 s, doubling up to 320 s; after 429 a minute, doubling. It also limits the number of connections, because a server that accepts
 * and drops them would be called in a tight loop.
 */
export function openReconnectPolicy(clock: Pick<Clock, 'now'>) {
  let failures = { kind: 'network' as Failure, count: 0 };
  let connections: number[] = [];
  return {
    /** Call it before each connection. Errors: RetryLater if there were too many. */
    countConnection(): void {
      const now = clock.now();
      connections = connections.filter((at) => now - at < windowMs && at <= now);
      const [oldest] = connections;
      if (oldest !== undefined && connections.length >= maxConnections)
        throw new RetryLater('the stream was lost too often', oldest + windowMs - now);
      connections.push(now);
    },
    /** Call it when a connection delivers something. */
    reset(): void {
      failures = { kind: 'network', count: 0 };
    },
    /** Returns the milliseconds to wait. */
    delayAfter(kind: Failure): number {
      failures = { kind, count: failures.kind === kind ? failures.count + 1 : 1 };
      return delayOf(failures);
    },
  };
}

export type ReconnectPolicy = ReturnType<typeof openReconnectPolicy>;

function delayOf({ kind, count }: { kind: Failure; count: number }): number {
  if (kind === 'network') return Math.min(16_000, 250 * count);
  const doubled = 2 ** Math.min(count - 1, 20);
  return kind === 'http' ? Math.min(320_000, 5000 * doubled) : Math.min(dayMs, 60_000 * doubled);
}
