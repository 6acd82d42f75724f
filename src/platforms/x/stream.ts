import { z } from 'zod';
import { messageOf, PermanentError, RetryLater } from '../../core/errors.ts';
import type { Page } from '../../core/post.ts';
import { openBudgets } from '../../net/rate-limits.ts';
import type { DriverContext, Feed } from '../platform.ts';
import { Client, type Transport } from './client.ts';
import type { XFeed } from './config.ts';
import { connect, type Connection } from './connection.ts';
import { refusalOf } from './faults.ts';
import { maxRuleLength, queriesFor } from './queries.ts';
import { openReconnectPolicy } from './reconnect.ts';
import { contentOf, readItem, usersIn } from './to-post.ts';
import { openPrepaidBlock } from './money.ts';
import { fieldsOf, Rules, Streamed } from './wire.ts';

/**
 * The filtered stream. It only speeds the feed up, which finds what a broken connection missed. Each call is one connection; the pages end
 * with it, or with RetryLater, which says when the next one may be made.
 */
export function openStream(config: XFeed, context: DriverContext, transport: Transport): Feed & AsyncDisposable {
  const { clock, notices, budget } = context;
  const token = config.bearerToken.reveal();
  const client = new Client(token, context, transport);
  const policy = openReconnectPolicy(clock);
  const budgets = openBudgets(clock);
  const { read, user } = config.prices;
  const price = read + (config.authors ? user : 0);

  /** Errors: RetryLater, as X's rules say; PermanentError. */
  async function listen(onPost: () => void, signal: AbortSignal): Promise<Connection> {
    policy.countConnection();
    const connection = await connect(token, fieldsOf(config), { ...transport, onPost, signal }).catch(
      (error: unknown) => {
        signal.throwIfAborted();
        const message = `the stream cannot be reached: ${messageOf(error)}`;
        throw new RetryLater(message, policy.delayAfter('network'), { cause: error });
      },
    );
    if (!('status' in connection)) return connection;
    const fault = refusalOf(connection, 'stream', budgets);
    if (fault instanceof PermanentError) throw fault;
    const waitMs = policy.delayAfter(connection.status === 429 ? 'too many' : 'http');
    // A 429 may ask for longer.
    const askedMs = connection.status === 429 && fault instanceof RetryLater ? fault.delayMs : 0;
    throw new RetryLater(fault.message, Math.max(waitMs, askedMs), { cause: fault });
  }

  return {
    async *pages(_after, signal) {
      const others = await ensureRules(client, queriesFor(config, maxRuleLength), signal);
      if (others > 0)
        notices.warn(`${others} rules of the app’s stream are not the bot’s, and their posts cost money as well`);
      const block = await openPrepaidBlock({ budget, caps: config.budget, size: config.budget.stream, price });
      let works = false;
      try {
        using connection = await listen(() => block.arrived(), signal);
        for await (const events of connection.events) {
          works = true;
          policy.reset();
          for (const event of events) {
            if (event === 'alive') continue;
            await block.renew();
            const page = pageOf(event.line, config);
            if (page !== undefined) yield page;
          }
        }
      } finally {
        await block.close();
      }
      if (!works && !signal.aborted)
        throw new RetryLater('the stream ended before it delivered anything', policy.delayAfter('network'));
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function pageOf(line: unknown, { account }: XFeed): Page | undefined {
  const { data, includes } = Streamed.safeParse(line).data ?? { data: line, includes: { users: [] } };
  const item = readItem(data, usersIn(includes.users), account);
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
