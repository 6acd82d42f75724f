import { once } from 'node:events';
import { z } from 'zod';
import { messageOf } from '../../core/errors.ts';
import type { Driver, DriverContext, Feed } from '../platform.ts';
import { jsonIn } from '../shared/parse-json.ts';
import { type Account, openAccount, Refusal } from './account.ts';
import type { BlueskyFeed, BlueskyPublisher } from './config.ts';
import { contextOf } from './context.ts';
import { openMentionFeed } from './feed.ts';
import { listenToJetstream, subscribeUrl } from './jetstream.ts';
import { openPublisher } from './publisher.ts';
import type { Login } from './session.ts';
import { connectionFault } from './socket.ts';
import { type Hosts, openStream } from './stream.ts';
import type { Listen } from './stream-event.ts';

export const driver: Driver<BlueskyFeed, BlueskyPublisher> = {
  async openFeed(config, context) {
    return withAccount(config, context, (account) => openMentionFeed(config, account, context));
  },
  async openStream(config, context) {
    const hosts = hostsOf(config);
    if (hosts === undefined) return silentStream;
    return withAccount(config, context, (account) => openStream(config, hosts, account, context));
  },
  async openContext({ account: login }, context) {
    const account = login && openAccount(login, context);
    return { ...contextOf(account), [Symbol.asyncDispose]: async () => account?.[Symbol.asyncDispose]() };
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
    const faults = config.account ? await accountFaults(config.account, context, false) : [];
    return [...faults, ...(await hostFaults(hostsOf(config)))].join('; ') || undefined;
  },
  async checkPublisher(config, context) {
    return (await accountFaults(config, context, true)).join('; ') || undefined;
  },
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

function withAccount(
  { account: login }: BlueskyFeed,
  context: DriverContext,
  open: (account: Account | undefined) => Feed,
): Feed & AsyncDisposable {
  const account = login && openAccount(login, context);
  return { ...open(account), [Symbol.asyncDispose]: async () => account?.[Symbol.asyncDispose]() };
}

/** Waits until the bot stops: after an earlier end, the feed would be read again and again. */
const silentStream: Feed & AsyncDisposable = {
  // oxlint-disable-next-line eslint/require-yield
  async *pages(_after, signal) {
    if (!signal.aborted) await once(signal, 'abort');
  },
  [Symbol.asyncDispose]: async () => {},
};

/** Posts carry the bot's time, and the network orders them by it. */
const maxSkewMs = 60_000;

const Profile = z.object({
  value: z.object({ labels: z.object({ values: z.array(z.object({ val: z.string() })).catch([]) }).optional() }),
});
const Server = z.object({ did: z.string(), active: z.boolean().optional(), status: z.string().optional() });
const Claims = z.object({ scope: z.string() });

/** Problems of the account, in words. `writes`: also check that its profile has the label `bot`. */
async function accountFaults(login: Login, context: DriverContext, writes: boolean): Promise<string[]> {
  await using account = openAccount(login, context);
  const { signal } = new AbortController();
  try {
    const { active, status } = await account.get('com.atproto.server.getSession', {}, Server, signal);
    const skewMs = account.clockAhead();
    const isSkewed = Math.abs(skewMs) > maxSkewMs;
    const isMain = isMainPassword(await account.accessJwt());
    const isUnlabelled = writes && !(await hasBotLabel(account, signal));
    return [
      active === false && `the account is not active: ${status ?? 'no reason given'}`,
      isMain && 'this is the account’s main password: create an app password',
      isSkewed && `the clock is ${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs > 0 ? 'slow' : 'fast'}`,
      isUnlabelled && 'the profile has no self-label `bot`: see docs/platforms/bluesky.md',
    ].filter((fault) => fault !== false);
  } catch (error) {
    return [messageOf(error)];
  }
}

/** Hosts that do not accept a connection, with the reason. */
async function hostFaults(hosts: Hosts | undefined): Promise<string[]> {
  const faults = (hosts?.hosts ?? []).map(async (host) => {
    const relayUrl = `${host.replace(/\/$/, '')}/xrpc/com.atproto.sync.subscribeRepos`;
    const url = hosts?.source === 'firehose' ? relayUrl : subscribeUrl(host);
    const fault = await connectionFault(url);
    return fault === undefined ? [] : [`${URL.parse(host)?.host}: ${fault}`];
  });
  return (await Promise.all(faults)).flat();
}

/** The label that bots give themselves. (docs.bsky.app/docs/starter-templates/bots) */
async function hasBotLabel(account: Account, signal: AbortSignal): Promise<boolean> {
  const params = { repo: await account.did(), collection: 'app.bsky.actor.profile', rkey: 'self' };
  try {
    const { value } = await account.get('com.atproto.repo.getRecord', params, Profile, signal);
    return value.labels?.values.some(({ val }) => val === 'bot') ?? false;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'RecordNotFound') return false;
    throw error;
  }
}

/** The scope of the token says so; tokens of app passwords have another. */
function isMainPassword(jwt: string): boolean {
  const claims = jsonIn(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());
  return Claims.safeParse(claims).data?.scope === 'com.atproto.access';
}
