import type { Server, Socket } from 'node:net';

interface Caps {
  readonly total: number;
  /** So that one client, with connections that say nothing, cannot keep out the others. */
  readonly perClient: number;
  /** Whom a connection counts for; undefined: for nobody, because it speaks for many. */
  readonly clientOf: (address: string) => string | undefined;
}

/** Cuts the connections to a server that exceed the caps. */
export function capConnections(server: Server, { total, perClient, clientOf }: Caps): void {
  const open = new Map<string, number>();
  server.maxConnections = total;
  server.on('connection', (socket: Socket) => {
    const client = clientOf(socket.remoteAddress ?? '');
    if (client === undefined) return;
    const count = (open.get(client) ?? 0) + 1;
    if (count > perClient) {
      socket.destroy();
      return;
    }
    open.set(client, count);
    socket.once('close', () => {
      const left = (open.get(client) ?? 1) - 1;
      if (left > 0) open.set(client, left);
      else open.delete(client);
    });
  });
}
