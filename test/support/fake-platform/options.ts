import type { Repeat } from '../../../src/platforms/platform.ts';

/** What a client may ask for that can go wrong on the way. */
export type CallKind = 'publish' | 'find' | 'replace' | 'withdraw' | 'read';

/** What can go wrong with a call, each once for the call that it is dealt to. */
export const faults = [
  /** The connection breaks before the platform took anything in. */
  'lost request',
  /** It is done, and the connection breaks before the answer. */
  'lost answer',
  /** 503, nothing done. */
  '5xx before',
  /** Done, but 502 is said. */
  '5xx after',
  /** 429 with a time to come again, whatever the limit. */
  'limited',
  /** Done after `slowMs`, whether or not the client still waits. */
  'slow',
  /** Done, and 200 with a page of HTML. */
  'wrong type',
  /** Done, and the answer breaks off in the middle. */
  'truncated',
  /** Nothing done, and the platform is not to be reached for `downMs`. */
  'down',
] as const;
export type Fault = (typeof faults)[number];

/** A fault, and the share of calls of these kinds that it is dealt to, from 0 to 1. */
export interface FaultShare {
  readonly fault: Fault;
  readonly share: number;
  /** Left out: publish. */
  readonly on?: readonly CallKind[];
}

/** Calls within a window, counted from its first call; beyond them 429 until it ends. */
export interface Limit {
  readonly calls: number;
  readonly windowMs: number;
  /** Calls that were under way when the limit was told are no breach for this long. */
  readonly graceMs?: number;
}

export interface FakePlatformOptions {
  /** The durable record (JSON lines): a platform that is opened on it again goes on where it was. */
  readonly file: string;
  /** What the platform does with Idempotency-Key: kept for ever, for a time, or ignored. */
  readonly repeat: Repeat;
  /** Decides what befalls which call: the same calls meet the same faults, in whatever order they come. */
  readonly seed?: number;
  readonly shares?: readonly FaultShare[];
  /** The first calls of a kind, in order of arrival, meet these; the shares come after. */
  readonly script?: Partial<Record<CallKind, readonly (Fault | 'ok')[]>>;
  readonly limit?: Limit;
  /** Longest text in UTF-16 units. */
  readonly maxLength?: number;
  /** Every call takes up to this long. */
  readonly latencyMs?: number;
  /** A reply is to be found only after up to this long. */
  readonly showsAfterMs?: number;
  readonly slowMs?: number;
  readonly downMs?: number;
  /** Until when a `limited` call is told to wait. */
  readonly limitedMs?: number;
  /** Replies to source posts that the platform does not know are taken too. */
  readonly anySource?: boolean;
}

/** Every fault of publishing now and then. `share`: of calls, for the commonest. */
export function weather(share: number): readonly FaultShare[] {
  const rare = share / 2;
  return [
    { fault: 'lost answer', share },
    { fault: 'lost request', share: rare },
    { fault: '5xx before', share: rare },
    { fault: '5xx after', share: rare },
    { fault: 'limited', share },
    { fault: 'slow', share: rare },
    { fault: 'wrong type', share: rare },
    { fault: 'truncated', share: rare },
  ];
}
