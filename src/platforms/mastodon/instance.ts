import { hourMs } from '../../core/durations.ts';
import { storable } from '../../core/storable.ts';
import { defaults } from './config.ts';
import type { Instance } from './wire.ts';

/** The parts of a server's description that are used. */
export interface InstanceInfo {
  /** How many hashtags one request may name. */
  readonly tagsPerRequest: number;
  readonly maxCharacters: number;
  /** What each URL counts, in characters. */
  readonly urlLength: number;
  /** How long the server keeps idempotency keys, in milliseconds; undefined: unknown. */
  readonly keepsKeysMs: number | undefined;
  /** URL of its streams (ws or wss); undefined: it names none. */
  readonly streaming: string | undefined;
  readonly rules: readonly string[];
}

export function instanceInfoOf(instance: Instance): InstanceInfo {
  const { configuration, rules, max_toot_chars: maxTootChars, urls } = instance;
  const mastodonItself = isMastodon(instance);
  const statuses = configuration?.statuses;
  return {
    // Other servers have been seen to ignore all but the first.
    tagsPerRequest: mastodonItself ? 4 : 1,
    maxCharacters: positive(statuses?.max_characters ?? maxTootChars) ?? defaults.maxCharacters,
    urlLength: positive(statuses?.characters_reserved_per_url) ?? defaults.urlLength,
    keepsKeysMs: mastodonItself ? hourMs : undefined,
    streaming: webSocketUrl(configuration?.urls?.streaming ?? urls?.streaming_api),
    rules: (rules ?? []).map(({ text }) => storable(text.replaceAll(/\s+/g, ' ').trim())).filter((rule) => rule !== ''),
  };
}

/** False for compatible servers, which say so in their version (`4.2.0 (compatible; Pleroma 2.5)`) or in the URL of their source. */
function isMastodon({ version, source_url: source }: Instance): boolean {
  return /^\d+\.\d+\.\d+[\w.+-]*$/.test(version) && /\/mastodon\/?$/.test(source ?? '');
}

function positive(number: number | null | undefined): number | undefined {
  return number !== null && number !== undefined && number > 0 ? number : undefined;
}

function webSocketUrl(written: string | null | undefined): string | undefined {
  const url = URL.parse(written ?? '');
  return url?.protocol === 'wss:' || url?.protocol === 'ws:' ? url.href : undefined;
}
