import { once } from 'node:events';
import { createServer } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';

/** Answers a message to a scripted relay: `send` writes a message, as JSON unless it is text. */
type Script = (message: readonly unknown[], send: (words: unknown) => void, client: WebSocket) => void;

/** A relay that does what a test tells it, for faults that real relays have only on bad days. */
export async function startScriptedRelay(script: Script) {
  const heard: (readonly unknown[])[] = [];
  const relay = { script, refuse: undefined as { status: number; headers?: Record<string, string> } | undefined };
  const http = createServer((_request, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({ noServer: true });
  http.on('upgrade', (request, socket, head) => {
    if (relay.refuse) {
      const { status, headers = {} } = relay.refuse;
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      socket.end(`HTTP/1.1 ${status} No\r\n${lines.join('')}connection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => {});
      client.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as unknown[];
        heard.push(message);
        relay.script(
          message,
          (words) => client.send(typeof words === 'string' ? words : JSON.stringify(words)),
          client,
        );
      });
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return Object.assign(relay, {
    url: `ws://127.0.0.1:${port}/`,
    port,
    heard,
    async [Symbol.asyncDispose]() {
      for (const client of sockets.clients) client.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => {
        http.close(resolve);
      });
    },
  });
}

/** Answers every query with these events, and that is all. */
export function answering(events: readonly unknown[]): Script {
  return ([kind, id], send) => {
    if (kind !== 'REQ') return;
    for (const event of events) send(['EVENT', id, event]);
    send(['EOSE', id]);
  };
}
