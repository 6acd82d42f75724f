import type { mastodon } from 'masto';
import { WebSocketActionDispatcher, createActionProxy } from 'masto/adapters/action/index.js';
import { SerializerNativeImpl } from 'masto/adapters/serializers/index.js';
import { WebSocketSubscriptionCounterImpl } from 'masto/adapters/ws/index.js';
import type { WebSocketConnector } from 'masto/interfaces/index.js';
import { storable } from '../../core/storable.ts';
import type { MastodonFeed } from './config.ts';
import type { Server } from './server.ts';

type Event = mastodon.streaming.Event;

/** Callbacks of a connection. */
export interface Listener {
  readonly onEvent: (event: Event) => void;
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
  listener: Listener,
  signal: AbortSignal,
): Promise<void> {
  const url = new URL('/api/v1/streaming', streamUrl(server, (await server.info(signal)).streaming));
  const socket = new WebSocket(url, [server.token ?? '']);
  signal.addEventListener('abort', () => socket.close(), { once: true });
  await open(socket, `${server.url} opens no stream for this token`);
  socket.addEventListener('close', listener.onBroken, { once: true });
  // Before masto's listener, which would treat messages without a stream as broken.
  socket.addEventListener('message', (message) => interceptErrors(message, listener));
  const client = createActionProxy<mastodon.streaming.Client>(
    new WebSocketActionDispatcher(
      singleConnection(socket),
      new WebSocketSubscriptionCounterImpl(),
      new SerializerNativeImpl(),
    ),
  );
  const subscriptions = [
    ...config.hashtags.map((tag) => client.hashtag.subscribe({ tag: tag.toLowerCase() })),
    ...(config.mentions ? [client.user.notification.subscribe()] : []),
  ];
  for (const subscription of subscriptions) void drain(subscription, listener);
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

/** Passes singleConnection stream events to masto: servers also send errors, and some confirm subscriptions. */
function interceptErrors(message: MessageEvent, { onServerError }: Listener): void {
  const frame = frameOf(message.data);
  if (frame === undefined || (frame.error === undefined && Array.isArray(frame.stream))) return;
  message.stopImmediatePropagation();
  if (typeof frame.error === 'string') onServerError(storable(frame.error.slice(0, 200)));
}

/** Undefined: not JSON, which masto handles. */
function frameOf(data: unknown): { readonly stream?: unknown; readonly error?: unknown } | undefined {
  try {
    const frame: unknown = JSON.parse(String(data));
    return typeof frame === 'object' && frame !== null ? frame : {};
  } catch {
    return undefined;
  }
}

/** Masto's own connector reconnects silently, so that missed events would go unnoticed. */
function singleConnection(socket: WebSocket): WebSocketConnector {
  return {
    acquire: async () => socket,
    kill: () => socket.close(),
    async *[Symbol.asyncIterator]() {
      yield socket;
    },
  };
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

async function drain(subscription: mastodon.streaming.Subscription, { onEvent, onBroken }: Listener): Promise<void> {
  try {
    for await (const event of subscription) onEvent(event);
  } catch {
    // After an unreadable message masto's subscription ends, so connect again.
    onBroken();
  }
}
