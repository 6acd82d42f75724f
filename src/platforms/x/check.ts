import { messageOf } from '../../core/errors.ts';
import type { DriverContext } from '../platform.ts';
import { keysOf, openClient, type Ways } from './client.ts';
import type { XFeed, XPublisher } from './config.ts';
import { maxQueryLength, queriesFor } from './queries.ts';
import { Me, Usage } from './wire.ts';

const timeoutMs = 10_000;
/** X refuses signatures of a clock that is off by more than five minutes. */
const mostSkewMs = 60_000;

/** Asks how much was used, which costs nothing. Also undefined where all is well. */
export async function checkFeed(
  config: XFeed,
  { clock, limits }: DriverContext,
  ways: Ways,
): Promise<string | undefined> {
  if (queriesFor(config, maxQueryLength).length === 0)
    return 'it looks for nothing: name `tags`, `ids` or an `account`';
  if (config.budget.perDay === 0 || config.budget.perMonth === 0) return 'its `budget` is 0, so nothing is read';
  const client = openClient(config.bearerToken.reveal(), { clock, ...ways, ...(limits !== undefined && { limits }) });
  try {
    const { data } = (await client.get({ name: 'usage', path: 'usage/tweets' }, Usage, AbortSignal.timeout(timeoutMs)))
      .body;
    const { project_usage: used, project_cap: cap } = data;
    return used !== undefined && cap !== undefined && used >= cap
      ? `all ${cap} posts of this month are read`
      : undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** Asks who the keys belong to, which X charges as a user object. */
export async function checkPublisher(
  config: XPublisher,
  { clock, limits }: DriverContext,
  ways: Ways,
): Promise<string | undefined> {
  const client = openClient(keysOf(config), { clock, ...ways, ...(limits !== undefined && { limits }) });
  try {
    const call = { name: 'account', path: 'users/me' };
    const { body, headers } = await client.get(call, Me, AbortSignal.timeout(timeoutMs));
    const { id, username } = body.data;
    if (id !== config.account.id) return `the tokens are those of @${username} (${id}), not of ${config.account.id}`;
    if (username.toLowerCase() !== config.account.handle.toLowerCase())
      return `the account is called @${username} now, not @${config.account.handle}`;
    if (headers['x-access-level'] === 'read')
      return 'the tokens may only read: give the app the right to write, and make them anew';
    const skewMs = Math.abs(Date.parse(headers.date ?? '') - clock.now());
    return skewMs > mostSkewMs ? `the clock is ${Math.round(skewMs / 1000)} s away from that of X` : undefined;
  } catch (error) {
    return messageOf(error);
  }
}
