import { once } from 'node:events';
import { z } from 'zod';
import { AsyncQueue } from '../../core/async.ts';
import { messageOf } from '../../core/errors.ts';
import type { Change, Page, Post, Reject } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import type { DriverContext, Feed } from '../platform.ts';
import { faultIn } from '../shared/parse-json.ts';
import type { MastodonFeed } from './config.ts';
import { serversOf } from './feed.ts';
import { postOf, type ReadContext } from './read-list.ts';
import { cacheFor } from './feed-cache.ts';
import type { Server } from './server.ts';
import { keyOf, mayMention } from './to-post.ts';
import { Listed, Status } from './wire.ts';

/** A connection may die silently: after this long without an event a new one is made, and the feed finds what was missed. */
const silenceMs = 15 * 60_000;
/** A stream that ends sooner, without any event, is an error, so that it is retried with backoff. */
const soonMs = 60_000;
/** Streams have no position: the feed owns the cursor. */
const cursor = 'live';

type Received = { readonly server: Server; readonly event: StreamEvent };

/** Live events of the servers with an account of the bot, until a connection ends: then the feed finds what was missed. */
export function openStream(config: MastodonFeed, context: DriverContext): Feed {
  const servers = serversOf(config, context).filter(({ token }) => token !== undefined);
  const cache = cacheFor(config);
  return {
    async *pages(_after, signal) {
      if (!config.stream || servers.length === 0) {
        if (!signal.aborted) await once(signal, 'abort');
        return;
      }
      const ownAccounts = await cache.ownAccounts(servers, signal);
      const reading = { ownAccounts, unknown: cache.unknown(servers), cache, clock: context.clock, signal };
      const began = context.clock.now();
      let received = false;
      for await (const batch of listenTo(servers, config, context, signal)) {
        received = true;
        yield await pageOf(batch, reading);
      }
      if (!received && !signal.aborted && context.clock.now() - began < soonMs)
        throw new Error('the streams ended before any event');
    },
  };
}

/** Events of all servers, until a connection ends, all are silent or the signal is aborted. Errors: an Error if no connection succeeds. */
async function* listenTo(
  servers: readonly Server[],
  config: MastodonFeed,
  { notices }: DriverContext,
  signal: AbortSignal,
): AsyncGenerator<Received[]> {
  const over = new AbortController();
  const events = new AsyncQueue<Received>();
  const end = () => events.end();
  // The timer must not keep the process alive.
  const watchdog = setTimeout(end, silenceMs).unref();
  const listenerOf = (server: Server) => ({
    onEvent(event: StreamEvent) {
      events.push({ server, event });
      watchdog.refresh();
    },
    onServerError: (message: string) => notices.warn(`${server.url} reports on its stream: ${message}`),
    onBroken: end,
  });
  try {
    const until = AbortSignal.any([signal, over.signal]);
    const opened = await Promise.allSettled(servers.map((server) => listen(server, config, listenerOf(server), until)));
    const failed = opened.flatMap((one) => (one.status === 'rejected' ? [messageOf(one.reason)] : []));
    signal.throwIfAborted();
    if (failed.length === servers.length) throw new Error(failed.join('; '));
    for (const message of failed) notices.warn(message);
    yield* events.batches(signal);
  } finally {
    clearTimeout(watchdog);
    over.abort();
  }
}

type ListenContext = Pick<ReadContext, 'ownAccounts' | 'unknown' | 'cache' | 'clock' | 'signal'>;

async function pageOf(batch: readonly Received[], context: ListenContext): Promise<Page> {
  const page = { posts: [] as Post[], changes: [] as Change[], rejects: [] as Reject[], cursor };
  for (const { server, event } of batch) {
    if (event.kind === 'delete') {
      const uri = context.cache.uriOf(server.url, event.id);
      if (uri !== undefined) page.changes.push({ kind: 'delete', key: keyOf(uri) });
      continue;
    }
    const { data: status, error } = Status.safeParse(event.status);
    if (error) {
      const excerpt = storable((JSON.stringify(event.status) ?? '').slice(0, 200));
      page.rejects.push({ position: `${server.url} stream`, reason: faultIn(error), excerpt });
      continue;
    }
    context.cache.note(server.url, status.id, status.uri);
    const post = await postOrLater(status, server, { ...context, mentioned: event.kind === 'mention' });
    if (post === undefined) continue;
    if (event.kind === 'edit') page.changes.push({ kind: 'edit', post });
    else page.posts.push(post);
  }
  return page;
}

/** Undefined: the bot's own post, or left to the feed, which will find it: one failure must not cost the other events. */
async function postOrLater(
  status: Status,
  server: Server,
  context: ListenContext & { readonly mentioned: boolean },
): Promise<Post | undefined> {
  if (!context.mentioned && mayMention(status, context.unknown)) return undefined;
  try {
    return await postOf(status, server, context);
  } catch {
    context.signal.throwIfAborted();
    return undefined;
  }
}

/** What a stream says of a post, which is not parsed yet; of a deleted one only its id. */
type StreamEvent =
  | { readonly kind: 'post' | 'edit' | 'mention'; readonly status: unknown }
  | { readonly kind: 'delete'; readonly id: string };

/** Callbacks of a connection. */
interface Listener {
  readonly onEvent: (event: StreamEvent) => void;
  /** The server reports an error, usually of one subscription: the others go on. */
  readonly onServerError: (message: string) => void;
  /** The open connection has closed, or has sent an unreadable message. */
  readonly onBroken: () => void;
}

const connectMs = 30_000;

/** Subscribes to all streams that the configuration needs; resolves once connected. Errors: an Error if the connection fails. */
async function listen(
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

/** Undefined for other notifications, such as of a follower. A quote is no mention. */
function mentionIn(notification: unknown): StreamEvent | undefined {
  const { type, status } = Listed.safeParse(notification).data ?? {};
  if (status === undefined || (type !== 'mention' && type !== 'quote')) return undefined;
  return { kind: type === 'mention' ? 'mention' : 'post', status };
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
