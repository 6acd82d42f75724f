import type { VerifiedEvent } from 'nostr-tools/core';
import type { Filter } from 'nostr-tools/filter';
import type { WebSocket } from 'ws';
import { makeAuthEvent } from 'nostr-tools/nip42';
import { finalizeEvent } from 'nostr-tools/pure';
import { openSemaphore, unlessAborted } from '../../core/async.ts';
import { RetryLater, messageOf } from '../../core/errors.ts';
import type { GuardedLookup } from '../../net/guarded-fetch.ts';
import type { SecretValue } from '../../core/secret.ts';
import type { DriverContext } from '../platform.ts';
import { claimsOf, type KeyPair, keyPairOf } from './event.ts';
import { type Answer, answerOf, AuthRequired, closedFault, unreachable } from './relay-answers.ts';
import { openSocket } from './relay-socket.ts';

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
/** Relays drop the oldest subscriptions beyond some such number. */
const maxQueries = 8;
/** Relays may ignore the limit of a query, up to here. */
const maxEvents = 10_000;

const maxNoticeLength = 200;
const maxNotices = 20;

export interface RelayOptions {
  /** Identifies the account where the relay asks for it (NIP-42). */
  readonly keys?: KeyPair | undefined;
  /** A stranger chose the relay: only public addresses are connected to. */
  readonly lookup?: GuardedLookup | undefined;
  /** Receives what the relay says to people (NOTICE), with its name; the same words once. */
  readonly warn?: (message: string) => void;
}

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
  readonly #options: RelayOptions;
  readonly #notices = new Set<string>();
  #connection: Promise<WebSocket> | undefined;
  /** The relay's answer to the identification on the present connection. */
  #identified = Promise.withResolvers<Answer>();
  #serial = 0;

  constructor(url: string, options: RelayOptions = {}) {
    this.url = url;
    this.#options = options;
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
    const answer = await this.#offer(event, signal);
    const isShut = answer.kind === 'refused' && answer.meaning === 'account';
    return isShut && (await this.#isLetIn(signal)) ? await this.#offer(event, signal) : answer;
  }

  async #offer(event: VerifiedEvent, signal: AbortSignal): Promise<Answer> {
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

  /** Waits for the identification on the present connection. False: it is refused, or there is none. */
  async #isLetIn(signal: AbortSignal): Promise<boolean> {
    if (this.#options.keys === undefined) return false;
    const answer = await unlessAborted(this.#identified.promise, signal).catch(() => undefined);
    return answer?.kind === 'accepted';
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
    // Not every relay says when its answer ends; one to a query by ids ends with the last of them.
    const awaited = new Set(filter.ids);
    try {
      return await this.#subscribe<unknown[]>([filter], AbortSignal.any([signal, tooLate]), (resolve, onClosed) => ({
        onEvent: (event) => {
          if (events.push(event) > maxEvents) onClosed(new Error(`${this.name}: sends far more events than requested`));
          if (awaited.delete(claimsOf(event).id) && awaited.size === 0) resolve(events);
        },
        onReady: () => resolve(events),
        onClosed,
      }));
    } catch (error) {
      signal.throwIfAborted();
      if (!tooLate.aborted) throw error;
      const notice = [...this.#notices].at(-1);
      const why = notice === undefined ? '' : ` (it said: ${notice})`;
      throw new Error(`${this.name}: no full answer within ${answerMs / 1000} s${why}`, { cause: error });
    }
  }

  /**
   * Subscribes until the promise of `subscribing` settles; once more if the relay wants to know the account first. Errors: RetryLater; an Error
   * that names the relay; the signal's reason.
   */
  async #subscribe<T>(
    filters: readonly Filter[],
    signal: AbortSignal,
    subscribing: (resolve: (value: T) => void, reject: (error: Error) => void) => Subscription,
  ): Promise<T> {
    try {
      return await this.#subscribeOnce(filters, signal, subscribing);
    } catch (error) {
      const timed = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
      if (!(error instanceof AuthRequired) || !(await this.#isLetIn(timed))) throw error;
      return await this.#subscribeOnce(filters, signal, subscribing);
    }
  }

  async #subscribeOnce<T>(
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

  async #connect(): Promise<WebSocket> {
    this.#identified = Promise.withResolvers();
    return await openSocket(this.url, {
      lookup: this.#options.lookup,
      onMessage: (message, socket) => this.#onMessage(message, socket),
      onClose: (fault) => this.#onClose(fault),
    });
  }

  #onMessage(message: unknown, socket: WebSocket): void {
    // Relays send extensions of their own.
    if (!Array.isArray(message)) return;
    const [kind, id, third, fourth]: readonly unknown[] = message;
    if (typeof id !== 'string') return;
    const subscription = this.#subscriptions.get(id);
    if (kind === 'EVENT') subscription?.onEvent(third);
    else if (kind === 'EOSE') subscription?.onReady();
    else if (kind === 'CLOSED') subscription?.onClosed(closedFault(this.name, third));
    else if (kind === 'AUTH') this.#identify(id, socket);
    else if (kind === 'NOTICE') this.#onNotice(id);
    else if (kind === 'OK')
      for (const offer of this.#offers) if (offer.id === id) offer.resolve(answerOf(third, fourth));
  }

  #identify(challenge: string, socket: WebSocket): void {
    const { keys } = this.#options;
    if (keys === undefined) return;
    const event = finalizeEvent(makeAuthEvent(this.url, challenge), keys.secret);
    this.#offers.add({ id: event.id, resolve: this.#identified.resolve });
    socket.send(JSON.stringify(['AUTH', event]));
  }

  #onNotice(text: string): void {
    const words = text.trim().slice(0, maxNoticeLength);
    if (words === '' || this.#notices.has(words) || this.#notices.size >= maxNotices) return;
    this.#notices.add(words);
    this.#options.warn?.(`${this.name} says: ${words}`);
  }

  #onClose(reason: string): void {
    this.#connection = undefined;
    this.#identified.resolve({ kind: 'silent', reason });
    for (const { onClosed } of this.#subscriptions.values()) onClosed(new Error(`${this.name}: ${reason}`));
    for (const { resolve } of this.#offers) resolve({ kind: 'silent', reason });
  }
}

/** The relays of a feed or publisher. */
export function openRelays(
  { relays, key }: { readonly relays: readonly string[]; readonly key?: SecretValue | undefined },
  { notices }: Pick<DriverContext, 'notices'>,
): Relay[] {
  const keys = key && keyPairOf(key);
  return relays.map((url) => new Relay(url, { keys, warn: (message) => notices.warn(message) }));
}

export async function closeAll(relays: readonly Relay[]): Promise<void> {
  await Promise.all(relays.map((relay) => relay[Symbol.asyncDispose]()));
}
