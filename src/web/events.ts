import { streamSSE } from 'hono/streaming';
import { changeToken } from '../ledger/db/change-token.ts';
import { type Page, Refusal, type Request, type Context } from './page.ts';

/** How often it is looked whether something is new, and how often a silent line shows that it is alive. */
const lookEveryMs = 1000;
const beatEveryMs = 15_000;
const mostListeners = 64;

/** Tells browsers that what they show is old: they fetch it anew, so what each may see is decided as ever. */
export function eventPages(context: Context): readonly Page[] {
  const changes = openChanges(context);
  return [{ method: 'GET', path: '/events', audience: 'viewer', answer: (request) => listen(request, changes) }];
}

type Changes = ReturnType<typeof openChanges>;

function listen({ c }: Request, changes: Changes): Response {
  if (changes.listeners.size >= mostListeners) throw new Refusal(429, 'Too many pages are open.');
  return streamSSE(c, async (stream) => {
    const gone = Promise.withResolvers<void>();
    const emit = () => void stream.writeSSE({ event: 'change', data: '' });
    const beat = setInterval(() => void stream.write(': alive\n\n'), beatEveryMs);
    stream.onAbort(() => gone.resolve());
    changes.add(emit);
    await stream.writeSSE({ event: 'hello', data: '' });
    await gone.promise;
    clearInterval(beat);
    changes.remove(emit);
  });
}

/** One look for all who listen; none while nobody does. */
function openChanges({ ledger }: Context) {
  const listeners = new Set<() => void>();
  let before: string | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    const now = await changeToken(ledger.db).catch(() => before);
    if (before !== undefined && now !== before) for (const emit of listeners) emit();
    before = now;
    if (listeners.size > 0) timer = setTimeout(() => void look(), lookEveryMs);
    else timer = before = undefined;
  }

  return {
    listeners,
    add(emit: () => void): void {
      listeners.add(emit);
      timer ??= setTimeout(() => void look(), 0);
    },
    remove(emit: () => void): void {
      listeners.delete(emit);
    },
  };
}
