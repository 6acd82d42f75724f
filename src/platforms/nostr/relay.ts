import type { IncomingMessage } from 'node:http';
import type { VerifiedEvent } from 'nostr-tools/core';
import type { Filter } from 'nostr-tools/filter';
import { WebSocket } from 'ws';
import { openSemaphore, unlessAborted } from '../../core/async.ts';
import { RetryLater, messageOf } from '../../core/errors.ts';
import { retryAfterMs } from '../../net/rate-limits.ts';
import type { Meaning } from '../shared/answers.ts';
import { jsonIn } from '../shared/parse-json.ts';

/** What a relay did with an offered event. */
export type Answer = { readonly kind: 'accepted' } | Failure;

interface Failure {
  /** `unreachable`: nothing was sent; `silent`: it was sent, but no answer came. */
  readonly kind: 'refused' | 'unreachable' | 'silent';
  readonly reason: string;
  /** Of a refusal, by its prefix. */
  readonly meaning?: Meaning;
  /** When another attempt makes sense; left out: never, or nobody says. */
  readonly waitMs?: number;
}

interface Listener {
  /** The stored events have been sent: from now on events arrive live. */
  readonly onReady: () => void;
  readonly onEvent: (event: unknown) => void;
}

/** Handlers for a relay's messages to a subscription. */
interface Subscription extends Listener {
  readonly onClosed: (error: Error) => void;
}

const answerMs = 15_000;
const retryMs = 60_000;
/** Far more than an honest relay sends; the connection is closed beyond it. */
const maxMessageBytes = 700_000;
const handshakeTimeout = 10_000;
const pingEveryMs = 30_000;
/** Relays drop the oldest subscriptions beyond some such number. */
const maxQueries = 8;
/** Relays may ignore the limit of a query, up to here. */
const maxEvents = 10_000;

/**
 * A relay, as feeds, streams and publishers use it: the messages of the protocol (NIP-01) over a connection that is opened on first use, and
 * again after a loss. Received events are not verified here.
 */
export class Relay implements AsyncDisposable {
  readonly url: string;
  /** Host and path, for messages. */
  readonly name: string;
  readonly #withPermit = openSemaphore(maxQueries);
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #offers = new Set<{ readonly id: string; readonly resolve: (answer: Answer) => void }>();
  #connection: Promise<WebSocket> | undefined;
  #serial = 0;

