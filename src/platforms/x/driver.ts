import type { Driver } from '../platform.ts';
import { checkFeed, checkPublisher } from './check.ts';
import type { Ways } from './client.ts';
import type { XFeed, XPublisher } from './config.ts';
import { openFeed } from './feed.ts';
import { openPublisher } from './publisher.ts';
import { openStream } from './stream.ts';

/** X, by the usual way or another. */
export function driverBy(ways: Ways): Driver<XFeed, XPublisher> {
  return {
    openFeed: (config, context) => Promise.resolve(openFeed(config, context, ways)),
    openStream: (config, context) => Promise.resolve(openStream(config, context, ways)),
    openPublisher: (config, context) => Promise.resolve(openPublisher(config, context, ways)),
    checkFeed: (config, context) => checkFeed(config, context, ways),
    checkPublisher: (config, context) => checkPublisher(config, context, ways),
  };
}

export const driver = driverBy({});
