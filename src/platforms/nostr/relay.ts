import type { VerifiedEvent } from 'nostr-tools/core';
import type { Filter } from 'nostr-tools/filter';
import type { WebSocket } from 'ws';
import { openSemaphore, unlessAborted } from '../../core/async.ts';
import { RetryLater, messageOf } from '../../core/errors.ts';
import { openSocket } from './socket.ts';

/** What a relay did with an offered event. */
export type Answer =
  | { readonly kind: 'accepted' }
  /** The relay refused it. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Nothing was sent. `waitMs`: the delay that the relay asked for. */
  | { readonly kind: 'unreachable'; readonly reason: string; readonly waitMs?: number }
  /** It was sent, but no answer came. */
  | { readonly kind: 'silent'; readonly reason: string };

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
const rateLimitMs = 60_000;
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
    if (this.#connection) return this.#connection;
    const opening = openSocket(this.url, {
      onMessage: (message) => this.#onMessage(message),
      onClose: (reason) => this.#onClose(reason),
    });
    this.#connection = opening;
    opening.catch(() => this.#connection === opening && (this.#connection = undefined));
    return opening;
  }

  #onMessage([kind, id, third, fourth]: readonly unknown[]): void {
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

/** The reason of a refusal begins with a machine-readable prefix (NIP-01). */
export function isRateLimit(reason: string): boolean {
  return reason.startsWith('rate-limited:');
}

function unreachable(error: unknown): Answer {
  const waitMs = error instanceof RetryLater ? { waitMs: error.delayMs } : {};
  return { kind: 'unreachable', reason: messageOf(error), ...waitMs };
}

function closedFault(name: string, reason: unknown): Error {
  const words = wordsOf(reason);
  const message = `${name}: the relay refuses: ${words}`;
  return isRateLimit(words) ? new RetryLater(message, rateLimitMs) : new Error(message);
}

function answerOf(accepted: unknown, reason: unknown): Answer {
  const words = wordsOf(reason);
  // A duplicate is stored already, which is as good.
  if (accepted === true || words.startsWith('duplicate:')) return { kind: 'accepted' };
  return { kind: 'refused', reason: words };
}

function wordsOf(reason: unknown): string {
  return typeof reason === 'string' && reason.trim() !== '' ? reason.trim().slice(0, 200) : 'without a reason';
}
