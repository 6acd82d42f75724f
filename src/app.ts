import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { answererOf } from './app/answering.ts';
import { openQueue, idleQueue } from './app/open-queue.ts';
import { type Account, accountOf } from './app/account-limits.ts';
import { logOf } from './app/check-config.ts';
import { openChannels } from './app/open-channels.ts';
import { type Cables, openCables } from './app/open-cables.ts';
import { type FeedSource, openDrivers } from './app/open-drivers.ts';
import { openLedger } from './app/open-ledger.ts';
import { ledgerKnowledge } from './app/link-knowledge.ts';
import { stoppedBecause } from './app/pause-file.ts';
import { openRulebooks, type Rulebooks } from './app/rulebook.ts';
import { readRules } from './app/read-rules.ts';
import type { Channel } from './channels/channel.ts';
import type { Config } from './config/config.ts';
import { oncePerTurn } from './core/async.ts';
import { type Clock, systemClock } from './core/clock.ts';
import type { Emit } from './core/event.ts';
import { timeouts, type Timeouts } from './core/timeouts.ts';
import type { Failpoint } from './core/failpoints.ts';
import type { Post } from './core/post.ts';
import type { Ledger } from './ledger/ledger.ts';
import { type LinkProbe, openLinkProbe } from './net/link-probe.ts';
import type { GuardedFetch } from './net/guarded-fetch.ts';
import type { Context, Publisher } from './platforms/platform.ts';
import type { Queue } from './queue/queue.ts';

/** Everything that workers use. */
export interface App extends AsyncDisposable {
  /** Identifies this process in leases. */
  readonly id: string;
  readonly config: Config;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  readonly ledger: Ledger;
  readonly queue: Queue;
  readonly cables: Cables;
  readonly linkProbe: LinkProbe;
  /** The only way to a URL that a stranger chose. */
  readonly fetch: GuardedFetch;
  readonly feeds: ReadonlyMap<string, FeedSource>;
  readonly rulebooks: Rulebooks;
  readonly emit: Emit;
  /** Called between two steps of a worker; does nothing except in proofs. */
  readonly failpoint: (failpoint: Failpoint) => void;
  /** Aborted at shutdown: start nothing new. */
  readonly stopping: AbortSignal;
  /** Ends the process in order, with exit code 1. Says why once, however often it is called. */
  readonly fail: (reason: string) => void;
  /** Aborted when the grace period is over: cancel current work. */
  readonly hurry: AbortSignal;
  /** Platform and limits of a publisher. */
  account(publisher: string): Account;
  /** Why the PAUSE file stops all sending, if it does. */
  stoppedBecause(): string | undefined;
  /** Undefined: no such channel is configured. */
  channel(name: string): Channel | undefined;
  /** Reads posts with a feed's access. Undefined: its platform cannot, or no such feed is configured. */
  context(feed: string): Promise<Context | undefined>;
  /** Undefined: no such publisher is configured. */
  publisher(name: string): Promise<Publisher | undefined>;
  /** The publisher that answers a post of this feed: the log, where none of its platform may. */
  publisherFor(post: Post, feed: string): string;
}

export interface AppOptions
  extends Pick<App, 'emit' | 'stopping' | 'hurry'>, Partial<Pick<App, 'clock' | 'timeouts' | 'failpoint' | 'fail'>> {
  /** `none`: wake-ups are dropped, because the caller polls the ledger itself. */
  readonly queue?: 'configured' | 'none';
}

/** Builds the bot: ledger, queue, cables, rules, platforms. Errors: ConfigError. */
export async function openApp(config: Config, options: AppOptions): Promise<App> {
  const { emit, stopping, hurry, clock = systemClock } = options;
  const log = logOf(config);
  const rules = readRules(config);
  const ledger = await openLedger(config, options.clock);
  const known = ledgerKnowledge(config.links, ledger.db);
  const cables = await openCables(config, (message) => emit({ kind: 'info', what: 'documents', message }), known);
  const queue = options.queue === 'none' ? idleQueue : await openQueue(config, emit);
  const drivers = openDrivers(config, { emit, clock, ledger });
  const channels = openChannels(config, drivers.fetch);
  const { userAgent } = config.network;
  const linkProbe = openLinkProbe({ fetch: drivers.fetch, userAgent, now: () => clock.now() });
  const rulebooks = await openRulebooks(rules, { config, ledger, emit, publisher: drivers.publisher });
  return {
    ...drivers,
    timeouts: options.timeouts ?? timeouts,
    failpoint: options.failpoint ?? (() => {}),
    fail: options.fail ?? ((message) => emit({ kind: 'error', what: 'process', message })),
    emit,
    stopping,
    hurry,
    id: `${hostname()}:${process.pid}:${randomUUID()}`,
    config,
    clock,
    ledger,
    queue,
    cables,
    linkProbe,
    rulebooks,
    account: (name) => accountOf(config, name),
    stoppedBecause: oncePerTurn(() => stoppedBecause(config)),
    channel: (name) => channels.get(name),
    publisherFor: (post, feed) => answererOf(config, post, feed)?.publisher ?? log,
    async [Symbol.asyncDispose]() {
      for (const part of [queue, rulebooks, drivers, ledger]) await part[Symbol.asyncDispose]();
      cables[Symbol.dispose]();
    },
  };
}
