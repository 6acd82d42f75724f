import type { VerifiedEvent } from 'nostr-tools/core';
import type { Filter } from 'nostr-tools/filter';
import { z } from 'zod';
import type { GuardedFetch } from '../../net/guarded-fetch.ts';
import { openSemaphore } from '../../core/async.ts';
import { type Answer, openWire, type Wire } from './wire.ts';

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
  const withPermit = openSemaphore(maxQueries);
  return {
    url,
    name,
    query: (filter, signal) => withPermit(() => query(wire, name, filter, signal)),
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

/** What a relay says of itself (NIP-11). */
export interface RelayInfo {
  readonly limits: z.infer<typeof Limits>;
  /** What its clock said, in milliseconds; undefined where it did not. */
  readonly clock: number | undefined;
}

const limit = z.number().positive().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);

const Limits = z.object({
  /** Events in an answer. */
  max_limit: limit,
  /** Characters in the text of an event. */
  max_content_length: limit,
  min_pow_difficulty: z.number().optional().catch(undefined),
  auth_required: flag,
  payment_required: flag,
  restricted_writes: flag,
});

const Document = z.object({ limitation: Limits.catch({}).default({}) });

const timeoutMs = 5000;
const maxBytes = 100_000;

/** Never fails: a relay need not say anything. */
export async function relayInfo(url: string, fetch: GuardedFetch, signal: AbortSignal): Promise<RelayInfo> {
  try {
    const { status, body, headers } = await fetch(url.replace(/^ws/, 'http'), {
      headers: { accept: 'application/nostr+json' },
      signal,
      maxBytes,
      timeoutMs,
    });
    const document =
      status === 200 ? Document.safeParse(JSON.parse(Buffer.from(body).toString('utf8'))).data : undefined;
    const clock = Date.parse(headers.get('date') ?? '');
    return { limits: document?.limitation ?? {}, clock: Number.isNaN(clock) ? undefined : clock };
  } catch {
    return { limits: {}, clock: undefined };
  }
}
