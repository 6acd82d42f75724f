import { AsyncQueue } from '../../core/async.ts';
import { messageOf } from '../../core/errors.ts';
import type { Change, Page, Post, Reject } from '../../core/post.ts';
import type { DriverContext, Feed } from '../platform.ts';
import { faultIn } from '../shared/parse-json.ts';
import type { MastodonFeed } from './config.ts';
import { listen, type StreamEvent } from './connection.ts';
import { serversOf } from './feed.ts';
import { postOf, type ReadContext } from './read-list.ts';
import { uriCacheFor, ownAccountsOf, unknownOf } from './uri-cache.ts';
import type { Server } from './server.ts';
import { openThreads } from './statuses.ts';
import { keyOf, mayMention } from './to-post.ts';
import { Status } from './wire.ts';

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

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

type ListenContext = Pick<ReadContext, 'ownAccounts' | 'unknown' | 'threadOf' | 'uriCache' | 'signal'>;

async function pageOf(batch: readonly Received[], context: ListenContext): Promise<Page> {
  const page = { posts: [] as Post[], changes: [] as Change[], rejects: [] as Reject[], cursor };
  for (const { server, event } of batch) {
    if (event.kind === 'delete') {
      const uri = context.uriCache.uriOf(server.url, event.id);
      if (uri !== undefined) page.changes.push({ kind: 'delete', key: keyOf(uri) });
      continue;
    }
    const { data: status, error } = Status.safeParse(event.status);
    if (error) {
      const excerpt = JSON.stringify(event.status).slice(0, 200);
      page.rejects.push({ position: `${server.url} stream`, reason: faultIn(error), excerpt });
      continue;
    }
    context.uriCache.note(server.url, status.id, status.uri);
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
