import type { mastodon } from 'masto';
import { messageOf } from '../../core/errors.ts';
import type { Change, Page, Post, Reject } from '../../core/post.ts';
import type { DriverContext, Feed } from '../platform.ts';
import type { MastodonFeed } from './config.ts';
import { type Listener, listen } from './connection.ts';
import { serversOf } from './feed.ts';
import { postOf } from './read-list.ts';
import { type UriCache, uriCacheFor, ownAccountsOf, unknownOf } from './uri-cache.ts';
import type { Server } from './server.ts';
import { openThreads, type ThreadOf } from './statuses.ts';
import { keyOf, mayMention } from './to-post.ts';
import { faultIn, Mentioned, Status } from './wire.ts';

/** A connection may die silently: after this long without an event a new one is made, and the feed finds what was missed. */
const silenceMs = 15 * 60_000;
/** A stream that ends sooner, without any event, is an error, so that it is retried with backoff. */
const soonMs = 60_000;
/** Streams have no position: the feed owns the cursor. */
const cursor = 'live';

type StreamEvent = { readonly server: Server; readonly event: mastodon.streaming.Event };

/** Live events of the servers with an account of the bot, until a connection ends: then the feed finds what was missed. */
export function openStream(config: MastodonFeed, context: DriverContext): Feed {
  const servers = serversOf(config, context).filter(({ token }) => token !== undefined);
  const threadOf = openThreads();
  const uriCache = uriCacheFor(config);
  return {
    async *pages(_after, signal) {
      if (!config.stream || servers.length === 0) {
        await aborted(signal);
        return;
      }
      const ownAccounts = await ownAccountsOf(servers, uriCache.ownAccounts, signal);
      const reading = { ownAccounts, unknown: unknownOf(servers, uriCache.ownAccounts), threadOf, uriCache, signal };
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

/** Events of all servers, until one of the connections ends. Errors: an Error if no connection succeeds. */
async function* listenTo(
  servers: readonly Server[],
  config: MastodonFeed,
  { notices }: DriverContext,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent[]> {
  const ended = new AbortController();
  const untilEnd = AbortSignal.any([signal, ended.signal]);
  const events = openEventQueue(() => ended.abort());
  const listenerOf = (server: Server): Listener => ({
    onEvent: (event) => events.put({ server, event }),
    onServerError: (message) => notices.warn(`${server.url} reports on its stream: ${message}`),
    onBroken: events.end,
  });
  try {
    const opened = await Promise.allSettled(
      servers.map((server) => listen(server, config, listenerOf(server), untilEnd)),
    );
    const failed = opened.flatMap((one) => (one.status === 'rejected' ? [messageOf(one.reason)] : []));
    signal.throwIfAborted();
    if (failed.length === servers.length) throw new Error(failed.join('; '));
    for (const message of failed) notices.warn(message);
    yield* events.batches(untilEnd);
  } finally {
    events.close();
    ended.abort();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Queue of the events of all connections. Calls `end` when one of them breaks, or when all are silent for too long. */
function openEventQueue(end: () => void) {
  let waiting: StreamEvent[] = [];
  let wake = Promise.withResolvers<void>();
  let closed = false;
  let watchdog: NodeJS.Timeout | undefined;
  const watch = () => {
    clearTimeout(watchdog);
    // The timer must not keep the process alive.
    if (!closed) watchdog = setTimeout(end, silenceMs).unref();
  };
  watch();
  return {
    end,
    put(event: StreamEvent): void {
      waiting.push(event);
      wake.resolve();
      watch();
    },
    close(): void {
      closed = true;
      clearTimeout(watchdog);
    },
    async *batches(signal: AbortSignal): AsyncGenerator<StreamEvent[]> {
      signal.addEventListener('abort', () => wake.resolve(), { once: true });
      while (!signal.aborted) {
        await wake.promise;
        wake = Promise.withResolvers<void>();
        if (signal.aborted) wake.resolve();
        const batch = waiting;
        waiting = [];
        if (batch.length > 0) yield batch;
      }
    },
  };
}

interface ListenContext {
  readonly ownAccounts: ReadonlySet<string>;
  /** Servers with an account of the bot that is not known yet. */
  readonly unknown: ReadonlySet<string>;
  readonly threadOf: ThreadOf;
  readonly uriCache: UriCache;
  readonly signal: AbortSignal;
}

async function pageOf(batch: readonly StreamEvent[], context: ListenContext): Promise<Page> {
  const page = { posts: [] as Post[], changes: [] as Change[], rejects: [] as Reject[], cursor };
  for (const { server, event } of batch) {
    if (event.event === 'delete') {
      const uri = context.uriCache.uriOf(server.url, event.payload);
      if (uri !== undefined) page.changes.push({ kind: 'delete', key: keyOf(uri) });
      continue;
    }
    const raw = statusIn(event);
    if (raw === undefined) continue;
    const { data: status, error } = Status.safeParse(raw);
    if (status === undefined) {
      page.rejects.push({
        position: `${server.url} stream`,
        reason: faultIn(error),
        excerpt: JSON.stringify(raw).slice(0, 200),
      });
      continue;
    }
    context.uriCache.note(server.url, status.id, status.uri);
    const post = await postOrLater(status, server, { ...context, mentioned: event.event === 'notification' });
    if (post === undefined) continue;
    if (event.event === 'status.update') page.changes.push({ kind: 'edit', post });
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

function statusIn({ event, payload }: mastodon.streaming.Event): unknown {
  if (event === 'update' || event === 'status.update') return payload;
  if (event !== 'notification') return undefined;
  return payload.type === 'mention' ? Mentioned.safeParse(payload).data?.status : undefined;
}
