import { messageOf } from '../../core/errors.ts';
import type { DriverContext } from '../platform.ts';
import { Client, keysOf, type Transport } from './client.ts';
import type { XFeed, XPublisher } from './config.ts';
import { maxQueryLength, queriesFor } from './queries.ts';
import { Me, Usage } from './wire.ts';

const timeoutMs = 10_000;
/** X rejects signatures from a clock that is off by more than five minutes. */
const maxSkewMs = 60_000;

/** Reads the usage, which is free. Undefined, or what is wrong, in words. */
export async function checkFeed(
  config: XFeed,
  context: DriverContext,
  transport: Transport,
): Promise<string | undefined> {
  if (queriesFor(config, maxQueryLength).length === 0)
    return 'it searches for nothing: add `hashtags`, `ids` or an `account`';
  if (config.budget.perDay === 0 || config.budget.perMonth === 0) return 'its `budget` is 0, so nothing is read';
  const client = new Client(config.bearerToken.reveal(), context, transport);
  try {
    const call = { name: 'usage', path: 'usage/tweets' };
    const { project_usage: used, project_cap: cap } = (await client.get(call, Usage, AbortSignal.timeout(timeoutMs)))
      .body.data;
    return used !== undefined && cap !== undefined && used >= cap ? `this month’s ${cap} posts are used up` : undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** Reads the account that the tokens belong to, which X charges as a user object. Undefined, or what is wrong, in words. */
export async function checkPublisher(
  config: XPublisher,
  context: DriverContext,
  transport: Transport,
): Promise<string | undefined> {
  const client = new Client(keysOf(config), context, transport);
  try {
    const call = { name: 'account', path: 'users/me' };
    const { body, headers } = await client.get(call, Me, AbortSignal.timeout(timeoutMs));
    const { id, username } = body.data;
    if (id !== config.account.id) return `the tokens belong to @${username} (${id}), not to ${config.account.id}`;
    if (username.toLowerCase() !== config.account.handle.toLowerCase())
      return `the account is called @${username} now, not @${config.account.handle}`;
    if (headers['x-access-level'] === 'read')
      return 'the tokens are read-only: give the app write permission and create new tokens';
    const skewMs = Math.abs(Date.parse(headers.date ?? '') - context.clock.now());
    return skewMs > maxSkewMs ? `the clock is ${Math.round(skewMs / 1000)} s off from X’s` : undefined;
  } catch (error) {
    return messageOf(error);
  }
}
