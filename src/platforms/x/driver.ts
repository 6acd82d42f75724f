import type { Driver } from '../platform.ts';
import { checkFeed, checkPublisher } from './check.ts';
import type { Transport } from './client.ts';
import type { XFeed, XPublisher } from './config.ts';
import { SearchFeed } from './feed.ts';
import { openPublisher } from './publisher.ts';
import { FilteredStream } from './stream.ts';

/** The driver over a transport: the internet, or a test's server. */
export function driverOver(transport: Transport): Driver<XFeed, XPublisher> {
  return {
    openFeed: (config, context) => Promise.resolve(new SearchFeed(config, context, transport)),
    openStream: (config, context) => Promise.resolve(new FilteredStream(config, context, transport)),
    openPublisher: (config, context) => Promise.resolve(openPublisher(config, context, transport)),
    checkFeed: (config, context) => checkFeed(config, context, transport),
    checkPublisher: (config, context) => checkPublisher(config, context, transport),
  };
}

export const driver = driverOver({});
