import { ApiRequestError } from 'twitter-api-v2';
import { z } from 'zod';
import { PermanentError, RetryLater } from '../../core/errors.ts';
import type { Page } from '../../core/post.ts';
import { openBudgets } from '../../net/rate-limits.ts';
import type { DriverContext, Feed } from '../platform.ts';
import { type Client, openClient, type Ways } from './client.ts';
import type { XFeed } from './config.ts';
import { connect, type Connection } from './connection.ts';
import { answerIn, faultOf } from './faults.ts';
import { maxRuleLength, queriesFor } from './queries.ts';
import { type Discipline, openDiscipline } from './reconnect.ts';
import { readItem, usersIn } from './to-post.ts';
import { openPrepaidBlock } from './money.ts';
import { fieldsOf, Rules, Streamed } from './wire.ts';

/**
 * The filtered stream: a doorbell for the feed, which reads again what a broken connection kept back. Each call is one connection: it ends
 * when that does, or says with RetryLater when the next one may be made.
 */
export function openStream(config: XFeed, context: DriverContext, ways: Ways): Feed & AsyncDisposable {
  const { clock, notices, budget } = context;
  const token = config.bearerToken.reveal();
  const client = openClient(token, { clock, ...ways });
  const discipline = openDiscipline(clock);
  const budgets = openBudgets(clock);
  const { read, user } = config.prices;
  const price = read + (config.authors ? user : 0);

  async function listen(onPost: () => void, signal: AbortSignal): Promise<Connection> {
    discipline.connecting();
    try {
      return await connect(token, fieldsOf(config), { ...ways, onPost, signal });
    } catch (error) {
      signal.throwIfAborted();
      throw refusalOf(faultOf(error, 'stream', budgets), error, discipline);
    }
  }

  return {
    async *pages(_after, signal) {
      const others = await ensureRules(client, queriesFor(config, maxRuleLength), signal);
      if (others > 0)
        notices.warn(`${others} rules of the app’s stream are not the bot’s: what they bring costs money, too`);
      const block = await openPrepaidBlock({ budget, caps: config.budget, size: config.budget.stream, price });
      let works = false;
      try {
        using connection = await listen(() => block.arrived(), signal);
        for await (const event of connection.events()) {
          works = true;
          discipline.works();
          if (event === 'alive') continue;
          await block.renew();
          const page = pageOf(event.line, config);
          if (page !== undefined) yield page;
        }
      } finally {
        await block.close();
      }
      if (!works && !signal.aborted)
        throw new RetryLater('the stream ended before it brought anything', discipline.failed('network'));
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** What X asks for after such a failure, or longer where it says so itself. */
function refusalOf(fault: Error, error: unknown, discipline: Discipline): Error {
  if (fault instanceof PermanentError) return fault;
  const status = answerIn(error)?.status;
  const kind = status === 429 ? 'too many' : status === undefined ? 'network' : 'http';
  const waitMs = discipline.failed(kind);
  const asked = kind === 'too many' && fault instanceof RetryLater ? fault.delayMs : 0;
  const message = error instanceof ApiRequestError ? `the stream: ${fault.message}` : fault.message;
  return new RetryLater(message, Math.max(waitMs, asked), { cause: error });
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

/** By it the bot knows its own rules among those of the app. */
const tag = 'pilcrow';
const path = 'tweets/search/stream/rules';

/** Makes the app's rules for the stream those that are wanted. Others' are left alone; returns how many there are: they cost money, too. */
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
