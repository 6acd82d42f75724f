import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Event, EventRepository, type Filter, LogLevel } from '@nostr-relay/common';
import { NostrRelay } from '@nostr-relay/core';
import { Validator } from '@nostr-relay/validator';
import { type WebSocket, WebSocketServer } from 'ws';

/** A real Nostr relay of its own on a free port of 127.0.0.1, holding its events in memory. */
export interface NostrServer extends AsyncDisposable {
  readonly url: string;
  /** For `allowPrivate`, so that what it says of itself (NIP-11) can be fetched. */
  readonly allow: string;
  readonly port: number;
  readonly store: Store;
  /** Queries (REQ) that it was asked so far, as they came. */
  readonly asked: (readonly Record<string, unknown>[])[];
  /** Brings an event to it, as another client would. Resolves to what it says. */
  bring(event: Event): Promise<{ success: boolean; message?: string | undefined }>;
  /** Nothing is answered any more, connections stay open. */
  stall(): void;
  /** Every connection breaks. */
  drop(): void;
  /** Ends to listen. */
  stop(): Promise<void>;
  /** Again, on the same port, with the same events. */
  start(): Promise<void>;
}

/** The newest first, at most `maxLimit`, as relays do it; a deletion takes away what its author wrote, and is kept (NIP-09). */
class Store extends EventRepository {
  events: Event[] = [];
  maxLimit = 500;
  isSearchSupported = () => false;
  destroy = async () => {};
  upsert(event: Event) {
    if (event.kind === 0) this.events = this.events.filter(({ kind, pubkey }) => kind !== 0 || pubkey !== event.pubkey);
    const isDuplicate = this.events.some(({ id }) => id === event.id);
    if (!isDuplicate) this.events.push(event);
    return { isDuplicate };
  }
  find(filter: Filter): Event[] {
    const newest = this.events.toSorted((a, b) => b.created_at - a.created_at || (a.id < b.id ? -1 : 1));
    return newest.filter((event) => matches(event, filter)).slice(0, Math.min(filter.limit ?? 500, this.maxLimit));
  }
  override async deleteByDeletionRequest(deletion: Event) {
    const ids = deletion.tags.filter(([name]) => name === 'e').map(([, id]) => id);
    this.events = this.events.filter(({ id, pubkey }) => pubkey !== deletion.pubkey || !ids.includes(id));
    this.upsert(deletion);
  }
}

function matches(event: Event, filter: Filter): boolean {
  const has = (list: readonly unknown[] | undefined, value: unknown) => list === undefined || list.includes(value);
  const tags = Object.entries(filter).filter(([name]) => name.startsWith('#'));
  return (
    has(filter.ids, event.id) &&
    has(filter.kinds, event.kind) &&
    has(filter.authors, event.pubkey) &&
    event.created_at >= (filter.since ?? 0) &&
    event.created_at <= (filter.until ?? Number.MAX_SAFE_INTEGER) &&
    tags.every(([name, values]) =>
      event.tags.some(([tag, value]) => `#${tag}` === name && (values as unknown[]).includes(value)),
    )
  );
}

/** `information`: what it says of itself (NIP-11). `membersOnly`: it serves only clients that have identified themselves (NIP-42). */
export async function startNostrRelay(information: object = {}, { membersOnly = false } = {}): Promise<NostrServer> {
  const store = new Store();
  const relay = new NostrRelay(store, {
    logLevel: LogLevel.ERROR,
    filterResultCacheTtl: 0,
    eventHandlingResultCacheTtl: 0,
    ...(membersOnly && { hostname: '127.0.0.1' }),
  });
  const validator = new Validator();
  const asked: NostrServer['asked'] = [];
  let stalled = false;
  const answer = (_request: IncomingMessage, response: ServerResponse) =>
    response.writeHead(200, { 'content-type': 'application/nostr+json' }).end(JSON.stringify(information));
  const http = createServer(answer);
  const sockets = new WebSocketServer({ server: http });

  async function receive(client: WebSocket, data: Buffer): Promise<void> {
    if (stalled) return;
    const message = await validator.validateIncomingMessage(data);
    if (message[0] === 'REQ') asked.push(message.slice(2) as Record<string, unknown>[]);
    if (!relay.isAuthorized(client) && (message[0] === 'REQ' || message[0] === 'EVENT')) {
      const why = 'auth-required: only members';
      const no = message[0] === 'REQ' ? ['CLOSED', message[1], why] : ['OK', message[1].id, false, why];
      client.send(JSON.stringify(no));
      return;
    }
    await relay.handleMessage(client, message);
    // The library keeps deletions to itself; relays hand them on.
    if (message[0] === 'EVENT' && message[1].kind === 5) await relay.broadcast(message[1]);
  }

  sockets.on('connection', (client) => {
    relay.handleConnection(client);
    client.on('message', (data: Buffer) => {
      receive(client, data).catch((error: unknown) => client.send(JSON.stringify(['NOTICE', String(error)])));
    });
    client.on('close', () => relay.handleDisconnect(client));
    client.on('error', () => {});
  });
  const drop = () => {
    for (const client of sockets.clients) client.terminate();
  };
  const start = async (port: number) => {
    http.listen(port, '127.0.0.1');
    await once(http, 'listening');
    const address = http.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  const stop = async () => {
    if (!http.listening) return;
    drop();
    http.closeAllConnections();
    await new Promise((resolve) => {
      http.close(resolve);
    });
  };

  const port = await start(0);
  return {
    url: `ws://127.0.0.1:${port}/`,
    allow: `127.0.0.1:${port}`,
    port,
    store,
    asked,
    async bring(event) {
      const said = await relay.handleEvent(event);
      if (said.success && event.kind === 5) await relay.broadcast(event);
      return said;
    },
    stall: () => (stalled = true),
    drop,
    stop,
    start: async () => void (await start(port)),
    async [Symbol.asyncDispose]() {
      await stop();
      await relay.destroy();
    },
  };
}
