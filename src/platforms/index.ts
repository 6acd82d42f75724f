import { bluesky } from './bluesky/config.ts';
import { feeds } from './feeds/config.ts';
import { file } from './file/config.ts';
import { log } from './log/config.ts';
import type { Platform } from './platform.ts';

/** Every platform, a line each. */
export const platforms: readonly Platform[] = [bluesky, feeds, file, log];
