import type { VerifiedEvent } from 'nostr-tools/core';
import type { Filter } from 'nostr-tools/filter';
import type { WebSocket } from 'ws';
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

/** Handlers for a relay's messages to a subscription. */
export interface Subscription {
  event(event: unknown): void;
  /** All stored events have been sent (EOSE). */
  stored(): void;
  closed(error: Error): void;
}

type Subscribing<T> = (resolve: (value: T) => void, reject: (error: Error) => void) => Subscription;

/** The messages of the protocol (NIP-01) over a connection that is opened on first use, and again after a loss. */
export interface Wire extends AsyncDisposable {
  /** Subscribes until the promise of `subscribing` settles. Errors: RetryLater; an Error that names the relay; the signal's reason. */
  subscribe<T>(filters: readonly Filter[], signal: AbortSignal, subscribing: Subscribing<T>): Promise<T>;
  /** Never fails. */
  offer(event: VerifiedEvent, signal: AbortSignal): Promise<Answer>;
}

const rateLimitMs = 60_000;

/** `name` is for messages. */
export function openWire(url: string, name: string): Wire {
  const subscriptions = new Map<string, Subscription>();
  const offers = new Map<string, Set<(answer: Answer) => void>>();
  let connection: Promise<WebSocket> | undefined;
  let serial = 0;

  function connected(): Promise<WebSocket> {
    if (connection) return connection;
    const opening = openSocket(url, { onMessage, onClose });
    connection = opening;
    opening.catch(() => connection === opening && (connection = undefined));
    return opening;
  }

  function onClose(reason: string): void {
    connection = undefined;
    for (const subscription of subscriptions.values()) subscription.closed(new Error(`${name}: ${reason}`));
    for (const resolve of [...offers.values()].flatMap((all) => [...all])) resolve({ kind: 'silent', reason });
  }

  function onMessage([kind, id, third, fourth]: readonly unknown[]): void {
    if (typeof id !== 'string') return;
    const subscription = subscriptions.get(id);
    if (kind === 'EVENT') subscription?.event(third);
    else if (kind === 'EOSE') subscription?.stored();
    else if (kind === 'CLOSED') subscription?.closed(closedFault(name, third));
    else if (kind === 'OK') for (const resolve of offers.get(id) ?? []) resolve(answerOf(third, fourth));
  }

  async function subscribe<T>(
    filters: readonly Filter[],
    signal: AbortSignal,
    subscribing: Subscribing<T>,
  ): Promise<T> {
    const named = connected().catch((error: unknown) => {
      const message = `${name}: ${messageOf(error)}`;
      throw error instanceof RetryLater ? new RetryLater(message, error.delayMs) : new Error(message, { cause: error });
    });
    const socket = await orAborted(named, signal);
    const id = `pilcrow-${++serial}`;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    subscriptions.set(id, subscribing(resolve, reject));
    try {
      socket.send(JSON.stringify(['REQ', id, ...filters]));
      return await orAborted(promise, signal);
    } finally {
      subscriptions.delete(id);
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(['CLOSE', id]));
    }
  }

  async function offer(event: VerifiedEvent, signal: AbortSignal): Promise<Answer> {
    const socket = await orAborted(connected(), signal).catch(unreachable);
    if ('kind' in socket) return socket;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const all = offers.get(event.id) ?? new Set();
    offers.set(event.id, all.add(resolve));
    try {
      socket.send(JSON.stringify(['EVENT', event]));
      return await orAborted(promise, signal);
    } catch {
      return { kind: 'silent', reason: 'no answer came' };
    } finally {
      all.delete(resolve);
      if (all.size === 0) offers.delete(event.id);
    }
  }

  async function close(): Promise<void> {
    const socket = await connection?.catch(() => undefined);
    if (socket === undefined || socket.readyState === socket.CLOSED) return;
    const closed = new Promise((resolve) => {
      socket.once('close', resolve);
    });
    socket.terminate();
    await closed;
  }

  return { subscribe, offer, [Symbol.asyncDispose]: close };
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
