import { z } from 'zod';
import type { GuardedFetch } from '../../net/guarded-fetch.ts';

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
    const request = { headers: { accept: 'application/nostr+json' }, signal, maxBytes, timeoutMs };
    const { status, body, headers } = await fetch(url.replace(/^ws/, 'http'), request);
    const text = status === 200 ? Buffer.from(body).toString() : '{}';
    const clock = Date.parse(headers.get('date') ?? '');
    return {
      limits: Document.safeParse(JSON.parse(text)).data?.limitation ?? {},
      clock: Number.isNaN(clock) ? undefined : clock,
    };
  } catch {
    return { limits: {}, clock: undefined };
  }
}
