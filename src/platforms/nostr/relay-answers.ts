import type { IncomingMessage } from 'node:http';
import { messageOf, RetryLater } from '../../core/errors.ts';
import { retryAfterMs } from '../../net/rate-limits.ts';
import type { Meaning } from '../shared/answers.ts';

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

/** The relay lets only accounts in that identify themselves (NIP-42). */
export class AuthRequired extends Error {
  override readonly name = 'AuthRequired';
}

const retryMs = 60_000;

export function refusal({ statusCode, headers }: IncomingMessage): Error {
  const message = `the relay answered ${statusCode} instead of connecting`;
  if (statusCode !== 429 && statusCode !== 503) return new Error(message);
  return new RetryLater(message, retryAfterMs(headers, Date.now()) ?? retryMs);
}

export function unreachable(error: unknown): Failure {
  const waitMs = error instanceof RetryLater ? error.delayMs : retryMs;
  return { kind: 'unreachable', reason: messageOf(error), waitMs };
}

export function closedFault(name: string, reason: unknown): Error {
  const { words, isRateLimit, meaning } = refusalIn(reason);
  const message = `${name}: the relay refuses: ${words}`;
  if (meaning === 'account') return new AuthRequired(message);
  return isRateLimit ? new RetryLater(message, retryMs) : new Error(message);
}

export function answerOf(accepted: unknown, reason: unknown): Answer {
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
