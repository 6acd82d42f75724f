import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { citedPost } from '../fake-platform/cited.ts';
import type { FakePlatform } from '../fake-platform/platform.ts';
import { configuration } from '../workplace.ts';

/** Feeds that the processes share: whoever holds one reads it. */
const feedCount = 6;
const tickMs = 100;

/** Files for what people will post, and the configuration of bots that read them. */
export function writeConfiguration(dir: string, storeLines: string): string {
  const feeds = Array.from({ length: feedCount }, (_, feed) => {
    writeFileSync(join(dir, fileOf(feed)), '');
    return `  - { name: feed-${feed}, platform: file, every: 1s, maxAge: null, paths: [${fileOf(feed)}] }`;
  });
  const config = join(dir, 'pilcrow.yaml');
  writeFileSync(config, configuration(feeds, storeLines));
  return config;
}

/** People post `count` citations, so many a second, on the platform and in the files. */
export async function livePosting(
  dir: string,
  platform: FakePlatform,
  count: number,
  perSecond: number,
): Promise<void> {
  const from = performance.now();
  for (let i = 0; i < count;) {
    const due = Math.min(count, Math.ceil(((performance.now() - from) / 1000) * perSecond));
    for (; i < due; i += 1) appendFileSync(join(dir, fileOf(i)), citedPost(platform, i));
    await delay(tickMs);
  }
}

/** Ids of the first `count` posts. */
export function postIds(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `p${i}`);
}

function fileOf(i: number): string {
  return `posts-${i % feedCount}.jsonl`;
}
