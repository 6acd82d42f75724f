import { z } from 'zod';
import type { Cursor, Page } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import type { Driver, DriverContext } from '../platform.ts';
import { jsonIn } from '../shared/parse-json.ts';
import type { WebhookFeed, WebhookPublisher } from './config.ts';
import { checkAddress, openPublisher } from './publisher.ts';
import { type Delivery, entryOf, namesIn, readDeliveries, spoolFolder } from './spool.ts';

const perPage = 50;

/** Names of the deliveries that were read and are still in the folder. */
const Seen = z.array(z.string()).catch([]);

export const driver: Driver<WebhookFeed, WebhookPublisher> = {
  async openFeed({ path }, context) {
    return {
      pages: (after, signal) => pages(path, after, { signal, ...context }),
      [Symbol.asyncDispose]: async () => {},
    };
  },
  openPublisher: async (config, context) => openPublisher(config, context),
  checkPublisher: async (config) => checkAddress(config),
};

async function* pages(
  path: string,
  after: Cursor | undefined,
  { signal, clock, dataDir }: Pick<DriverContext, 'clock' | 'dataDir'> & { signal: AbortSignal },
): AsyncIterable<Page> {
  signal.throwIfAborted();
  const folder = spoolFolder(dataDir, path);
  let seen = Seen.parse(jsonIn(after));
  const unseen = await readDeliveries(folder, new Set(seen), clock.now());
  const present = new Set(await namesIn(folder));
  seen = seen.filter((name) => present.has(name));
  for (let start = 0; start < unseen.length; start += perPage) {
    signal.throwIfAborted();
    const deliveries = unseen.slice(start, start + perPage);
    seen = [...seen, ...deliveries.map(({ name }) => name)];
    yield { ...contentOf(deliveries, path), cursor: JSON.stringify(seen) };
  }
}

function contentOf(deliveries: readonly Delivery[], path: string): Required<Omit<Page, 'cursor'>> {
  const entries = deliveries.map((delivery) => ({ delivery, entry: entryOf(delivery, path) }));
  return {
    posts: entries.flatMap(({ entry }) => ('post' in entry ? [entry.post] : [])),
    changes: entries.flatMap(({ entry }) => ('change' in entry ? [entry.change] : [])),
    rejects: entries.flatMap(({ entry, delivery: { name, body } }) =>
      'fault' in entry
        ? [{ position: `webhook ${path} ${name}`, reason: entry.fault, excerpt: storable(body.slice(0, 200)) }]
        : [],
    ),
  };
}
