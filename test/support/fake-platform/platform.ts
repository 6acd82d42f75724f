import { openActions } from './actions.ts';
import type { FakePlatformOptions, Fault } from './options.ts';
import { type Entry, openRecord } from './record.ts';
import { readCall } from './routes.ts';
import { openServer } from './server.ts';
import { callServer } from './serving.ts';
import { openSources, type People } from './sources.ts';
import { newState, type PlatformState } from './state.ts';

/** A social network of our own, strict and at times cruel, in this process: what kills the bot does not touch it. */
export interface FakePlatform extends AsyncDisposable {
  readonly url: string;
  readonly state: PlatformState;
  readonly people: People;
  /** How often each fault was really dealt out. */
  readonly fired: ReadonlyMap<Fault, number>;
  /** How many listen to the stream. */
  listening(): number;
  /** Resolves when no call is under way: nothing appears on the platform after it. */
  idle(): Promise<void>;
  down(ms: number): Promise<void>;
}

export async function openFakePlatform(options: FakePlatformOptions): Promise<FakePlatform> {
  const state = newState();
  const fired = new Map<Fault, number>();
  const record = openRecord(options.file, (entry: Entry) => {
    state.apply(entry);
    if (entry.kind === 'call' && entry.fault !== null) fired.set(entry.fault, (fired.get(entry.fault) ?? 0) + 1);
  });
  const actions = openActions(options, state, record);
  const sources = openSources(state, record);
  const serveCall = callServer(
    options,
    (entry) => record.write(entry),
    (ms) => void server.down(ms),
  );
  const underWay = new Set<Promise<void>>();
  const closing = new AbortController();

  const server = await openServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://fake');
    if (pathname === '/stream') return sources.stream(response);
    const served = readCall(request, actions, sources)
      .then((call) => serveCall(call, response, closing.signal))
      .catch(() => void response.destroy())
      .finally(() => underWay.delete(served));
    underWay.add(served);
    return undefined;
  });

  const idle = async () => {
    while (underWay.size > 0) await Promise.all(underWay);
  };
  return {
    url: server.url,
    state,
    people: sources.people,
    fired,
    listening: sources.listening,
    idle,
    down: (ms) => server.down(ms),
    async [Symbol.asyncDispose]() {
      closing.abort();
      await server[Symbol.asyncDispose]();
      await idle();
    },
  };
}
