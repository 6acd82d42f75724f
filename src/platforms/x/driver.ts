import { messageOf } from '../../core/errors.ts';
import type { Driver, DriverContext } from '../platform.ts';
import { Client, keysOf, type Transport } from './client.ts';
import type { XFeed, XPublisher } from './config.ts';
import { openContext } from './context.ts';
import { SearchFeed } from './feed.ts';
import { openPublisher } from './publisher.ts';
import { maxQueryLength, queriesFor } from './queries.ts';
import { FilteredStream } from './stream.ts';
import { Me, Usage } from './wire.ts';

/** The driver over a transport: the internet, or a test's server. */
export function driverOver(transport: Transport): Driver<XFeed, XPublisher> {
  return {
    openFeed: async (config, context) => new SearchFeed(config, context, transport),
    openStream: async (config, context) => new FilteredStream(config, context, transport),
    openContext: (config, context) => openContext(config, context, transport),
    openPublisher: async (config, context) => openPublisher(config, context, transport),
    checkFeed: (config, context) =>
      checkFeed(config, new Client(config.bearerToken.reveal(), context, transport)).catch(messageOf),
    checkPublisher: (config, context) =>
      checkPublisher(config, new Client(keysOf(config), context, transport), context).catch(messageOf),
  };
}

export const driver = driverOver({});

const checkTimeoutMs = 10_000;
/** X rejects signatures from a clock that is off by more than five minutes. */
const maxSkewMs = 60_000;

/** Reads the usage, which is free. */
async function checkFeed(config: XFeed, client: Client): Promise<string | undefined> {
  if (queriesFor(config, maxQueryLength).length === 0)
    return 'it searches for nothing: add `hashtags`, `ids` or an `account`';
  if (config.budget.perDay === 0 || config.budget.perMonth === 0) return 'its `budget` is 0, so nothing is read';
  const call = { name: 'usage', path: 'usage/tweets' };
  const { body } = await client.get(call, Usage, AbortSignal.timeout(checkTimeoutMs));
  const { project_usage: used, project_cap: cap } = body.data;
  return used !== undefined && cap !== undefined && used >= cap ? `this month’s ${cap} posts are used up` : undefined;
}

/** Reads the account that the tokens belong to, which X charges as a user object. */
async function checkPublisher({ account }: XPublisher, client: Client, { clock }: DriverContext) {
  const call = { name: 'account', path: 'users/me' };
  const { body, headers } = await client.get(call, Me, AbortSignal.timeout(checkTimeoutMs));
  const { id, username } = body.data;
  if (id !== account.id) return `the tokens belong to @${username} (${id}), not to ${account.id}`;
  if (username.toLowerCase() !== account.handle.toLowerCase())
    return `the account is called @${username} now, not @${account.handle}`;
  if (headers['x-access-level'] === 'read')
    return 'the tokens are read-only: give the app write permission and create new tokens';
  const skewMs = Math.abs(Date.parse(headers.date ?? '') - clock.now());
  return skewMs > maxSkewMs ? `the clock is ${Math.round(skewMs / 1000)} s off from X’s` : undefined;
}
