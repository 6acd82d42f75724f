import { ApiRequestError } from 'twitter-api-v2';
import { z } from 'zod';
import { PermanentError, RetryLater } from '../../core/errors.ts';
import type { Page } from '../../core/post.ts';
import { openBudgets } from '../../net/rate-limits.ts';
import type { DriverContext, Feed } from '../platform.ts';
import { type Client, openClient, type Transport } from './client.ts';
import type { XFeed } from './config.ts';
import { connect, type Connection } from './connection.ts';
import { answerIn, faultOf } from './faults.ts';
import { maxRuleLength, queriesFor } from './queries.ts';
import { openReconnectPolicy, type ReconnectPolicy } from './reconnect.ts';
import { readItem, usersIn } from './to-post.ts';
import { openPrepaidBlock } from './money.ts';
import { fieldsOf, Rules, Streamed } from './wire.ts';

/**
 * The filtered stream. It only speeds the feed up, which finds what a broken connection missed. Each call is one connection; the pages end
 * with it, or with RetryLater, which says when the next one may be made.
 */
export function openStream(config: XFeed, context: DriverContext, transport: Transport): Feed & AsyncDisposable {
  const { clock, notices, budget } = context;
  const token = config.bearerToken.reveal();
  const client = openClient(token, { clock, ...transport });
  const policy = openReconnectPolicy(clock);
  const budgets = openBudgets(clock);
  const { read, user } = config.prices;
  const price = read + (config.authors ? user : 0);

  async function listen(onPost: () => void, signal: AbortSignal): Promise<Connection> {
    policy.countConnection();
    try {
      return await connect(token, fieldsOf(config), { ...transport, onPost, signal });
    } catch (error) {
      signal.throwIfAborted();
      throw refusalOf(faultOf(error, 'stream', budgets), error, policy);
    }
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
        for await (const event of connection.events()) {
          works = true;
          policy.reset();
          if (event === 'alive') continue;
          await block.renew();
          const page = pageOf(event.line, config);
          if (page !== undefined) yield page;
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

/** Waits as X's rules say after such a failure, or longer if the answer says so. */
function refusalOf(fault: Error, error: unknown, policy: ReconnectPolicy): Error {
  if (fault instanceof PermanentError) return fault;
  const status = answerIn(error)?.status;
  const kind = status === 429 ? 'too many' : status === undefined ? 'network' : 'http';
  const waitMs = policy.delayAfter(kind);
  const requestedMs = kind === 'too many' && fault instanceof RetryLater ? fault.delayMs : 0;
  const message = error instanceof ApiRequestError ? `the stream: ${fault.message}` : fault.message;
  return new RetryLater(message, Math.max(waitMs, requestedMs), { cause: error });
}

function pageOf(line: unknown, { account }: XFeed): Page | undefined {
  const { data, includes } = Streamed.safeParse(line).data ?? { data: line, includes: { users: [] } };
  const item = readItem(data, usersIn(includes.users), account);
  const cursor = item.id ?? 'live';
  if ('reject' in item) return { posts: [], rejects: [item.reject], cursor };
  if ('change' in item) return { posts: [], changes: [item.change], rejects: [], cursor };
  if (item.post.repost || item.post.author.id === account?.id) return undefined;
  return { posts: [item.post], rejects: [], cursor };
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
