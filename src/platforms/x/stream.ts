import { z } from 'zod';
import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import type { Cursor, Page } from '../../core/post.ts';
import { type Budgets, openBudgets } from '../../net/rate-limits.ts';
import type { DriverContext, Feed } from '../platform.ts';
import { Client, type Transport } from './client.ts';
import { refusalOf } from './refusals.ts';
import type { XFeed } from './config.ts';
import { connect, type Connection, openReconnectPolicy, type ReconnectPolicy } from './connection.ts';
import { maxRuleLength, queriesFor } from './queries.ts';
import { besideIn, contentOf, nothingBeside, readItem } from './to-post.ts';
import { type Charged, idsOf, openCharged, openPrepaidBlock } from './money.ts';
import { fieldsOf, inNewWords, refusesFields, Rules, Streamed } from './wire.ts';

/**
 * The filtered stream. It only speeds the feed up, which finds what a broken connection missed. Each call is one connection; the pages end
 * with it, or with RetryLater, which says when the next one may be made.
 */
export class FilteredStream implements Feed, AsyncDisposable {
  readonly #config: XFeed;
  readonly #context: DriverContext;
  readonly #transport: Transport;
  readonly #client: Client;
  readonly #policy: ReconnectPolicy;
  readonly #budgets: Budgets;
  readonly #charged: Charged;
  #fields: Record<string, string>;

  constructor(config: XFeed, context: DriverContext, transport: Transport) {
    this.#config = config;
    this.#context = context;
    this.#transport = transport;
    this.#client = new Client(config.bearerToken.reveal(), context, transport);
    this.#policy = openReconnectPolicy(context.clock);
    this.#budgets = openBudgets(context.clock);
    this.#charged = openCharged(context.clock, config.prices.onceADay);
    this.#fields = fieldsOf(config);
  }

  async *pages(_after: Cursor | undefined, signal: AbortSignal): AsyncGenerator<Page> {
    const { budget: caps, prices, authors } = this.#config;
    const others = await ensureRules(this.#client, queriesFor(this.#config, maxRuleLength), signal);
    if (others > 0)
      this.#context.notices.warn(
        `${others} rules of the app’s stream are not the bot’s, and their posts cost money as well`,
      );
    const price = prices.read + (authors ? prices.user : 0);
    const block = await openPrepaidBlock({ budget: this.#context.budget, caps }, caps.stream, price);
    let works = false;
    try {
      using connection = await this.#connect((line) => block.arrived(this.#costOf(line)), signal);
      for await (const events of connection.events) {
        works = true;
        this.#policy.reset();
        for (const event of events) {
          if (event === 'alive') continue;
          await block.renew();
          const page = pageOf(event.line, this.#config);
          if (page !== undefined) yield page;
        }
      }
    } finally {
      await block.close();
    }
    if (!works && !signal.aborted)
      throw new RetryLater('the stream ended before it delivered anything', this.#policy.delayAfter('network'));
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /** X charges a post, and its author, once a day. */
  #costOf(line: unknown): number {
    const { prices, authors } = this.#config;
    const { data, includes } = Streamed.safeParse(line).data ?? { data: line, includes: nothingBeside };
    const counted = this.#charged.begin();
    const users = authors ? Math.min(1, counted(prices.user, idsOf(includes.users.slice(0, 1)))) : 0;
    return counted(prices.read, idsOf([data])) * prices.read + users * prices.user;
  }

  /** Errors: RetryLater, as X's rules say; PermanentError. */
  async #connect(onPost: (line: unknown) => boolean, signal: AbortSignal): Promise<Connection> {
    this.#policy.countConnection();
    const options = { ...this.#transport, onPost, signal };
    const connection = await connect(this.#config.bearerToken.reveal(), this.#fields, options).catch(
      (error: unknown) => {
        signal.throwIfAborted();
        const message = `the stream cannot be reached: ${messageOf(error)}`;
        throw new RetryLater(message, this.#policy.delayAfter('network'), { cause: error });
      },
    );
    if (!('status' in connection)) return connection;
    const fault = refusalOf(connection, 'stream', this.#budgets);
    const renamed = refusesFields(connection.status, messageOf(fault)) ? inNewWords(this.#fields) : undefined;
    if (renamed !== undefined) {
      this.#fields = renamed;
      return await this.#connect(onPost, signal);
    }
    if (fault instanceof PermanentError) throw fault;
    const waitMs = this.#policy.delayAfter(connection.status === 429 ? 'too many' : 'http');
    // A 429 may ask for longer.
    const askedMs = connection.status === 429 && fault instanceof RetryLater ? fault.delayMs : 0;
    throw new RetryLater(fault.message, Math.max(waitMs, askedMs), { cause: fault });
  }
}

function pageOf(line: unknown, { account }: XFeed): Page | undefined {
  const { data, includes } = Streamed.safeParse(line).data ?? { data: line, includes: nothingBeside };
  const item = readItem(data, besideIn(includes), account);
  if ('post' in item && (item.post.repost || item.post.author.id === account?.id)) return undefined;
  return { ...contentOf([item]), cursor: item.id ?? 'live' };
}

/** Marks the bot's own rules among those of the app. */
const tag = 'pilcrow';
const path = 'tweets/search/stream/rules';

/** Replaces the bot's own stream rules with the wanted ones. Returns how many rules of others there are: their posts cost money as well. */
async function ensureRules(client: Client, wanted: readonly string[], signal: AbortSignal): Promise<number> {
  const { data } = (await client.get({ name: 'rules', path }, Rules, signal)).body;
  const own = data.filter((rule) => rule.tag === tag);
  const outdated = own.filter(({ value }) => !wanted.includes(value));
  const missing = wanted.filter((value) => !own.some((rule) => rule.value === value));
  const change = (body: Record<string, unknown>) => client.post({ name: 'rule changes', path, body }, Changed, signal);
  if (outdated.length > 0) await change({ delete: { ids: outdated.map(({ id }) => id) } });
  if (missing.length > 0) await change({ add: missing.map((value) => ({ value, tag })) });
  return data.length - own.length;
}

const Changed = z.object({ meta: z.object({ summary: z.object({ invalid: z.literal(0).optional() }).optional() }) });
