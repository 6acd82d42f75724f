import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { BotEvent } from '../core/event.ts';
import type { ReplyState } from '../core/reply.ts';
import { Action } from '../core/verdict.ts';

/** The values of the gauges, read at each scrape. */
export interface Figures {
  readonly replies: ReadonlyMap<ReplyState, number>;
  readonly overdueMs: Readonly<Record<string, number>>;
  /** Null: never read, or not observed yet. */
  readonly feeds: readonly { feed: string; readMsAgo: number | null; silentMs: number | null }[];
  /** Waiting wake-ups by queue; empty if the queue cannot tell. */
  readonly queues: ReadonlyMap<string, number>;
  readonly accounts: readonly Account[];
  /** Link targets by health; empty if links are not checked. */
  readonly links: ReadonlyMap<string, number>;
}

/** An account's spending and its circuit breaker. */
export interface Account {
  readonly account: string;
  /** In dollars, this calendar month. */
  readonly used: number;
  /** Null: no limit. */
  readonly limit: number | null;
  readonly open: boolean;
}

export interface MetricsOptions {
  readonly version: string;
  readonly feeds: readonly string[];
  readonly publishers: readonly string[];
  /** Errors: the ledger's; the scrape then leaves these figures out. */
  readonly figures: () => Promise<Figures>;
}

/** Counters of this process and gauges of the ledger, in their own registry. */
export function openMetrics(options: MetricsOptions) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const count = counters(registry, options);
  const show = gauges(registry, options.version);
  let running: Promise<string> | undefined;
  async function scrape(): Promise<string> {
    show(await Promise.race([options.figures(), later(timeoutMs)]).catch(() => undefined));
    return await registry.metrics();
  }
  return {
    emit: count,
    contentType: registry.contentType,
    /** The text of one scrape. Concurrent scrapes share it. */
    scrape(): Promise<string> {
      running ??= scrape().finally(() => {
        running = undefined;
      });
      return running;
    },
    /** The names of all metrics. */
    names: () => registry.getMetricsAsArray().map(({ name }) => name),
  };
}

/** A scraper gives up after ten seconds, so serve the counters without the gauges of a slow ledger. */
const timeoutMs = 2000;

async function later(ms: number): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  setTimeout(() => resolve(undefined), ms).unref();
  return await promise;
}

function counters(registry: Registry, { feeds, publishers }: MetricsOptions): (event: BotEvent) => void {
  // Initialize each series, so that its rate is right from the first event.
  const counter = (name: string, help: string, label?: string, values: readonly string[] = []) => {
    const labelNames = label === undefined ? [] : [label];
    const made = new Counter({ name: `pilcrow_${name}`, help, labelNames, registers: [registry] });
    for (const value of values) made.labels(value).inc(0);
    return made;
  };
  const seen = counter('posts_seen_total', 'Posts that a feed delivered.', 'feed', feeds);
  const ingested = counter(
    'posts_ingested_total',
    'Posts that were stored: they cite a cable or address the bot.',
    'feed',
    feeds,
  );
  const rejected = counter('posts_rejected_total', 'Malformed posts of a feed.', 'feed', feeds);
  const decided = counter('posts_decided_total', 'Verdicts by action.', 'action', Action.options);
  const sent = counter('replies_sent_total', 'Replies that were sent.', 'publisher', publishers);
  const unknown = counter('replies_unknown_total', 'Attempts of unknown outcome.', 'publisher', publishers);
  const refused = counter('replies_refused_total', 'Replies that the platform refused.', 'publisher', publishers);
  const errors = counter('errors_total', 'Reported errors.');
  const failedLogins = counter('logins_failed_total', 'Wrong passwords and tokens at the operator’s page.');
  return (event) => {
    if (event.kind === 'polled') {
      seen.labels(event.feed).inc(event.seen);
      ingested.labels(event.feed).inc(event.ingested);
    } else if (event.kind === 'rejected') rejected.labels(event.feed).inc();
    else if (event.kind === 'decided') decided.labels(event.verdict.action).inc();
    else if (event.kind === 'sent') sent.labels(event.publisher).inc();
    else if (event.kind === 'info') failedLogins.inc(event.failedLogin === true ? 1 : 0);
    else if (event.kind === 'error') {
      errors.inc();
      if (event.reply?.state === 'unknown') unknown.labels(event.reply.publisher).inc();
      if (event.reply?.state === 'refused') refused.labels(event.reply.publisher).inc();
    }
  };
}

/** Undefined figures are left out: an old value would look like a current one. */
function gauges(registry: Registry, version: string): (figures: Figures | undefined) => void {
  const all: Gauge[] = [];
  const gauge = (name: string, help: string, ...labelNames: string[]) => {
    const made = new Gauge({ name: `pilcrow_${name}`, help, labelNames, registers: [registry] });
    all.push(made);
    return made;
  };
  const build = gauge('build_info', 'Always 1.', 'version', 'node');
  const up = gauge('ledger_up', '1 if the ledger answered this scrape.');
  const replies = gauge('replies', 'Open replies by state, counted up to 10000.', 'state');
  const overdue = gauge('oldest_due_age_seconds', 'How long the oldest due work has waited.', 'kind');
  const read = gauge('feed_read_age_seconds', 'Time since a feed was last read completely.', 'feed');
  const silent = gauge('feed_silence_seconds', 'Observed time since a feed delivered something new.', 'feed');
  const queue = gauge('queue_depth', 'Wake-ups that wait for a worker.', 'queue');
  const used = gauge('budget_used_dollars', 'What an account has spent this calendar month.', 'account');
  const limit = gauge('budget_limit_dollars', 'The monthly budget of an account.', 'account');
  const links = gauge('links', 'Link targets by health, counted up to 10000.', 'state');
  const open = gauge('breaker_open', '1 while the circuit breaker of an account is open.', 'account');
  return (figures) => {
    for (const one of all) one.reset();
    build.labels(version, process.versions.node).set(1);
    up.set(figures === undefined ? 0 : 1);
    if (figures === undefined) return;
    for (const [state, count] of figures.replies) replies.labels(state).set(count);
    for (const [kind, ms] of Object.entries(figures.overdueMs)) overdue.labels(kind).set(ms / 1000);
    for (const { feed, readMsAgo, silentMs } of figures.feeds) {
      if (readMsAgo !== null) read.labels(feed).set(readMsAgo / 1000);
      if (silentMs !== null) silent.labels(feed).set(silentMs / 1000);
    }
    for (const [state, count] of figures.links) links.labels(state).set(count);
    for (const [name, waiting] of figures.queues) queue.labels(name).set(waiting);
    for (const account of figures.accounts) {
      used.labels(account.account).set(account.used);
      if (account.limit !== null) limit.labels(account.account).set(account.limit);
      open.labels(account.account).set(account.open ? 1 : 0);
    }
  };
}
