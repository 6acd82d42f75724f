import type { mastodon } from 'masto';
import { messageOf } from '../../core/errors.ts';
import type { Change, Page, Post, Reject } from '../../core/post.ts';
import type { DriverContext, Feed } from '../platform.ts';
import type { MastodonFeed } from './config.ts';
import { type Listener, listen } from './connection.ts';
import { serversOf } from './feed.ts';
import { postOf } from './look.ts';
import { type UriCache, uriCacheOf, ownAccountsOf, unknownOf } from './uri-cache.ts';
import type { Server } from './server.ts';
import { openThreads, type ThreadOf } from './statuses.ts';
import { keyOf, mayMention } from './to-post.ts';
import { faultIn, Mentioned, Status } from './wire.ts';

/** A connection may die without a word: after so long without any event another one is made, and the feed looks what was missed. */
const silenceMs = 15 * 60_000;
/** What ends so soon, and without a word, would end so again: it is tried later and later. */
const soonMs = 60_000;
/** Streams do not say where they are: the feed owns the cursor. */
const cursor = 'live';

type StreamEvent = { readonly server: Server; readonly event: mastodon.streaming.Event };

/** What happens on the servers where the bot has an account, until a connection ends: then the feed finds what was missed. */
export function openStream(config: MastodonFeed, context: DriverContext): Feed {
  const servers = serversOf(config, context).filter(({ token }) => token !== undefined);
  const threadOf = openThreads();
  const uriCache = uriCacheOf(config);
  return {
    async *pages(_after, signal) {
      if (!config.stream || servers.length === 0) {
        await aborted(signal);
        return;
      }
      const ownAccounts = await ownAccountsOf(servers, uriCache.ownAccounts, signal);
      const listening = { ownAccounts, unknown: unknownOf(servers, uriCache.ownAccounts), threadOf, uriCache, signal };
      const began = context.clock.now();
      let event = false;
      for await (const batch of listenTo(servers, config, context, signal)) {
        event = true;
        yield await pageOf(batch, listening);
      }
      if (!event && !signal.aborted && context.clock.now() - began < soonMs)
        throw new Error('the streams ended before anything was heard');
    },
  };
}

/** What all of them say, until one of the connections ends. Errors: an Error where none comes about. */
async function* listenTo(
  servers: readonly Server[],
  config: MastodonFeed,
  { notices }: DriverContext,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent[]> {
  const ended = new AbortController();
  const within = AbortSignal.any([signal, ended.signal]);
  const ears = openEars(() => ended.abort());
  const listenerOf = (server: Server): Listener => ({
    onEvent: (event) => ears.onEvent({ server, event }),
    complain: (message) => notices.warn(`${server.url} says on its stream: ${message}`),
    broken: ears.end,
  });
  try {
    const opened = await Promise.allSettled(
      servers.map((server) => listen(server, config, listenerOf(server), within)),
    );
    const failed = opened.flatMap((one) => (one.status === 'rejected' ? [messageOf(one.reason)] : []));
    signal.throwIfAborted();
    if (failed.length === servers.length) throw new Error(failed.join('; '));
    for (const message of failed) notices.warn(message);
    yield* ears.all(within);
  } finally {
    ears.close();
    ended.abort();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Events of all connections in one row. `end` is called when one of them breaks, or when all are silent for too long. */
function openEars(end: () => void) {
  let event: StreamEvent[] = [];
  let wake = Promise.withResolvers<void>();
  let closed = false;
  let watchdog: NodeJS.Timeout | undefined;
  const watch = () => {
    clearTimeout(watchdog);
    // It must not keep a process that has nothing else to do.
    if (!closed) watchdog = setTimeout(end, silenceMs).unref();
  };
  watch();
  return {
    end,
    onEvent(one: StreamEvent): void {
      event.push(one);
      wake.resolve();
      watch();
    },
    close(): void {
      closed = true;
      clearTimeout(watchdog);
    },
    async *all(signal: AbortSignal): AsyncGenerator<StreamEvent[]> {
      signal.addEventListener('abort', () => wake.resolve(), { once: true });
      while (!signal.aborted) {
        await wake.promise;
        wake = Promise.withResolvers<void>();
        if (signal.aborted) wake.resolve();
        const batch = event;
        event = [];
        if (batch.length > 0) yield batch;
      }
    },
  };
}

interface Listening {
  readonly ownAccounts: ReadonlySet<string>;
  /** Servers of the bot that have not said yet who it is there. */
  readonly unknown: ReadonlySet<string>;
  readonly threadOf: ThreadOf;
  readonly uriCache: UriCache;
  readonly signal: AbortSignal;
}

async function pageOf(batch: readonly StreamEvent[], listening: Listening): Promise<Page> {
  const page = { posts: [] as Post[], changes: [] as Change[], rejects: [] as Reject[], cursor };
  for (const { server, event } of batch) {
    if (event.event === 'delete') {
      const uri = listening.uriCache.uriOf(server.url, event.payload);
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
    listening.uriCache.note(server.url, status.id, status.uri);
    const post = await orLater(status, server, { ...listening, mentioned: event.event === 'notification' });
    if (post === undefined) continue;
    if (event.event === 'status.update') page.changes.push({ kind: 'edit', post });
    else page.posts.push(post);
  }
  return page;
}

/** Undefined: it is the bot's own, or is left to the feed, which will find it: one post must not cost the others, nor deletions. */
async function orLater(
  status: Status,
  server: Server,
  listening: Listening & { readonly mentioned: boolean },
): Promise<Post | undefined> {
  if (!listening.mentioned && mayMention(status, listening.unknown)) return undefined;
  try {
    return await postOf(status, server, listening);
  } catch {
    listening.signal.throwIfAborted();
    return undefined;
  }
}

function statusIn({ event, payload }: mastodon.streaming.Event): unknown {
  if (event === 'update' || event === 'status.update') return payload;
  if (event !== 'notification') return undefined;
  return payload.type === 'mention' ? Mentioned.safeParse(payload).data?.status : undefined;
}
