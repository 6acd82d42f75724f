import { streamSSE } from 'hono/streaming';
import { changeToken } from '../ledger/db/queries.ts';
import { type Context, HttpError, type Page, type PageRequest } from './page.ts';

const pollEveryMs = 1000;
/** A comment line that keeps an idle connection open. */
const heartbeatEveryMs = 15_000;
const maxListeners = 64;
/** Pages of one person, so that nobody takes all. */
const maxOfPerson = 8;

/** Server-sent events: tells browsers that the ledger changed. They reload the page, so all checks apply as usual. */
export function eventPages(context: Context): readonly Page[] {
  const changes = openChanges(context);
  return [{ method: 'GET', path: '/events', audience: 'viewer', handle: (request) => listen(request, changes) }];
}

type Changes = ReturnType<typeof openChanges>;

function listen({ c, person }: PageRequest, changes: Changes): Response {
  const { listeners } = changes;
  const name = person?.name ?? '';
  const own = [...listeners.values()].filter((one) => one === name).length;
  if (listeners.size >= maxListeners || own >= maxOfPerson) throw new HttpError(429, 'Too many pages are open.');
  return streamSSE(c, async (stream) => {
    const closed = Promise.withResolvers<void>();
    // `onAbort` says when a reader has left.
    const notify = () => void stream.writeSSE({ event: 'change', data: '' }).catch(() => {});
    const heartbeat = setInterval(() => void stream.write(': alive\n\n').catch(() => {}), heartbeatEveryMs);
    stream.onAbort(() => closed.resolve());
    changes.add(notify, name);
    await stream.writeSSE({ event: 'hello', data: '' });
    await closed.promise;
    clearInterval(heartbeat);
    changes.remove(notify);
  });
}

/** Polls the ledger once for all listeners; stops while there are none. */
function openChanges({ ledger }: Context) {
  /** With the name of the person. */
  const listeners = new Map<() => void, string>();
  let before: string | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function poll(): Promise<void> {
    const now = await changeToken(ledger.db).catch(() => before);
    if (before !== undefined && now !== before) for (const notify of listeners.keys()) notify();
    before = now;
    if (listeners.size > 0) timer = setTimeout(later, pollEveryMs);
    else timer = before = undefined;
  }

  const later = () => void poll().catch(() => {});
  return {
    listeners,
    add(notify: () => void, name: string): void {
      listeners.set(notify, name);
      timer ??= setTimeout(later, 0);
    },
    remove(notify: () => void): void {
      listeners.delete(notify);
    },
  };
}
