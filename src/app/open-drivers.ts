import type { Config, FeedEntry, PublisherEntry } from '../config/config.ts';
import { within } from '../core/async.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { noCaps } from '../core/limits.ts';
import { ConfigError, messageOf } from '../core/errors.ts';
import type { Emit } from '../core/event.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { authorsOf } from '../ledger/posts/authors.ts';
import { textsOfFeed } from '../ledger/posts/retention.ts';
import { openGuardedFetch } from '../net/guarded-fetch.ts';
import type { RateLimit } from '../net/rate-limits.ts';
import { loadDriver, platformOf } from '../platforms/index.ts';
import type { Context, Driver, DriverContext, Feed, Publisher, TextLimits } from '../platforms/platform.ts';
import { feedAccount, openBudget } from './account-limits.ts';
import { cachedContext } from './cached-context.ts';

/** A configured feed, or the stream beside one. */
export interface FeedSource extends Pick<FeedEntry, 'name' | 'everyMs' | 'onTopic'> {
  /** The feed that this is the stream of. */
  readonly streamOf?: string;
  /** Opens the driver at the first call. */
  open(): Promise<Feed>;
}

/** Result of checking a feed or publisher. */
export interface DriverCheck {
  readonly name: string;
  /** Undefined: it works. */
  readonly fault: string | undefined;
  /** The rate limits that the platform reported, in words. */
  readonly limits: readonly string[];
}

/** A person waits for a check. */
const checkMs = 20_000;

/** Checks, without changing anything, that every feed can be read and every publisher can write. */
export async function* checkDrivers(config: Config): AsyncIterable<DriverCheck> {
  const { allowPrivate, userAgent } = config.network;
  await using fetch = openGuardedFetch({ allowPrivate, userAgent });
  const { configDir, dataDir } = config;
  const left = new Map<string, RateLimit>();
  const limits = (name: string, limit: RateLimit) => left.set(name, limit);
  const notices = { warn: () => {} };
  const context: DriverContext = { clock: systemClock, fetch, notices, limits, configDir, dataDir, shared: false };
  async function checked(name: string, check: () => Promise<string | undefined>): Promise<DriverCheck> {
    left.clear();
    const fault = await within(checkMs, check().catch(messageOf));
    const words = [...left].map(([call, { remaining, resetAt }]) => {
      return `${remaining} ${call} calls are left until ${new Date(resetAt).toISOString().slice(11, 16)}Z`;
    });
    return { name, fault: fault === 'late' ? `no answer within ${checkMs / 1000} s` : fault, limits: words };
  }
  for (const { name, platform, config: own } of config.feeds)
    yield await checked(`feed ${name}`, async () => (await driverOf(platform)).checkFeed?.(own, context));
  for (const { name, platform, config: own } of config.publishers)
    yield await checked(`publisher ${name}`, async () => (await driverOf(platform)).checkPublisher?.(own, context));
}

/** Text limits of a publisher; undefined: no such publisher. */
export async function limitsOf(config: Config, ledger: Ledger, publisher: string): Promise<TextLimits | undefined> {
  await using drivers = openDrivers(config, { emit: () => {}, clock: systemClock, ledger });
  return (await drivers.publisher(publisher))?.limits;
}

/** Feeds and publishers of the configuration, each opened when it is first needed. */
export function openDrivers(config: Config, { emit, clock, ledger }: { emit: Emit; clock: Clock; ledger: Ledger }) {
  const opened: AsyncDisposable[] = [];
  const { configDir, dataDir } = config;
  const { allowPrivate, userAgent } = config.network;
  const fetch = openGuardedFetch({ allowPrivate, userAgent });
  const shared = config.ledger.postgres !== undefined;
  const context = (name: string): Omit<DriverContext, 'budget' | 'storedPosts' | 'storedAuthors'> => {
    const notices = { warn: (message: string) => emit({ kind: 'info', what: name, message }) };
    return { clock, fetch, lookup: fetch.lookup, notices, configDir, dataDir, shared };
  };
  async function keep<T extends AsyncDisposable>(driver: Promise<T> | undefined): Promise<T> {
    const ready = await driver;
    if (ready === undefined) throw new Error('the platform cannot do this');
    opened.push(ready);
    return ready;
  }
  const ofFeed = ({ name, platform }: FeedEntry): DriverContext => ({
    ...context(name),
    // A stream spends from its feed's account.
    budget: openBudget(ledger, feedAccount(name), noCaps),
    storedAuthors: () => authorsOf(ledger.db, platform),
    storedPosts: (limit) => textsOfFeed(ledger.db, { platform, feeds: [name, streamName(name)], limit }),
  });
  const open = (call: 'openFeed' | 'openStream', entry: FeedEntry) =>
    once(async () => keep((await driverOf(entry.platform))[call]?.(entry.config, ofFeed(entry))));
  const openPublisher = async ({ name, platform, config: own, limits }: PublisherEntry) => {
    const budget = openBudget(ledger, name, limits.budget);
    return keep((await driverOf(platform)).openPublisher?.(own, { ...context(name), budget }));
  };
  const openContext = async (entry: FeedEntry): Promise<Context | undefined> => {
    const driver = await driverOf(entry.platform);
    if (driver.openContext === undefined) return undefined;
    return cachedContext(await keep(driver.openContext(entry.config, ofFeed(entry))), clock);
  };
  const contexts = config.feeds.flatMap((entry) => {
    const opening = once(() => openContext(entry));
    return [entry.name, streamName(entry.name)].map((name) => [name, opening] as const);
  });
  const contextOf = new Map(contexts);
  const publishers = new Map(config.publishers.map((entry) => [entry.name, once(() => openPublisher(entry))]));
  return {
    feeds: new Map<string, FeedSource>([
      ...config.feeds.map((entry) => [entry.name, { ...entry, open: open('openFeed', entry) }] as const),
      ...config.feeds.filter(hasStream).map((entry) => streamBeside(entry, open('openStream', entry))),
    ]),
    /** Also for requests outside the drivers. */
    fetch,
    context: async (feed: string): Promise<Context | undefined> => contextOf.get(feed)?.(),
    publisher: async (name: string): Promise<Publisher | undefined> => publishers.get(name)?.(),
    async [Symbol.asyncDispose]() {
      for (const driver of opened) await driver[Symbol.asyncDispose]();
      await fetch[Symbol.asyncDispose]();
    },
  };
}

function hasStream({ platform, config }: FeedEntry): boolean {
  return config['stream'] !== false && platformOf(platform)?.streams === true;
}

/** A broken stream is opened again after this; an error delays it longer. */
const reopenMs = 5000;

/** A name that no feed can have. */
function streamName(feed: string): string {
  return `${feed}~stream`;
}

export function streamBeside(
  { name, onTopic }: Pick<FeedEntry, 'name' | 'onTopic'>,
  open: () => Promise<Feed>,
): readonly [string, FeedSource] {
  const beside = streamName(name);
  return [beside, { name: beside, everyMs: reopenMs, onTopic, streamOf: name, open }];
}

async function driverOf(id: string): Promise<Driver<unknown, unknown>> {
  const driver = await loadDriver(id);
  if (driver === undefined) throw new ConfigError([`there is no platform ${id}`]);
  return driver;
}

/** The first call's promise for all; a failure is not remembered, so the next call tries again. */
function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}
