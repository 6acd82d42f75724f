import { z } from 'zod';
import { storable } from '../../core/storable.ts';
import type { MastodonFeed } from './config.ts';
import type { Server } from './server.ts';
import { Mentioned } from './wire.ts';

/** What a stream says of a post, which is not parsed yet; of a deleted one only its id. */
export type StreamEvent =
  | { readonly kind: 'post' | 'edit' | 'mention'; readonly status: unknown }
  | { readonly kind: 'delete'; readonly id: string };

/** Callbacks of a connection. */
export interface Listener {
  readonly onEvent: (event: StreamEvent) => void;
  /** The server reports an error, usually of one subscription: the others go on. */
  readonly onServerError: (message: string) => void;
  /** The open connection has closed, or has sent an unreadable message. */
  readonly onBroken: () => void;
}

const connectMs = 30_000;

/** Subscribes to all streams that the configuration needs; resolves once connected. Errors: an Error if the connection fails. */
export async function listen(
  server: Server,
  config: MastodonFeed,
  { onEvent, onServerError, onBroken }: Listener,
  signal: AbortSignal,
): Promise<void> {
  const url = new URL('/api/v1/streaming', streamUrl(server, (await server.info(signal)).streaming));
  signal.throwIfAborted();
  const socket = new WebSocket(url, [server.token ?? '']);
  signal.addEventListener('abort', () => socket.close(), { once: true });
  await open(socket, `${server.url} opens no stream for this token`);
  socket.addEventListener('close', onBroken, { once: true });
  socket.addEventListener('message', ({ data }) => {
    try {
      const { error, event } = readFrame(String(data));
      if (error !== undefined) onServerError(error);
      if (event !== undefined) onEvent(event);
    } catch {
      onBroken();
    }
  });
  const tags = config.hashtags.map((tag) => ({ stream: 'hashtag', tag: tag.toLowerCase() }));
  for (const stream of [...tags, ...(config.mentions ? [{ stream: 'user:notification' }] : [])])
    socket.send(JSON.stringify({ type: 'subscribe', ...stream }));
}

async function open(socket: WebSocket, failure: string): Promise<void> {
  const settled = Promise.withResolvers<void>();
  const refuse = () => settled.reject(new Error(failure));
  socket.addEventListener('open', () => settled.resolve(), { once: true });
  socket.addEventListener('close', refuse, { once: true });
  AbortSignal.timeout(connectMs).addEventListener('abort', refuse, { once: true });
  try {
    await settled.promise;
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** https://docs.joinmastodon.org/methods/streaming/#events ; compatible servers send frames of their own. */
const Frame = z.object({
  error: z.string().optional().catch(undefined),
  event: z.string().optional().catch(undefined),
  payload: z.string().catch('null'),
});

/** Reads a message; nothing for one that is of no use. Errors: a SyntaxError. */
function readFrame(message: string): { readonly error?: string; readonly event?: StreamEvent | undefined } {
  const { error, event, payload = 'null' } = Frame.safeParse(JSON.parse(message)).data ?? {};
  if (error !== undefined) return { error: storable(error.slice(0, 200)) };
  if (event === 'delete') return { event: { kind: 'delete', id: payload } };
  if (event === 'update') return { event: { kind: 'post', status: JSON.parse(payload) } };
  if (event === 'status.update') return { event: { kind: 'edit', status: JSON.parse(payload) } };
  return { event: event === 'notification' ? mentionIn(JSON.parse(payload)) : undefined };
}

/** Undefined for other notifications, such as of a follower. */
function mentionIn(notification: unknown): StreamEvent | undefined {
  const status = Mentioned.extend({ type: z.literal('mention') }).safeParse(notification).data?.status;
  return status === undefined ? undefined : { kind: 'mention', status };
}

/** URL of the stream. It receives the token, so it must be on the server's domain and as encrypted as the server. */
function streamUrl({ url }: Server, announced: string | undefined): string {
  const own = new URL(url);
  const stream = URL.parse(announced ?? '') ?? new URL(url.replace(/^http/, 'ws'));
  if (domainOf(stream) !== domainOf(own))
    throw new Error(`${url} names a stream on another domain, ${stream.host}: not used`);
  if (own.protocol === 'https:' && stream.protocol !== 'wss:')
    throw new Error(`${url} names a stream that is not encrypted: not used`);
  return stream.href;
}

/** The last two labels of a host name; an IP address unchanged. */
function domainOf({ hostname }: URL): string {
  return /^[\d.]+$|:/.test(hostname) ? hostname : hostname.split('.').slice(-2).join('.');
}
