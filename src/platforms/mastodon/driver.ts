import type { Driver } from '../platform.ts';
import { checkFeed, checkPublisher } from './check.ts';
import type { MastodonFeed, MastodonPublisher } from './config.ts';
import { openFeed } from './feed.ts';
import { openPublisher } from './publisher.ts';
import { openStream } from './stream.ts';

const nothingToClose = { [Symbol.asyncDispose]: async () => {} };

export const driver: Driver<MastodonFeed, MastodonPublisher> = {
  openFeed: async (config, context) => ({ ...openFeed(config, context), ...nothingToClose }),
  openStream: async (config, context) => ({ ...openStream(config, context), ...nothingToClose }),
  openPublisher: async (config, context) => ({ ...(await openPublisher(config, context)), ...nothingToClose }),
  checkFeed,
  checkPublisher,
};
