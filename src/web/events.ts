import { streamSSE } from 'hono/streaming';
import { changeToken } from '../ledger/db/queries.ts';
import { type Context, HttpError, type Page, type PageRequest } from './page.ts';

const pollEveryMs = 1000;
/** A comment line that keeps an idle connection open. */
const heartbeatEveryMs = 15_000;
const maxListeners = 64;

/** Server-sent events: tells browsers that the ledger changed. They reload the page, so all checks apply as usual. */
export function eventPages(context: Context): readonly Page[] {
  const changes = openChanges(context);
  return [{ method: 'GET', path: '/events', audience: 'viewer', handle: (request) => listen(request, changes) }];
}

type Changes = ReturnType<typeof openChanges>;

function listen({ c }: PageRequest, changes: Changes): Response {
  if (changes.listeners.size >= maxListeners) throw new HttpError(429, 'Too many pages are open.');
  return streamSSE(c, async (stream) => {
    const closed = Promise.withResolvers<void>();
    // `onAbort` says when a reader has left.
    const notify = () => void stream.writeSSE({ event: 'change', data: '' }).catch(() => {});
    const heartbeat = setInterval(() => void stream.write(': alive\n\n').catch(() => {}), heartbeatEveryMs);
    stream.onAbort(() => closed.resolve());
    changes.add(notify);
    await stream.writeSSE({ event: 'hello', data: '' });
    await closed.promise;
    clearInterval(heartbeat);
    changes.remove(notify);
  });
}

/** Polls the ledger once for all listeners; stops while there are none. */
function openChanges({ ledger }: Context) {
  const listeners = new Set<() => void>();
  let before: string | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function poll(): Promise<void> {
    const now = await changeToken(ledger.db).catch(() => before);
    if (before !== undefined && now !== before) for (const notify of listeners) notify();
    before = now;
    if (listeners.size > 0) timer = setTimeout(later, pollEveryMs);
    else timer = before = undefined;
  }

  const later = () => void poll().catch(() => {});
  return {
    listeners,
    add(notify: () => void): void {
      listeners.add(notify);
      timer ??= setTimeout(later, 0);
    },
    remove(notify: () => void): void {
      listeners.delete(notify);
    },
  };
}
