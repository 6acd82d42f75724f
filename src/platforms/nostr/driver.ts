import type { Driver } from '../platform.ts';
import { checkFeed, checkPublisher } from './check.ts';
import type { NostrFeed, NostrPublisher } from './config.ts';
import { openFeed } from './feed.ts';
import { openPublisher } from './publisher.ts';
import { openStream } from './stream.ts';

export const driver: Driver<NostrFeed, NostrPublisher> = {
  openFeed,
  openStream,
  openPublisher,
  checkFeed,
  checkPublisher,
};
