import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { RetryLater } from '../../core/errors.ts';
import { jsonIn } from '../shared/parse-json.ts';
import { retryAfterMs } from '../../net/rate-limits.ts';

/** Far more than an honest relay sends; the connection is closed beyond it. */
const maxMessageBytes = 700_000;
const handshakeTimeout = 10_000;
const pingEveryMs = 30_000;
const refusedWaitMs = 60_000;

export interface SocketEvents {
  onMessage(message: readonly unknown[]): void;
  /** Called once, when an open connection ends; `reason` in words. */
  onClose(reason: string): void;
}

/** Opens a connection to a relay and closes it after a minute of silence. Errors: RetryLater if the relay is overloaded; an Error in words. */
export async function openSocket(url: string, events: SocketEvents): Promise<WebSocket> {
  const socket = new WebSocket(url, { maxPayload: maxMessageBytes, handshakeTimeout });
  let fault = 'the relay closed the connection';
  const { promise: open, resolve, reject } = Promise.withResolvers<void>();
  socket.once('open', resolve);
  socket.once('unexpected-response', (_request, response) => {
    reject(refusal(response));
    response.destroy();
    socket.terminate();
  });
  socket.on('error', (error) => {
    fault = error.message === '' ? 'connection failed' : error.message;
    reject(new Error(fault, { cause: error }));
  });
  await open;
  let alive = true;
  const pings = setInterval(() => {
    if (!alive) fault = 'the relay fell silent';
    if (alive) socket.ping();
    else socket.terminate();
    alive = false;
  }, pingEveryMs);
  socket.on('pong', () => (alive = true));
  socket.on('message', (bytes: Buffer) => {
    alive = true;
    const message = messageIn(bytes);
    if (message) events.onMessage(message);
  });
  socket.once('close', () => {
    clearInterval(pings);
    events.onClose(fault);
  });
  return socket;
}

function refusal({ statusCode, headers }: IncomingMessage): Error {
  const message = `the relay answered ${statusCode} instead of connecting`;
  if (statusCode !== 429 && statusCode !== 503) return new Error(message);
  return new RetryLater(message, retryAfterMs(headers, Date.now()) ?? refusedWaitMs);
}

/** Undefined for anything but a message of the protocol: relays send extensions of their own. */
function messageIn(bytes: Buffer): readonly unknown[] | undefined {
  const message = jsonIn(bytes.toString('utf8'));
  return Array.isArray(message) ? message : undefined;
}
