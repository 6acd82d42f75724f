import { once } from 'node:events';
import { type RequestListener, createServer } from 'node:http';

/** A real server on a free port of 127.0.0.1; `allow` is what `allowPrivate` needs to reach it. */
export async function serve(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  };
  return { port, url: `http://127.0.0.1:${port}/`, allow: `127.0.0.1:${port}`, [Symbol.asyncDispose]: close };
}
