import type { VerifiedEvent } from 'nostr-tools/core';
import { PermanentError, RetryLater } from '../../core/errors.ts';
import { BoundedMap } from '../../core/async.ts';
import type { Clock } from '../../core/clock.ts';
import type { DriverContext } from '../platform.ts';
import { verified } from './holdings.ts';
import { closeAll, Relay } from './relay.ts';
import type { Answer } from './relay-answers.ts';

const retryMs = 60_000;
/** How long the other relays may take after the first has accepted. */
const graceMs = 3000;
/** How long relays that need not have an event may take. */
const besideMs = 5000;

/** `relay`: its name. */
type Offered = Answer & { readonly relay: string };

/**
 * Sends to all relays at once. A relay that has not answered `graceMs` after the first acceptance counts as silent. Errors: see `failureOf`, if
 * none accepts it.
 */
export async function offer(event: VerifiedEvent, relays: readonly Relay[], signal: AbortSignal): Promise<Offered[]> {
  const tooLate = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const until = AbortSignal.any([signal, tooLate.signal]);
  const answers = await Promise.all(
    relays.map(async (relay) => {
      const answer = await relay.publish(event, until);
      if (answer.kind === 'accepted') timer ??= setTimeout(() => tooLate.abort(new Error('too late')), graceMs);
      return { ...answer, relay: relay.name };
    }),
  );
  clearTimeout(timer);
  if (!answers.some(({ kind }) => kind === 'accepted')) throw failureOf(answers);
  return answers;
}

/** Relays that need not have an event: at hand; by addresses that strangers chose; and where an account reads (NIP-65). */
interface Beside {
  readonly at?: readonly Relay[];
  readonly strangers?: readonly string[];
  readonly reader?: string | undefined;
}

/** `own`: relays of the publisher, which have it already. */
export function openBeside(own: readonly Relay[], { clock, lookup }: Pick<DriverContext, 'clock' | 'lookup'>) {
  const readRelays = openReadRelays(clock);
  /** Offers an event to the others, and returns the addresses of those that accept it. Never fails. */
  return async (
    event: VerifiedEvent,
    { at = [], strangers = [], reader }: Beside,
    stop: AbortSignal,
  ): Promise<string[]> => {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(besideMs)]);
    const known = [...own, ...at];
    const urls = [...strangers, ...(reader === undefined ? [] : await readRelays(reader, known, signal))];
    const fresh = urls.filter((url) => known.every((relay) => relay.url !== url));
    const opened = lookup === undefined ? [] : fresh.map((url) => new Relay(url, { lookup }));
    const answers = await Promise.all(
      [...at, ...opened].map(async (relay) => ({ relay, ...(await relay.publish(event, signal)) })),
    );
    await closeAll(opened);
    return answers.flatMap(({ kind, relay }) => (kind === 'accepted' ? [relay.url] : []));
  };
}

/** As many as clients are advised to list (NIP-65), and no more: strangers choose where the bot connects to. */
const maxRelays = 4;
const maxKnown = 1000;
const knownMs = 60 * 60_000;

/**
 * The relays where an account reads what is meant for it, by its own list (kind 10002, NIP-65), without those that are `known`, which are asked
 * for the list. Never fails.
 */
function openReadRelays(clock: Pick<Clock, 'now'>) {
  const lists = new BoundedMap<string, { urls: readonly string[]; until: number }>(maxKnown);
  return async (account: string, known: readonly Relay[], signal: AbortSignal): Promise<string[]> => {
    const now = clock.now();
    let list = lists.get(account);
    if (list === undefined || list.until <= now) {
      const filter = { kinds: [relayList], authors: [account], limit: 1 };
      const answers = await Promise.all(known.map((relay) => relay.query(filter, signal).catch(() => [])));
      list = { urls: latestList(answers.flat(), account, now), until: now + knownMs };
      lists.set(account, list);
    }
    const ours = new Set(known.map(({ url }) => normalized(url)));
    return list.urls.filter((url) => !ours.has(url)).slice(0, maxRelays);
  };
}

const relayList = 10_002;

function latestList(received: readonly unknown[], account: string, now: number): readonly string[] {
  const own = verified(received, now).filter(({ kind, pubkey }) => kind === relayList && pubkey === account);
  const latest = own.toSorted((a, b) => b.created_at - a.created_at)[0];
  const urls = (latest?.tags ?? []).flatMap(([name, url, use]) =>
    name === 'r' && (use === undefined || use === '' || use === 'read') ? (normalized(url ?? '') ?? []) : [],
  );
  return [...new Set(urls)];
}

/** Undefined: no address of a relay, or one with a password or a query. */
function normalized(written: string): string | undefined {
  const url = URL.parse(written);
  if (url === null || !/^wss?:$/.test(url.protocol)) return undefined;
  return `${url.username}${url.password}${url.search}${url.hash}` === '' ? url.href : undefined;
}

/** The error when no relay has accepted a reply. Only silence leaves the outcome unknown, and only a refusal by all is one. */
function failureOf(answers: readonly Offered[]): Error {
  const failures = answers.filter((answer) => answer.kind !== 'accepted');
  const message = `no relay accepted it (${failures.map(({ relay, reason }) => `${relay}: ${reason}`).join('; ')})`;
  if (failures.some(({ kind }) => kind === 'silent')) return new Error(message);
  if (failures.every(({ meaning }) => meaning === 'refused')) return new PermanentError(message, { answered: true });
  const waits = failures.flatMap(({ waitMs }) => waitMs ?? []);
  if (waits.length > 0) return new RetryLater(message, Math.min(...waits), { answered: true });
  const trouble = failures.some(({ meaning }) => meaning === 'account') ? 'login' : 'passing';
  return new RetryLater(message, retryMs, { trouble, answered: true });
}
