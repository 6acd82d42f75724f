import { RetryLater } from '../../core/errors.ts';
import { type Server, readAs, within } from './server.ts';
import type { Thread } from './to-post.ts';
import { Context, type Status } from './wire.ts';

/** Which thread a reply belongs to. Undefined: the server does not say, or the post is no reply. */
export type ThreadOf = (server: Server, status: Status, signal: AbortSignal) => Promise<Thread | undefined>;

const remembered = 2000;

/** Asks the server once for each post that is answered: the answer to a post knows it by a number that means nothing elsewhere. */
export function openThreads(): ThreadOf {
  const known = new Map<string, Thread>();
  return async (server, { id, inReplyToId }, signal) => {
    if (!inReplyToId) return undefined;
    const key = `${server.url} ${inReplyToId}`;
    const thread = known.get(key) ?? (await ask(server, id, signal));
    if (thread === undefined) return undefined;
    known.delete(key);
    known.set(key, thread);
    for (const oldest of known.keys()) {
      if (known.size <= remembered) break;
      known.delete(oldest);
    }
    return thread;
  };
}

async function ask(server: Server, id: string, signal: AbortSignal): Promise<Thread | undefined> {
  try {
    const context = await server.rest.v1.statuses
      .$select(encodeURIComponent(id))
      .context.fetch(undefined, within(signal));
    const ancestors = readAs(Context, context, 'a thread').ancestors.filter((status) => status !== null);
    const [first, parent] = [ancestors[0]?.uri, ancestors.at(-1)?.uri];
    return first !== undefined && parent !== undefined ? { first, parent } : undefined;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RetryLater) throw error;
    // A thread that cannot be had, or that strangers have made too large, is no reason to miss the post.
    return undefined;
  }
}
