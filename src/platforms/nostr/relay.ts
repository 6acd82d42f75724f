import type { VerifiedEvent } from 'nostr-tools/core';
import type { Filter } from 'nostr-tools/filter';
import type WebSocket from 'ws';
import { RetryLater, messageOf } from '../../core/errors.ts';
import { openSocket } from './socket.ts';
import { openTurns } from '../turns.ts';

/** What became of an event that was offered to a relay. */
export type Answer =
  | { readonly kind: 'accepted' }
  /** The relay said no, and why. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Nothing was sent. `waitMs`: as the relay asks. */
  | { readonly kind: 'unreachable'; readonly reason: string; readonly waitMs?: number }
  /** It was sent, and no answer came. */
  | { readonly kind: 'silent'; readonly reason: string };

/** A relay, connected when it is first needed and again when the connection is lost. Nothing that it sends is verified here. */
export interface Relay extends AsyncDisposable {
  readonly url: string;
  /** Host and path, for messages. */
  readonly name: string;
  /** What the relay has for a filter, at most `limit` of it, the newest first. Errors: RetryLater; an Error that names the relay. */
  query(filter: Filter, signal: AbortSignal): Promise<unknown[]>;
  /** Hands over what comes in for the filters. Resolves never; errors as above once the connection or the subscription ends. */
  listen(filters: readonly Filter[], ears: Ears, signal: AbortSignal): Promise<never>;
  publish(event: VerifiedEvent, signal: AbortSignal): Promise<Answer>;
}

interface Ears {
  /** What was there before has been sent: from now on it comes as it happens. */
  readonly onReady: () => void;
  readonly onEvent: (event: unknown) => void;
}

const answerMs = 15_000;
/** More at the same time, and relays drop the oldest of them. */
const maxQueries = 8;
/** Relays may ignore a limit, up to here. */
const maxEvents = 10_000;
const rateLimitMs = 60_000;

interface Subscription {
  event(event: unknown): void;
  stored(): void;
  closed(error: Error): void;
}

export function openRelay(url: string): Relay {
  const name = url.replace(/^wss?:\/\//, '').replace(/\/$/, '');
  const subscriptions = new Map<string, Subscription>();
  const offers = new Map<string, Set<(answer: Answer) => void>>();
  const inTurn = openTurns(maxQueries);
  let connection: Promise<WebSocket> | undefined;
  let serial = 0;
  const fault = (reason: string, cause?: unknown) => new Error(`${name}: ${reason}`, { cause });

  function connected(): Promise<WebSocket> {
    if (connection) return connection;
    const opening = openSocket(url, { onMessage, onClose });
    connection = opening;
    opening.catch(() => connection === opening && (connection = undefined));
    return opening;
  }

  function onClose(reason: string): void {
    connection = undefined;
    for (const subscription of subscriptions.values()) subscription.closed(fault(reason));
    for (const told of [...offers.values()].flatMap((all) => [...all])) told({ kind: 'silent', reason });
  }

  function onMessage([kind, id, third, fourth]: readonly unknown[]): void {
    if (typeof id !== 'string') return;
    const subscription = subscriptions.get(id);
    if (kind === 'EVENT') subscription?.event(third);
    else if (kind === 'EOSE') subscription?.stored();
    else if (kind === 'CLOSED') subscription?.closed(closedFault(name, third));
    else if (kind === 'OK') for (const told of offers.get(id) ?? []) told(answerOf(third, fourth));
  }

  async function subscribe<T>(
    filters: readonly Filter[],
    signal: AbortSignal,
    handlers: (resolve: (value: T) => void, reject: (error: Error) => void) => Subscription,
  ): Promise<T> {
    const socket = await orAborted(
      connected().catch((error: unknown) => {
        const { message } = fault(messageOf(error));
        throw error instanceof RetryLater ? new RetryLater(message, error.delayMs) : fault(messageOf(error), error);
      }),
      signal,
    );
    const id = `pilcrow-${++serial}`;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    subscriptions.set(id, handlers(resolve, reject));
    try {
      socket.send(JSON.stringify(['REQ', id, ...filters]));
      return await orAborted(promise, signal);
    } finally {
      subscriptions.delete(id);
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(['CLOSE', id]));
    }
  }

  async function query(filter: Filter, signal: AbortSignal): Promise<unknown[]> {
    const tooLate = AbortSignal.timeout(answerMs);
    try {
      return await subscribe<unknown[]>([filter], AbortSignal.any([signal, tooLate]), (resolve, reject) => {
        const events: unknown[] = [];
        return {
          event: (event) => events.push(event) > maxEvents && reject(fault('sends far more than was asked for')),
          stored: () => resolve(events),
          closed: reject,
        };
      });
    } catch (error) {
      signal.throwIfAborted();
      throw tooLate.aborted ? fault(`no full answer within ${answerMs / 1000} s`) : error;
    }
  }

  async function offer(event: VerifiedEvent, signal: AbortSignal): Promise<Answer> {
    let socket: WebSocket;
    try {
      socket = await orAborted(connected(), signal);
    } catch (error) {
      return {
        kind: 'unreachable',
        reason: messageOf(error),
        ...(error instanceof RetryLater && { waitMs: error.delayMs }),
      };
    }
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const all = offers.get(event.id) ?? new Set();
    offers.set(event.id, all.add(resolve));
    try {
      socket.send(JSON.stringify(['EVENT', event]));
      return await orAborted(promise, AbortSignal.any([signal, AbortSignal.timeout(answerMs)]));
    } catch {
      return { kind: 'silent', reason: 'no answer came' };
    } finally {
      all.delete(resolve);
      if (all.size === 0) offers.delete(event.id);
    }
  }

  return {
    url,
    name,
    query: (filter, signal) => inTurn(() => query(filter, signal)),
    listen: (filters, { onReady, onEvent }, signal) =>
      subscribe<never>(filters, signal, (_resolve, reject) => ({ event: onEvent, stored: onReady, closed: reject })),
    publish: offer,
    async [Symbol.asyncDispose]() {
      const socket = await connection?.catch(() => undefined);
      if (socket === undefined || socket.readyState === socket.CLOSED) return;
      const closed = new Promise((resolve) => {
        socket.once('close', resolve);
      });
      socket.terminate();
      await closed;
    },
  };
}

/** The reason of a refusal begins with a word that programs understand (NIP-01). */
export function isRateLimit(reason: string): boolean {
  return reason.startsWith('rate-limited:');
}

function closedFault(name: string, reason: unknown): Error {
  const words = wordsOf(reason);
  const message = `${name}: the relay refuses: ${words}`;
  return isRateLimit(words) ? new RetryLater(message, rateLimitMs) : new Error(message);
}

function answerOf(accepted: unknown, reason: unknown): Answer {
  const words = wordsOf(reason);
  // It is there: that is what was wanted.
  if (accepted === true || words.startsWith('duplicate:')) return { kind: 'accepted' };
  return { kind: 'refused', reason: words };
}

function wordsOf(reason: unknown): string {
  return typeof reason === 'string' && reason.trim() !== '' ? reason.trim().slice(0, 200) : 'without a reason';
}

async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const stop = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  promise.catch(() => {});
  try {
    signal.throwIfAborted();
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
