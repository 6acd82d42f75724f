/** How far a host of a source was heard. Times are microseconds since the epoch. */
export interface Position {
  readonly host: string;
  readonly timeUs: number;
  /** The host's own count, which means nothing to any other. */
  readonly seq?: number | undefined;
  /** Events at exactly that place that were heard: there may be more of them. */
  readonly last: readonly string[];
}

/** An event of the network, as any source has it. */
export interface StreamEvent {
  readonly timeUs: number;
  readonly seq?: number | undefined;
  /** Which event this is, among those at the same place. */
  readonly id: string;
  /** What happened to a post; undefined for whatever else happened. */
  readonly commit?: Commit | undefined;
}

export interface Commit {
  readonly operation: 'create' | 'update' | 'delete';
  readonly uri: string;
  readonly cid: string;
  readonly record: unknown;
}

/** What a source says beside events. */
export type Spoken =
  | StreamEvent
  /** An event that cannot be read. */
  | { readonly fault: string; readonly raw: unknown }
  /** Something that the operator must know, such as a gap. */
  | { readonly notice: string };

export interface Terms {
  readonly signal: AbortSignal;
  readonly silenceMs: number;
  /** Where to begin where nothing was heard yet, in microseconds since the epoch. */
  readonly beginUs: number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Batches of what a host says after a position, and nothing from before it, until the connection ends. Errors: whatever makes another host worth a try. */
export type OnEvent = (host: string, from: Position | undefined, terms: Terms) => AsyncGenerator<readonly Spoken[]>;

export const collection = 'app.bsky.feed.post';

export function wasReceived(event: StreamEvent, host: string, from: Position | undefined): boolean {
  if (from === undefined || from.host !== host) return false;
  if (isAt(event, from)) return from.last.includes(event.id);
  const { seq, timeUs } = event;
  return seq !== undefined && from.seq !== undefined ? seq < from.seq : timeUs < from.timeUs;
}

const mostAtATime = 200;

export function positionAfter(host: string, before: Position | undefined, event: StreamEvent): Position {
  const same = before?.host === host ? before : undefined;
  const { seq, id } = event;
  const last = same !== undefined && isAt(event, same) ? [...same.last, id].slice(-mostAtATime) : [id];
  // A clock that was set back must not make the host say it all again.
  return { host, timeUs: Math.max(event.timeUs, same?.timeUs ?? 0), seq, last };
}

/** By the host's own count, else by the time: several changes of one commit have the same. */
function isAt({ seq, timeUs }: StreamEvent, position: Position): boolean {
  return seq !== undefined && position.seq !== undefined ? seq === position.seq : timeUs === position.timeUs;
}

/** A silence in the past: on the whole network there are dozens of posts a second. */
const gapUs = 60_000_000;

/** What must be said where the first event comes long after the one that was asked for; hosts forget in silence. */
export function gapBefore({ timeUs }: StreamEvent, askedUs: number): string | undefined {
  if (timeUs - askedUs <= gapUs) return undefined;
  return `nothing was there between ${timeOf(askedUs)} and ${timeOf(timeUs)}: older events may be forgotten, and posts of that time not found`;
}

export function timeOf(us: number): string {
  return new Date(us / 1000).toISOString();
}

/** Takes what comes at its own pace and gives it out in batches. */
interface Queue<T> {
  put(item: T): void;
  /** There is room for more. */
  readonly room: boolean;
  /** No more comes; with an error where that is not in good order. */
  end(error?: Error): void;
  batches(terms: Pick<Terms, 'signal' | 'silenceMs' | 'sleep'>): AsyncGenerator<readonly T[]>;
}

class Silent extends Error {
  override readonly name = 'Silent';
}

const mostWaiting = 2000;
const mostInBatch = 500;
/** A page is a look at the ledger: what comes shortly after goes with it. */
const lingerMs = 200;

/** `onRoom` is called when there is room again. */
export function openQueue<T>(onRoom: () => void): Queue<T> {
  let waiting: T[] = [];
  let ended: { readonly error: Error | undefined } | undefined;
  let wake = Promise.withResolvers<void>();

  async function something({ signal, silenceMs, sleep }: Pick<Terms, 'signal' | 'silenceMs' | 'sleep'>): Promise<void> {
    const done = new AbortController();
    const stop = AbortSignal.any([signal, done.signal]);
    const silence = sleep(silenceMs, stop).then(() => {
      throw new Silent(`nothing came for ${silenceMs / 1000} s`);
    });
    try {
      await Promise.race([wake.promise, silence]);
    } finally {
      silence.catch(() => {});
      done.abort();
    }
  }

  return {
    put(item) {
      waiting.push(item);
      wake.resolve();
    },
    get room() {
      return waiting.length < mostWaiting;
    },
    end(error) {
      ended ??= { error };
      wake.resolve();
    },
    async *batches(terms) {
      while (!terms.signal.aborted) {
        if (waiting.length === 0) {
          if (ended?.error) throw ended.error;
          if (ended) return;
          wake = Promise.withResolvers();
          await something(terms);
          if (waiting.length < mostInBatch && ended === undefined) await terms.sleep(lingerMs, terms.signal);
          continue;
        }
        const batch = waiting.slice(0, mostInBatch);
        waiting = waiting.slice(mostInBatch);
        if (waiting.length < mostWaiting) onRoom();
        yield batch;
      }
    },
  };
}
