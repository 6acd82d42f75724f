import type { z } from 'zod';
import { storable } from '../../core/text.ts';
import { usual } from './config.ts';
import type { Instance } from './wire.ts';

/** What matters of how a server describes itself. */
export interface InstanceFacts {
  /** Tags that one request may ask for. */
  readonly tagsPerRequest: number;
  readonly maxCharacters: number;
  /** What any URL counts. */
  readonly urlLength: number;
  /** How long it keeps idempotency keys, in milliseconds; undefined: nothing is known. */
  readonly keepsKeysMs: number | undefined;
  /** Where its streams are, a ws or wss URL; undefined: it does not say. */
  readonly streaming: string | undefined;
  readonly rules: readonly string[];
}

export function factsOf(instance: z.infer<typeof Instance>): InstanceFacts {
  const { configuration, rules, maxTootChars, urls } = instance;
  const genuine = isMastodon(instance);
  const statuses = configuration?.statuses;
  return {
    // Others were seen to ignore all but the first.
    tagsPerRequest: genuine ? 4 : 1,
    maxCharacters: positive(statuses?.maxCharacters ?? maxTootChars) ?? usual.maxCharacters,
    urlLength: positive(statuses?.charactersReservedPerUrl) ?? usual.urlLength,
    keepsKeysMs: genuine ? 3_600_000 : undefined,
    streaming: webSocketUrl(configuration?.urls?.streaming ?? urls?.streamingApi),
    rules: (rules ?? []).map(({ text }) => storable(text.replaceAll(/\s+/g, ' ').trim())).filter((rule) => rule !== ''),
  };
}

/** Others say so in their version, such as `4.2.0 (compatible; Pleroma 2.5)`, or in the address of their source. */
function isMastodon({ version, sourceUrl }: z.infer<typeof Instance>): boolean {
  return /^\d+\.\d+\.\d+[\w.+-]*$/.test(version) && /\/mastodon\/?$/.test(sourceUrl ?? '');
}

function positive(number: number | null | undefined): number | undefined {
  return number !== null && number !== undefined && number > 0 ? number : undefined;
}

function webSocketUrl(written: string | null | undefined): string | undefined {
  const url = URL.parse(written ?? '');
  return url?.protocol === 'wss:' || url?.protocol === 'ws:' ? url.href : undefined;
}
