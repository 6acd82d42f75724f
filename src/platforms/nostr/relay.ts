import type { VerifiedEvent } from 'nostr-tools/core';
import type { Filter } from 'nostr-tools/filter';
import { openTurns } from '../shared/turns.ts';
import { type Answer, type Wire, openWire } from './wire.ts';

/** A relay, as feeds, streams and publishers use it. Nothing that it sends is verified here. */
export interface Relay extends AsyncDisposable {
  readonly url: string;
  /** Host and path, for messages. */
  readonly name: string;
  /** What the relay has for a filter, the newest first, as much as it likes. Errors: RetryLater; an Error that names the relay. */
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

export function openRelay(url: string): Relay {
  const name = url.replace(/^wss?:\/\//, '').replace(/\/$/, '');
  const wire = openWire(url, name);
  const inTurn = openTurns(maxQueries);
  return {
    url,
    name,
    query: (filter, signal) => inTurn(() => query(wire, name, filter, signal)),
    listen: (filters, { onReady, onEvent }, signal) =>
      wire.subscribe<never>(filters, signal, (_resolve, reject) => ({
        event: onEvent,
        stored: onReady,
        closed: reject,
      })),
    publish: (event, signal) => wire.offer(event, AbortSignal.any([signal, AbortSignal.timeout(answerMs)])),
    [Symbol.asyncDispose]: () => wire[Symbol.asyncDispose](),
  };
}

async function query(wire: Wire, name: string, filter: Filter, signal: AbortSignal): Promise<unknown[]> {
  const tooLate = AbortSignal.timeout(answerMs);
  try {
    return await wire.subscribe<unknown[]>([filter], AbortSignal.any([signal, tooLate]), (resolve, reject) => {
      const events: unknown[] = [];
      return {
        event(event) {
          if (events.push(event) > maxEvents) reject(new Error(`${name}: sends far more than was asked for`));
        },
        stored: () => resolve(events),
        closed: reject,
      };
    });
  } catch (error) {
    signal.throwIfAborted();
    throw tooLate.aborted ? new Error(`${name}: no full answer within ${answerMs / 1000} s`) : error;
  }
}
