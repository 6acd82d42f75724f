import type { Channel } from '../channels/channel.ts';
import { openEmail } from '../channels/email.ts';
import { openWebhook } from '../channels/webhook.ts';
import type { Config } from '../config/config.ts';
import type { DriverCheck } from './open-drivers.ts';
import { messageOf } from '../core/errors.ts';
import { type GuardedFetch, openGuardedFetch } from '../net/guarded-fetch.ts';

/** The channels of the configuration, by name. */
export function openChannels({ channels }: Config, fetch: GuardedFetch): ReadonlyMap<string, Channel> {
  return new Map(
    channels.map((entry) => [entry.name, entry.type === 'email' ? openEmail(entry) : openWebhook(entry, fetch)]),
  );
}

const checkMs = 20_000;

/** Checks, without sending anything, that every channel works. */
export async function* checkChannels(config: Config): AsyncIterable<DriverCheck> {
  const { allowPrivate, userAgent } = config.network;
  await using fetch = openGuardedFetch({ allowPrivate, userAgent });
  for (const [name, channel] of openChannels(config, fetch)) {
    const fault = await channel.check(AbortSignal.timeout(checkMs)).catch(messageOf);
    yield { name: `channel ${name}`, fault, limits: [] };
  }
}
