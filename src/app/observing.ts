import type { Config } from '../config/config.ts';
import { messageOf } from '../core/errors.ts';
import type { BotEvent, Emit } from '../core/event.ts';
import { secretsIn } from '../core/secret.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { countLinks } from '../ledger/links/link-list.ts';
import { pingLedger, measure } from '../ledger/processes/measures.ts';
import { hideSecrets } from '../observe/hide.ts';
import { redirectLibraryOutput } from '../observe/library-output.ts';
import type { Figures } from '../observe/metrics.ts';
import type { Queue } from '../queue/queue.ts';
import { accountFigures } from './account-limits.ts';
import { rhythms, watchRhythms } from './watch-rhythms.ts';

/** What is watched of a bot. */
interface Observed {
  readonly ledger: Ledger;
  readonly queue: Queue;
  readonly stopping: AbortSignal;
}

interface ObservingOptions {
  /** Overrides `observe.log`. */
  readonly log?: 'text' | 'json' | undefined;
  /** Gets all events for its counts; shows nothing where the log is JSON. */
  readonly console: Emit;
  readonly version: string;
}

/**
 * Output of a command: events, and what libraries print, to console, log and metrics. Log, metrics and health are loaded only where they are configured: the embedded
 * start stays lean.
 */
export async function openObserving(config: Config, options: ObservingOptions) {
  const secrets = [...secretsIn(config)].map(({ secret }) => secret.reveal());
  const { hide } = hideSecrets(secrets);
  const json = (options.log ?? config.observe.log) === 'json';
  const listeners = new Set<Emit>([(event) => options.console(withoutSecrets(event, hide))]);
  const log = json ? await openJsonLog(secrets) : undefined;
  if (log !== undefined) listeners.add(log.emit);
  const emit = fanOut(listeners);
  const redirected = redirectLibraryOutput(emit);
  return {
    /** Passes an event to all listeners; never throws. */
    emit,
    /** True when events go to standard error as JSON, without plain text. */
    json,
    /** Watches a running bot until disposed: rhythms of the feeds, and metrics and health where they are configured. Errors: ConfigError. */
    async watch(app: Observed) {
      const feeds = config.feeds.map(({ name }) => name);
      const { listen } = config.observe;
      const { version } = options;
      const server = listen === null ? undefined : await serve(config, listen, { app, listeners, version });
      const watching = watchRhythms({ ledger: app.ledger, feeds, emit });
      return {
        /** Where metrics and health are served, without a path. */
        url: server?.url,
        async [Symbol.asyncDispose]() {
          await watching[Symbol.asyncDispose]();
          await server?.[Symbol.asyncDispose]();
        },
      };
    },
    async [Symbol.asyncDispose]() {
      redirected[Symbol.dispose]();
      await log?.[Symbol.asyncDispose]();
    },
  };
}

/** Emits to all listeners. A failing one must stop neither the others nor the bot, and the others tell of it. */
function fanOut(listeners: ReadonlySet<Emit>): Emit {
  return (event) => {
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        const message = `a listener failed on an event: ${messageOf(error)}`;
        for (const other of listeners) if (other !== listener) attempt(other, { kind: 'info', what: 'log', message });
      }
    }
  };
}

function attempt(listener: Emit, event: BotEvent): void {
  try {
    listener(event);
  } catch {
    // Nobody is left to tell.
  }
}

function withoutSecrets(event: BotEvent, hide: (text: string) => string): BotEvent {
  if (event.kind === 'info' || event.kind === 'error') return { ...event, message: hide(event.message) };
  if (event.kind !== 'rejected') return event;
  const { position, reason, excerpt } = event.reject;
  return { ...event, reject: { position: hide(position), reason: hide(reason), excerpt } };
}

async function openJsonLog(secrets: readonly string[]): Promise<{ emit: Emit } & AsyncDisposable> {
  const { openLog } = await import('../observe/log.ts');
  const { openStandardError } = await import('../observe/standard-error.ts');
  const { write, ...sink } = openStandardError();
  return { ...sink, emit: openLog({ secrets, write }) };
}

async function serve(
  config: Config,
  listen: string,
  { app, listeners, version }: { app: Observed; listeners: Set<Emit>; version: string },
) {
  const { openMetrics } = await import('../observe/metrics.ts');
  const { openServer } = await import('../observe/metrics-server.ts');
  const feeds = config.feeds.map(({ name }) => name);
  const readAt = new Map<string, number>();
  const publishers = config.publishers.map(({ name }) => name);
  const metrics = openMetrics({ version, feeds, publishers, figures: () => figuresOf(config, app, readAt) });
  const checks = [
    { name: 'ledger', check: () => pingLedger(app.ledger.db) },
    { name: 'queue', check: () => app.queue.depths() },
  ];
  const server = await openServer({ listen, hosts: config.observe.hosts, metrics, checks, stopping: app.stopping });
  listeners.add(metrics.emit);
  listeners.add((event) => {
    if (event.kind === 'ticked') server.ticked();
    if (event.kind === 'read') readAt.set(event.feed, Date.now());
  });
  return server;
}

/** Errors: the ledger's. A failing queue only leaves its own figures out. */
async function figuresOf(config: Config, app: Observed, readAt: ReadonlyMap<string, number>): Promise<Figures> {
  const { db } = app.ledger;
  const feeds = config.feeds.map(({ name }) => name);
  const now = await app.ledger.now();
  const [measures, known, queues, accounts, links] = await Promise.all([
    measure(db, feeds, now),
    rhythms(db, feeds),
    app.queue.depths().catch(() => ({})),
    accountFigures(config, db, now),
    config.links.check.enabled ? countLinks(db) : new Map(),
  ]);
  return {
    ...measures,
    feeds: measures.feeds.map(({ feed, polledAt }) => {
      // The ledger is written when something came; a read that brought nothing is known to this process alone.
      const last = Math.max(polledAt ?? 0, readAt.get(feed) ?? 0);
      const readMsAgo = last === 0 ? null : Math.max(0, now - last);
      return { feed, readMsAgo, silentMs: known.get(feed)?.silentMs ?? null };
    }),
    queues: new Map(Object.entries(queues)),
    accounts,
    links,
  };
}
