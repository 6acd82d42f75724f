import { once } from 'node:events';
import type { Driver, DriverContext, Feed } from '../platform.ts';
import { type Account, openAccount } from './account.ts';
import { accountFaults, hostFaults } from './check.ts';
import type { BlueskyFeed, BlueskyPublisher } from './config.ts';
import { openMentionFeed } from './feed.ts';
import { listenToJetstream } from './jetstream.ts';
import { openPublisher } from './publisher.ts';
import { type Hosts, openStream } from './stream.ts';
import type { Listen } from './stream-event.ts';

export const driver: Driver<BlueskyFeed, BlueskyPublisher> = {
  async openFeed(config, context) {
    const account = accountOf(config, context);
    return withAccount(openMentionFeed(config, account, context), account);
  },
  async openStream(config, context) {
    const account = accountOf(config, context);
    const hosts = hostsOf(config);
    return withAccount(hosts === undefined ? silentStream : openStream(config, hosts, account, context), account);
  },
  async openPublisher(config, context) {
    const account = openAccount(config, context);
    try {
      return await openPublisher(account, context.clock);
    } catch (error) {
      await account[Symbol.asyncDispose]();
      throw error;
    }
  },
  async checkFeed(config, context) {
    const { account } = config;
    const faults = account ? await accountFaults(account, context) : [];
    return inWords([...faults, ...(await hostFaults(hostsOf(config)))]);
  },
  checkPublisher: async (config, context) => inWords(await accountFaults(config, context, { label: true })),
};

/** Bluesky's public servers. (docs.bsky.app/blog/jetstream) */
const publicHosts = {
  jetstream: [
    'wss://jetstream1.us-west.bsky.network/subscribe',
    'wss://jetstream1.us-east.bsky.network/subscribe',
    'wss://jetstream2.us-west.bsky.network/subscribe',
    'wss://jetstream2.us-east.bsky.network/subscribe',
  ],
  firehose: ['wss://bsky.network'],
};

function hostsOf({ source, hosts }: BlueskyFeed): Hosts | undefined {
  if (source === 'none') return undefined;
  return { source, hosts: hosts ?? publicHosts[source], listen: listeners[source] };
}

const listeners: Readonly<Record<Hosts['source'], Listen>> = {
  jetstream: listenToJetstream,
  // Loaded only when it is used, because its library takes memory.
  async *firehose(...how) {
    const { listenToFirehose } = await import('./firehose.ts');
    yield* listenToFirehose(...how);
  },
};

function accountOf({ account }: BlueskyFeed, context: DriverContext): Account | undefined {
  return account && openAccount(account, context);
}

function withAccount(feed: Feed, account: Account | undefined): Feed & AsyncDisposable {
  return {
    pages: (after, signal) => feed.pages(after, signal),
    [Symbol.asyncDispose]: async () => account?.[Symbol.asyncDispose](),
  };
}

/** Waits until the bot stops: after an earlier end, the feed would be read again and again. */
const silentStream: Feed = {
  // oxlint-disable-next-line eslint/require-yield
  async *pages(_after, signal) {
    if (!signal.aborted) await once(signal, 'abort');
  },
};

function inWords(faults: readonly string[]): string | undefined {
  return faults.length > 0 ? faults.join('; ') : undefined;
}