  constructor(url: string) {
    this.url = url;
    this.name = url.replace(/^wss?:\/\//, '').replace(/\/$/, '');
  }

  /** Returns stored events, the newest first, as many as the relay likes. Errors: RetryLater; an Error that names the relay. */
  async query(filter: Filter, signal: AbortSignal): Promise<unknown[]> {
    return await this.#withPermit(() => this.#query(filter, signal));
  }

  /** Subscribes to new events. Never resolves; rejects as above when the connection or the subscription ends. */
  async listen(filters: readonly Filter[], listener: Listener, signal: AbortSignal): Promise<never> {
    return await this.#subscribe<never>(filters, signal, (_resolve, onClosed) => ({ ...listener, onClosed }));
  }

  /** Never fails. */
  async publish(event: VerifiedEvent, stop: AbortSignal): Promise<Answer> {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(answerMs)]);
    const socket = await unlessAborted(this.#connected(), signal).catch(unreachable);
    if ('kind' in socket) return socket;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const offer = { id: event.id, resolve };
    this.#offers.add(offer);
    try {
      socket.send(JSON.stringify(['EVENT', event]));
      return await unlessAborted(promise, signal);
    } catch {
      return { kind: 'silent', reason: 'no answer came' };
    } finally {
      this.#offers.delete(offer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const socket = await this.#connection?.catch(() => undefined);
    if (socket === undefined || socket.readyState === socket.CLOSED) return;
    const closed = new Promise((resolve) => {
      socket.once('close', resolve);
    });
    socket.terminate();
    await closed;
  }

  async #query(filter: Filter, signal: AbortSignal): Promise<unknown[]> {
    const tooLate = AbortSignal.timeout(answerMs);
    const events: unknown[] = [];
    try {
      return await this.#subscribe<unknown[]>([filter], AbortSignal.any([signal, tooLate]), (resolve, onClosed) => ({
        onEvent: (event) => {
          if (events.push(event) > maxEvents) onClosed(new Error(`${this.name}: sends far more events than requested`));
        },
        onReady: () => resolve(events),
        onClosed,
      }));
    } catch (error) {
      signal.throwIfAborted();
      throw tooLate.aborted ? new Error(`${this.name}: no full answer within ${answerMs / 1000} s`) : error;
    }
  }

  /** Subscribes until the promise of `subscribing` settles. Errors: RetryLater; an Error that names the relay; the signal's reason. */
  async #subscribe<T>(
    filters: readonly Filter[],
    signal: AbortSignal,
    subscribing: (resolve: (value: T) => void, reject: (error: Error) => void) => Subscription,
  ): Promise<T> {
    const named = this.#connected().catch((error: unknown) => {
      const message = `${this.name}: ${messageOf(error)}`;
      throw error instanceof RetryLater ? new RetryLater(message, error.delayMs) : new Error(message, { cause: error });
    });
    const socket = await unlessAborted(named, signal);
    const id = `pilcrow-${++this.#serial}`;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#subscriptions.set(id, subscribing(resolve, reject));
    try {
      socket.send(JSON.stringify(['REQ', id, ...filters]));
      return await unlessAborted(promise, signal);
    } finally {
      this.#subscriptions.delete(id);
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(['CLOSE', id]));
    }
  }

  #connected(): Promise<WebSocket> {
    this.#connection ??= this.#connect().catch((error: unknown) => {
      this.#connection = undefined;
      throw error;
    });
    return this.#connection;
  }

  /** Opens a connection, and closes it after a minute of silence. Errors: RetryLater if the relay is overloaded; an Error in words. */
  async #connect(): Promise<WebSocket> {
    const socket = new WebSocket(this.url, { maxPayload: maxMessageBytes, handshakeTimeout });
    let fault = 'the relay closed the connection';
    const { promise: open, resolve, reject } = Promise.withResolvers<void>();
    socket.once('open', resolve);
    socket.once('unexpected-response', (_request, response) => {
      reject(refusal(response));
      response.destroy();
      socket.terminate();
    });
    socket.on('error', (error) => {
      fault = error.message === '' ? 'connection failed' : error.message;
      reject(new Error(fault, { cause: error }));
    });
    await open;
    let alive = true;
    const pings = setInterval(() => {
      if (!alive) fault = 'the relay fell silent';
      if (alive) socket.ping();
      else socket.terminate();
      alive = false;
    }, pingEveryMs);
    socket.on('pong', () => (alive = true));
    socket.on('message', (bytes: Buffer) => {
      alive = true;
      this.#onMessage(jsonIn(bytes.toString('utf8')));
    });
    socket.once('close', () => {
      clearInterval(pings);
      this.#onClose(fault);
    });
    return socket;
  }

  #onMessage(message: unknown): void {
    // Relays send extensions of their own.
    if (!Array.isArray(message)) return;
    const [kind, id, third, fourth]: readonly unknown[] = message;
    if (typeof id !== 'string') return;
    const subscription = this.#subscriptions.get(id);
    if (kind === 'EVENT') subscription?.onEvent(third);
    else if (kind === 'EOSE') subscription?.onReady();
    else if (kind === 'CLOSED') subscription?.onClosed(closedFault(this.name, third));
    else if (kind === 'OK')
      for (const offer of this.#offers) if (offer.id === id) offer.resolve(answerOf(third, fourth));
  }

  #onClose(reason: string): void {
    this.#connection = undefined;
    for (const { onClosed } of this.#subscriptions.values()) onClosed(new Error(`${this.name}: ${reason}`));
    for (const { resolve } of this.#offers) resolve({ kind: 'silent', reason });
  }
}

export async function closeAll(relays: readonly Relay[]): Promise<void> {
  await Promise.all(relays.map((relay) => relay[Symbol.asyncDispose]()));
}

function refusal({ statusCode, headers }: IncomingMessage): Error {
  const message = `the relay answered ${statusCode} instead of connecting`;
  if (statusCode !== 429 && statusCode !== 503) return new Error(message);
  return new RetryLater(message, retryAfterMs(headers, Date.now()) ?? retryMs);
}

function unreachable(error: unknown): Failure {
  const waitMs = error instanceof RetryLater ? error.delayMs : retryMs;
  return { kind: 'unreachable', reason: messageOf(error), waitMs };
}

function closedFault(name: string, reason: unknown): Error {
  const { words, isRateLimit } = refusalIn(reason);
  const message = `${name}: the relay refuses: ${words}`;
  return isRateLimit ? new RetryLater(message, retryMs) : new Error(message);
}

function answerOf(accepted: unknown, reason: unknown): Answer {
  const { words, isRateLimit, meaning } = refusalIn(reason);
  // A duplicate is stored already, which is as good.
  if (accepted === true || words.startsWith('duplicate:')) return { kind: 'accepted' };
  return { kind: 'refused', reason: words, meaning, ...(isRateLimit && { waitMs: retryMs }) };
}

/** What the prefixes of NIP-01 and NIP-42 mean. `error:`, other words and none pass, as nobody can say that they are about this event. */
const meanings: ReadonlyMap<string, Meaning> = new Map([
  ...['blocked', 'invalid', 'pow', 'restricted', 'mute'].map((prefix) => [prefix, 'refused'] as const),
  ['auth-required', 'account'],
]);

/** The reason of a refusal begins with a machine-readable prefix (NIP-01). */
function refusalIn(reason: unknown) {
  const words = (typeof reason === 'string' && reason.trim().slice(0, 200)) || 'without a reason';
  const prefix = /^[a-z-]+(?=:)/.exec(words)?.[0] ?? '';
  return { words, isRateLimit: prefix === 'rate-limited', meaning: meanings.get(prefix) ?? ('passing' as const) };
}
