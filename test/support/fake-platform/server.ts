import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** A server that can be out of reach for a while and comes back at the same address. */
export interface Server extends AsyncDisposable {
  readonly url: string;
  /** Refuses connections, those that are open included, for `ms`. */
  down(ms: number): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. */
export async function openServer(answer: RequestListener): Promise<Server> {
  // Connections that idle are kept longer than any test runs, so that a client never loses one without a fault of ours.
  const server = createServer({ keepAliveTimeout: 600_000 }, answer);
  const closed = new AbortController();
  let port = 0;
  let coming: Promise<void> | undefined;

  async function listen(): Promise<void> {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address === 'object' && address !== null) port = address.port;
  }

  async function close(): Promise<void> {
    const done = new Promise((resolve) => {
      server.close(resolve);
    });
    server.closeAllConnections();
    await done;
  }

  async function comeBack(ms: number): Promise<void> {
    await close();
    await delay(ms, undefined, { signal: closed.signal }).catch(() => {});
    while (!closed.signal.aborted) {
      try {
        return await listen();
      } catch {
        // Somebody took the port meanwhile.
        await delay(20);
      }
    }
  }

  await listen();
  return {
    url: `http://127.0.0.1:${port}`,
    down(ms) {
      coming ??= comeBack(ms).finally(() => (coming = undefined));
      return coming;
    },
    async [Symbol.asyncDispose]() {
      closed.abort();
      await coming;
      await close();
    },
  };
}
