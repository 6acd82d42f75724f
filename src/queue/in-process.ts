import PQueue from 'p-queue';
import { type Bell, depthsOf, type Queue } from './queue.ts';

/** Rings that wait, per bell, before `ring` makes its caller wait too, or drops them where nobody hears. */
const crowd = 2000;
/** How many may still wait when callers go on. */
const roomy = 1500;
const patienceMs = 1000;

/** The embedded bell: lives and dies with the process, bounded in what runs at once. */
export function openInProcessQueue(options: { onError: (bell: Bell, key: string, error: unknown) => void }): Queue {
  const lines = new Map<Bell, Line>();
  let disposed = false;
  const line = (bell: Bell): Line => {
    let found = lines.get(bell);
    if (found === undefined) lines.set(bell, (found = newLine()));
    return found;
  };

  return {
    async ring(bell, key) {
      if (disposed) return;
      const { waiting, runner, handle: hears } = line(bell);
      if (waiting.has(key) || (hears === undefined && waiting.size >= crowd)) return;
      waiting.add(key);
      void runner.add(async () => {
        waiting.delete(key);
        const { handle } = line(bell);
        try {
          await handle?.(key);
        } catch (error) {
          options.onError(bell, key, error);
        }
      });
      if (runner.size > crowd) await roomIn(line(bell));
    },
    consume(bell, { concurrency }, handle) {
      const { runner } = line(bell);
      Object.assign(line(bell), { handle });
      runner.concurrency = concurrency;
      runner.start();
      return {
        async [Symbol.asyncDispose]() {
          runner.pause();
          await runner.onPendingZero();
        },
      };
    },
    depths: () => Promise.resolve(depthsOf((bell) => lines.get(bell)?.waiting.size ?? 0)),
    async [Symbol.asyncDispose]() {
      disposed = true;
      for (const { runner, waiting } of lines.values()) {
        runner.pause();
        runner.clear();
        waiting.clear();
      }
      await Promise.all([...lines.values()].map(({ runner }) => runner.onPendingZero()));
    },
  };
}

interface Line {
  readonly runner: PQueue;
  /** Keys whose handler has not started: a second ring for them adds nothing. */
  readonly waiting: Set<string>;
  readonly handle?: (key: string) => Promise<void>;
  /** One wait for all that ring a crowded bell: p-queue asks every waiter at every step. */
  room?: Promise<void> | undefined;
}

async function roomIn(line: Line): Promise<void> {
  line.room ??= line.runner.onSizeLessThan(roomy).finally(() => (line.room = undefined));
  await Promise.race([line.room, timeout(patienceMs)]);
}

function newLine(): Line {
  return { runner: new PQueue({ autoStart: false }), waiting: new Set() };
}

async function timeout(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, ms).unref();
  await promise;
}
