import { z } from 'zod';
import type { Client } from './client.ts';
import { Rules } from './wire.ts';

/** By it the bot knows its own rules among those of the app. */
const tag = 'pilcrow';
const path = 'tweets/search/stream/rules';

/** Makes the app's rules for the stream those that are wanted. Others' are left alone; returns how many there are: they cost money, too. */
export async function ensureRules(client: Client, wanted: readonly string[], signal: AbortSignal): Promise<number> {
  const { data } = (await client.get({ name: 'rules', path }, Rules, signal)).body;
  const own = data.filter((rule) => rule.tag === tag);
  const outdated = own.filter(({ value }) => !wanted.includes(value));
  const missing = wanted.filter((value) => !own.some((rule) => rule.value === value));
  const change = (body: Record<string, unknown>) => client.post({ name: 'rule changes', path, body }, Changed, signal);
  if (outdated.length > 0) await change({ delete: { ids: outdated.map(({ id }) => id) } });
  if (missing.length > 0) await change({ add: missing.map((value) => ({ value, tag })) });
  return data.length - own.length;
}

const Changed = z.object({ meta: z.object({ summary: z.object({ invalid: z.literal(0).optional() }).optional() }) });
