import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { AsyncQueue } from '../../core/async.ts';
import { batchesOf, type ListenOptions, mostWaiting } from './stream-event.ts';
import { refusalIn } from './wire.ts';

const connectMs = 15_000;
const maxFrameBytes = 4_000_000;
const maxRefusalBytes = 10_000;

/** The server refused the WebSocket connection, or the cursor. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** The server's name of the error, such as `CursorTooOld`; empty if it gives none. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Batches of frames until the server closes the connection normally. A slow reader slows the server down. */
export async function* frames(url: string, options: ListenOptions): AsyncGenerator<readonly Buffer[]> {
  const socket = new WebSocket(url, {
    handshakeTimeout: connectMs,
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
    followRedirects: false,
  });
  const queue = new AsyncQueue<Buffer>();
  socket.on('message', (data: Buffer) => {
    queue.push(data);
    if (queue.size >= mostWaiting) socket.pause();
  });
  socket.on('unexpected-response', (request, response) => {
    refusalOf(response)
      .then((refusal) => queue.end(refusal))
      .catch((error: unknown) => queue.end(error))
      .finally(() => request.destroy());
  });
  socket.on('error', (error) => queue.end(error));
  socket.on('close', (code) =>
    queue.end(code === 1000 || code === 1001 ? undefined : new Error(`connection ended with ${code}`)),
  );
  try {
    yield* batchesOf(queue, options, () => socket.resume());
  } finally {
    socket.terminate();
  }
}

async function refusalOf(response: IncomingMessage): Promise<Refused> {
  let text = '';
  try {
    for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
      text += chunk;
      if (text.length > maxRefusalBytes) break;
    }
  } catch {
    // Use the part that arrived.
  }
  const { error, message } = refusalIn(text);
  const words = [`answered ${response.statusCode}${error && ` ${error}`}`, message.slice(0, 200)];
  return new Refused(error, words.filter(Boolean).join(': '));
}

/** Undefined if the server accepts a connection, else the reason. */
export async function connectionFault(url: string): Promise<string | undefined> {
  const socket = new WebSocket(url, { handshakeTimeout: connectMs, maxPayload: maxFrameBytes, followRedirects: false });
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  socket.on('open', () => resolve(undefined));
  socket.on('error', ({ message }) => resolve(message));
  const fault = await promise;
  socket.terminate();
  return fault;
}
