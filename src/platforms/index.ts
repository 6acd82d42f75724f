import type { z } from 'zod';
import { bluesky } from './bluesky/config.ts';
import { file } from './file/config.ts';
import { log } from './log/config.ts';
import { mastodon } from './mastodon/config.ts';
import { nostr } from './nostr/config.ts';
import type { Driver, Platform } from './platform.ts';
import { rss } from './rss/config.ts';
import { webhook } from './webhook/config.ts';
import { webmention } from './webmention/config.ts';
import { wordpress } from './wordpress/config.ts';
import { x } from './x/config.ts';

/** Every platform, a line each. A driver is loaded only when its platform is configured. */
const registry = [
  entry(bluesky, () => import('./bluesky/driver.ts')),
  entry(file, () => import('./file/driver.ts')),
  entry(log, () => import('./log/driver.ts')),
  entry(mastodon, () => import('./mastodon/driver.ts')),
  entry(nostr, () => import('./nostr/driver.ts')),
  entry(rss, () => import('./rss/driver.ts')),
  entry(webhook, () => import('./webhook/driver.ts')),
  entry(webmention, () => import('./webmention/driver.ts')),
  entry(wordpress, () => import('./wordpress/driver.ts')),
  entry(x, () => import('./x/driver.ts')),
];

export const platforms: readonly Platform[] = registry.map(({ platform }) => platform);

/** Undefined: there is no such platform. */
export function platformOf(id: string): Platform | undefined {
  return platforms.find((platform) => platform.id === id);
}

/** Undefined: there is no such platform. */
export async function loadDriver(id: string): Promise<Driver<unknown, unknown> | undefined> {
  return (await registry.find(({ platform }) => platform.id === id)?.load())?.driver;
}

/** The types make sure that a driver takes what its platform's schemas give. */
function entry<Feed extends z.ZodObject, Publisher extends z.ZodObject>(
  platform: Platform<Feed, Publisher>,
  load: () => Promise<{ readonly driver: Driver<z.infer<Feed>, z.infer<Publisher>> }>,
): { readonly platform: Platform; load(): Promise<{ readonly driver: Driver<unknown, unknown> }> } {
  return { platform, load };
}
