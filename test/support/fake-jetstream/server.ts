import { once } from 'node:events';
import { createServer } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { type FakeCommit, type FakeEvent, type Wanted, frameV1, frameV2, isWanted } from './log.ts';
import { judgeV1, judgeV2 } from './requests.ts';

interface Connection {
  readonly socket: WebSocket;
  readonly wanted: Wanted;
  readonly frame: (event: FakeEvent) => string | undefined;
}

const paths = {
  v1: '/subscribe',
  v2: '/xrpc/network.bsky.jetstream.subscribeEvents',
} as const;

/**
 * A Jetstream from its documentation (github.com/bluesky-social/jetstream/docs/README.md, sections 2 and 5), stricter than the real one:
 * parameters that it does not know are refused. `firstSeq`: where this host's own count begins.
 */
export async function openFakeJetstream({ firstSeq = 1 }: { firstSeq?: number } = {}) {
  let events: FakeEvent[] = [];
  let floorSeq = 0;
  let nextSeq = firstSeq;
  let lastUs = 0;
  let silent = false;
  let down = false;
  const connections = new Set<Connection>();
  /** Requests as they came, path and query. */
  const asked: URL[] = [];

  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer((_request, response) => response.writeHead(404).end());
  server.on('upgrade', (request, stream, head) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    asked.push(url);
    const wire = url.pathname === paths.v1 ? 'v1' : url.pathname === paths.v2 ? 'v2' : undefined;
    if (down || wire === undefined) {
      stream.end(`HTTP/1.1 ${down ? '503 Service Unavailable' : '404 Not Found'}\r\nconnection: close\r\n\r\n`);
      return;
    }
    const verdict = (wire === 'v1' ? judgeV1 : judgeV2)(url.searchParams, { events, floorSeq, nextSeq });
    if ('status' in verdict) {
      const body = JSON.stringify({ error: verdict.error, message: verdict.message });
      stream.end(
        `HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
      );
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const connection = { socket, wanted: verdict.wanted, frame: wire === 'v1' ? frameV1 : frameV2 };
      connections.add(connection);
      socket.on('close', () => connections.delete(connection));
      // The streams are one way.
      socket.on('message', () => socket.close(1008));
      if (silent) return;
      for (const frame of verdict.first) socket.send(frame);
      for (const event of verdict.replay) send(connection, event);
    });
  });

  function send({ socket, wanted, frame }: Connection, event: FakeEvent): void {
    if (!isWanted(event, wanted)) return;
    const text = frame(event);
    if (text !== undefined && (wanted.maxBytes === 0 || Buffer.byteLength(text) <= wanted.maxBytes)) socket.send(text);
  }

  function emit(event: Omit<FakeEvent, 'seq' | 'timeUs'>, timeUs = Math.max(lastUs + 1, Date.now() * 1000)): FakeEvent {
    lastUs = Math.max(lastUs, timeUs);
    const complete = { ...event, seq: nextSeq, timeUs };
    nextSeq += 1;
    events.push(complete);
    if (!silent) for (const connection of connections) send(connection, complete);
    return complete;
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const base = `ws://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return {
    v1: `${base}${paths.v1}`,
    v2: `${base}${paths.v2}`,
    asked,
    emit,
    commit: (did: string, commit: Omit<FakeCommit, 'rev'>, timeUs?: number) =>
      emit({ did, kind: 'commit', commit: { rev: '3l3qo2vutsw2b', ...commit } }, timeUs),
    get connections() {
      return connections.size;
    },
    /** Connections break, as when the host is restarted. */
    drop(): void {
      for (const { socket } of connections) socket.terminate();
    },
    /** Connections are taken, and nothing is sent. */
    becomeSilent(now = true): void {
      silent = now;
    },
    /** Requests are answered with 503. */
    goDown(now = true): void {
      down = now;
    },
    /** Forgets all but the last events. */
    forget(keep: number): void {
      events = keep === 0 ? [] : events.slice(-keep);
      floorSeq = events[0]?.seq ?? nextSeq;
    },
    /** Replaces the archive by one whose sequence numbers start again. */
    restart(): void {
      nextSeq = 1;
      floorSeq = 0;
      events = events.map((event) => ({ ...event, seq: nextSeq++ }));
      this.drop();
    },
    async [Symbol.asyncDispose]() {
      this.drop();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export type FakeJetstream = Awaited<ReturnType<typeof openFakeJetstream>>;
