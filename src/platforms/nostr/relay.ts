import type { VerifiedEvent } from 'nostr-tools/core';
import type { Filter } from 'nostr-tools/filter';
import { z } from 'zod';
import type { GuardedFetch } from '../../net/guarded-fetch.ts';
import { openSemaphore } from '../../core/async.ts';
import { type Answer, openWire, type Wire } from './wire.ts';

/** A relay, as feeds, streams and publishers use it. Received events are not verified here. */
export interface Relay extends AsyncDisposable {
  readonly url: string;
  /** Host and path, for messages. */
  readonly name: string;
  /** Returns stored events, the newest first, as many as the relay likes. Errors: RetryLater; an Error that names the relay. */
  query(filter: Filter, signal: AbortSignal): Promise<unknown[]>;
  /** Subscribes to new events. Never resolves; rejects as above when the connection or the subscription ends. */
  listen(filters: readonly Filter[], listener: Listener, signal: AbortSignal): Promise<never>;
  publish(event: VerifiedEvent, signal: AbortSignal): Promise<Answer>;
}

interface Listener {
  /** The stored events have been sent: from now on events arrive live. */
  readonly onReady: () => void;
  readonly onEvent: (event: unknown) => void;
}

const answerMs = 15_000;
/** Relays drop the oldest subscriptions beyond some such number. */
const maxQueries = 8;
/** Relays may ignore the limit of a query, up to here. */
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
          if (events.push(event) > maxEvents) reject(new Error(`${name}: sends far more events than requested`));
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

/** A relay's information document (NIP-11). */
export interface RelayInfo {
  readonly limits: z.infer<typeof Limits>;
  /** The time by its clock, in milliseconds; undefined if it sent none. */
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

/** Never fails: the document is optional. */
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
