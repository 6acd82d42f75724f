import { WebSocket } from 'ws';
import { networkFault } from '../../core/errors.ts';
import type { GuardedLookup } from '../../net/guarded-fetch.ts';
import { jsonIn } from '../shared/parse-json.ts';
import { refusal } from './relay-answers.ts';

interface SocketOptions {
  readonly lookup: GuardedLookup | undefined;
  /** Receives each message, parsed; undefined: it is not JSON. */
  readonly onMessage: (message: unknown, socket: WebSocket) => void;
  readonly onClose: (fault: string) => void;
}

/** Far more than an honest relay sends; the connection is closed beyond it. */
const maxMessageBytes = 700_000;
const handshakeMs = 10_000;
/** A relay that a stranger chose keeps nobody waiting for long. */
const strangerHandshakeMs = 4000;
const pingEveryMs = 30_000;

/** Connects to a relay, and closes the connection after a minute of silence. Errors: RetryLater if the relay is overloaded; an Error in words. */
export async function openSocket(
  url: string,
  { lookup: check, onMessage, onClose }: SocketOptions,
): Promise<WebSocket> {
  const { hostname, port, protocol } = new URL(url);
  const lookup = await check?.(hostname, Number(port) || (protocol === 'wss:' ? 443 : 80));
  const socket = new WebSocket(url, {
    maxPayload: maxMessageBytes,
    handshakeTimeout: lookup === undefined ? handshakeMs : strangerHandshakeMs,
    ...(lookup !== undefined && { lookup }),
  });
  let fault = 'the relay closed the connection';
  const { promise: open, resolve, reject } = Promise.withResolvers<void>();
  socket.once('open', resolve);
  socket.once('unexpected-response', (_request, response) => {
    reject(refusal(response));
    response.destroy();
    socket.terminate();
  });
  socket.on('error', (error) => {
    fault = networkFault(error) ?? (error.message === '' ? 'connection failed' : error.message);
    reject(new Error(fault, { cause: error }));
  });
  // A relay may speak first, with a challenge.
  let alive = true;
  socket.on('message', (bytes: Buffer) => {
    alive = true;
    onMessage(jsonIn(bytes.toString('utf8')), socket);
  });
  await open;
  const pings = setInterval(() => {
    if (!alive) fault = 'the relay fell silent';
    if (alive) socket.ping();
    else socket.terminate();
    alive = false;
  }, pingEveryMs);
  socket.on('pong', () => (alive = true));
  socket.once('close', () => {
    clearInterval(pings);
    onClose(fault);
  });
  return socket;
}
