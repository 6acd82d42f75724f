import type { mastodon } from 'masto';
import { WebSocketActionDispatcher, createActionProxy } from 'masto/adapters/action/index.js';
import { SerializerNativeImpl } from 'masto/adapters/serializers/index.js';
import { WebSocketSubscriptionCounterImpl } from 'masto/adapters/ws/index.js';
import type { WebSocketConnector } from 'masto/interfaces/index.js';
import { storable } from '../../core/storable.ts';
import type { MastodonFeed } from './config.ts';
import type { Server } from './server.ts';

type Event = mastodon.streaming.Event;

/** Who listens. */
export interface Listener {
  readonly onEvent: (event: Event) => void;
  /** The server says that something is wrong, with one subscription as a rule: the others go on. */
  readonly complain: (message: string) => void;
  /** The connection was open and is no more, or has sent what cannot be read. */
  readonly broken: () => void;
}

const connectMs = 30_000;

/** Listens to all that the configuration wants of a server; resolves once connected. Errors: an Error where no connection comes about. */
export async function listen(
  server: Server,
  config: MastodonFeed,
  listener: Listener,
  signal: AbortSignal,
): Promise<void> {
  const url = new URL('/api/v1/streaming', streamOf(server, (await server.facts(signal)).streaming));
  const socket = new WebSocket(url, [server.token ?? '']);
  signal.addEventListener('abort', () => socket.close(), { once: true });
  await open(socket, `${server.url} opens no stream for this token`);
  socket.addEventListener('close', listener.broken, { once: true });
  // Before masto, which would take for broken what names no stream.
  socket.addEventListener('message', (message) => prefilter(message, listener));
  const client = createActionProxy<mastodon.streaming.Client>(
    new WebSocketActionDispatcher(only(socket), new WebSocketSubscriptionCounterImpl(), new SerializerNativeImpl()),
  );
  const subscriptions = [
    ...config.hashtags.map((tag) => client.hashtag.subscribe({ tag: tag.toLowerCase() })),
    ...(config.mentions ? [client.user.notification.subscribe()] : []),
  ];
  for (const subscription of subscriptions) void drain(subscription, listener);
}

async function open(socket: WebSocket, otherwise: string): Promise<void> {
  const settled = Promise.withResolvers<void>();
  const refuse = () => settled.reject(new Error(otherwise));
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

/** Lets masto hear events of streams only: servers also tell of errors, and some of what they make of a subscription. */
function prefilter(message: MessageEvent, { complain }: Listener): void {
  const frame = frameOf(message.data);
  if (frame === undefined || (frame.error === undefined && Array.isArray(frame.stream))) return;
  message.stopImmediatePropagation();
  if (typeof frame.error === 'string') complain(storable(frame.error.slice(0, 200)));
}

/** Undefined: it is not JSON, which is masto's to judge. */
function frameOf(data: unknown): { readonly stream?: unknown; readonly error?: unknown } | undefined {
  try {
    const frame: unknown = JSON.parse(String(data));
    return typeof frame === 'object' && frame !== null ? frame : {};
  } catch {
    return undefined;
  }
}

/** Masto's own would connect again by itself, and nobody would know that something was missed. */
function only(socket: WebSocket): WebSocketConnector {
  return {
    acquire: async () => socket,
    kill: () => socket.close(),
    async *[Symbol.asyncIterator]() {
      yield socket;
    },
  };
}

/** The token goes there: it must be the server itself or one beside it, and no less secret. */
function streamOf({ url }: Server, told: string | undefined): string {
  const own = new URL(url);
  const stream = URL.parse(told ?? '') ?? new URL(url.replace(/^http/, 'ws'));
  if (domainOf(stream) !== domainOf(own))
    throw new Error(`${url} names a stream on another domain, ${stream.host}: it is not used`);
  if (own.protocol === 'https:' && stream.protocol !== 'wss:')
    throw new Error(`${url} names a stream that is not encrypted: it is not used`);
  return stream.href;
}

/** The last two labels of a name; an address as it is. */
function domainOf({ hostname }: URL): string {
  return /^[\d.]+$|:/.test(hostname) ? hostname : hostname.split('.').slice(-2).join('.');
}

async function drain(subscription: mastodon.streaming.Subscription, { onEvent, broken }: Listener): Promise<void> {
  try {
    for await (const event of subscription) onEvent(event);
  } catch {
    // After a message that cannot be read: a new connection is better than one that has gone deaf.
    broken();
  }
}
