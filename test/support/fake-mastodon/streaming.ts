import { EventEmitter, once } from 'node:events';
import { type WebSocket, WebSocketServer } from 'ws';
import { type FakeAccount, type FakeStatus, notificationType, tagsIn, wireAccount, wireStatus } from './state.ts';

type Happening = 'update' | 'status.update' | 'delete';

/** https://docs.joinmastodon.org/methods/streaming/#websocket : on a port of its own, for people with a token. */
export async function openStreaming(url: string, people: ReadonlyMap<string, FakeAccount>) {
  const subscriptions = new Map<WebSocket, { readonly account: FakeAccount; readonly streams: Set<string> }>();
  const changes = new EventEmitter();
  const accountOf = (token: string | undefined) => [...people.values()].find((one) => one.token === token);
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    path: '/api/v1/streaming',
    verifyClient: ({ req }: { req: { headers: Record<string, string | string[] | undefined> } }) =>
      accountOf(String(req.headers['sec-websocket-protocol'])) !== undefined,
  });
  await once(server, 'listening');
  server.on('connection', (socket, request) => {
    const account = accountOf(request.headers['sec-websocket-protocol']);
    if (account === undefined) return;
    const streams = new Set<string>();
    subscriptions.set(socket, { account, streams });
    socket.on('message', (bytes: Buffer) => {
      const { type, stream, tag } = JSON.parse(bytes.toString('utf8')) as Record<string, string>;
      const name = [stream, tag].filter((part) => part !== undefined).join(':');
      if (type === 'subscribe') streams.add(name);
      else streams.delete(name);
      changes.emit('change');
    });
    socket.on('close', () => {
      subscriptions.delete(socket);
      changes.emit('change');
    });
  });
  const send = (stream: readonly string[], event: string, payload: string) => {
    for (const [socket, { streams }] of subscriptions)
      if (streams.has(stream.join(':'))) socket.send(JSON.stringify({ stream, event, payload }));
  };
  const address = server.address();
  return {
    url: `ws://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    changes,
    has: (stream: string) => [...subscriptions.values()].some(({ streams }) => streams.has(stream)),
    count: () => subscriptions.size,
    /** To everybody, as it stands. */
    say(text: string): void {
      for (const socket of subscriptions.keys()) socket.send(text);
    },
    /** Every connection breaks without a word. */
    drop(): void {
      for (const socket of subscriptions.keys()) socket.terminate();
    },
    emit(status: FakeStatus, happening: Happening): void {
      const payload = happening === 'delete' ? status.id : JSON.stringify(wireStatus(url, status, people));
      for (const tag of tagsIn(status.text)) send(['hashtag', tag], happening, payload);
      if (happening !== 'update') return;
      for (const { account } of subscriptions.values()) {
        const type = notificationType(status, account);
        if (type === '') continue;
        const notification = {
          id: status.id,
          type,
          account: wireAccount(url, status.by),
          status: wireStatus(url, status, people),
        };
        send(['user:notification'], 'notification', JSON.stringify(notification));
      }
    },
    async close() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}
