import { bluesky } from './bluesky/config.ts';
import { file } from './file/config.ts';
import { log } from './log/config.ts';
import { mastodon } from './mastodon/config.ts';
import { nostr } from './nostr/config.ts';
import { wordpress } from './wordpress/config.ts';
import type { Platform } from './platform.ts';
import { rss } from './rss/config.ts';
import { x } from './x/config.ts';

/** Every platform, a line each. */
export const platforms: readonly Platform[] = [bluesky, file, log, mastodon, nostr, rss, wordpress, x];
