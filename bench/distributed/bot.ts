// One worker process of bench/distributed.ts; argument: its configuration. It sends its parent `ready` and, once it may go, how many replies it sent.
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import { duePosts } from '../../src/ledger/posts/posts.ts';
import { startWorkers } from '../../workers/index.ts';

/** A message of the parent: the first one starts the bot. It enqueues this many posts that are due, as the poll that ingested them would. */
export interface Go {
  readonly enqueue: number;
}

/** A message of the child. `processorMs` and `postgresBytes` since it went. */
export type Report = 'ready' | Progress;

export interface Progress {
  readonly sent: number;
  readonly processorMs: number;
  /** To PostgreSQL and back. */
  readonly postgresBytes: number;
}

const reportMs = 20;
/** As many as a page of a feed may have. */
const page = 500;

const sockets = new Set<Socket>();
subscribe('net.client.socket', (message) => void sockets.add((message as { readonly socket: Socket }).socket));

const stop = new AbortController();
const config = readConfig({ config: process.argv[2] ?? '' });
let sent = 0;
const app = await openApp(config, {
  emit(event) {
    if (event.kind === 'sent') sent += 1;
    if (event.kind === 'error') process.stderr.write(`${event.what}: ${event.message}\n`);
  },
  stopping: stop.signal,
  hurry: new AbortController().signal,
});
const go = Promise.withResolvers<Go>();
let wake: (go: Go) => void = () => {};
process.on('message', (message: Go) => {
  go.resolve(message);
  wake(message);
});
const ended = new Promise<void>((resolve) => process.once('disconnect', () => resolve()));
report('ready');
await work(await go.promise);

async function work(first: Go): Promise<void> {
  await using _app = app;
  await using _workers = startWorkers(app, ['resolve', 'respond', 'replace', 'reconcile', 'withdraw', 'sweep']);
  const [usedBefore, bytesBefore] = [process.cpuUsage(), postgresBytes()];
  const reporting = setInterval(() => {
    const { user, system } = process.cpuUsage(usedBefore);
    report({ sent, processorMs: (user + system) / 1000, postgresBytes: postgresBytes() - bytesBefore });
  }, reportMs);
  wake = ({ enqueue }) =>
    void enqueueDue(enqueue).catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
  wake(first);
  await ended;
  clearInterval(reporting);
  stop.abort();
}

async function enqueueDue(count: number): Promise<void> {
  const keys = count === 0 ? [] : await duePosts(app.ledger.db, await app.ledger.now(), count);
  for (let i = 0; i < keys.length; i += page) {
    await Promise.all(keys.slice(i, i + page).map((key) => app.queue.enqueue('resolve', key)));
  }
}

function postgresBytes(): number {
  const port = Number(URL.parse(process.env['LEDGER_URL'] ?? '')?.port);
  let bytes = 0;
  for (const socket of sockets) if (socket.remotePort === port) bytes += socket.bytesRead + socket.bytesWritten;
  return bytes;
}

function report(message: Report): void {
  // The parent may end while a report is on its way.
  if (process.connected) process.send?.(message, () => {});
}
