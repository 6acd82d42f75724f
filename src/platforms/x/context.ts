import { RetryLater } from '../../core/errors.ts';
import type { Post } from '../../core/post.ts';
import type { Context, DriverContext } from '../platform.ts';
import { Client, type Transport } from './client.ts';
import type { XFeed } from './config.ts';
import { isHidden, isMissing, lookUp } from './recheck.ts';
import { besideIn, readItem } from './to-post.ts';

const retryMs = 60_000;

/** Looks posts up by id, without their authors' names, which cost twice as much. The feed's budget pays. */
export async function openContext(
  config: XFeed,
  context: DriverContext,
  transport: Transport,
): Promise<Context & AsyncDisposable> {
  const client = new Client(config.bearerToken.reveal(), context, transport);
  const reader = { client, money: { budget: context.budget, caps: config.budget, prices: config.prices } };
  return {
    async posts(refs, signal) {
      const ids = refs.map(({ id }) => id);
      const wanted = { authors: false, altTexts: config.altTexts };
      const { data, errors, includes } = await lookUp(ids, reader, wanted, signal);
      const beside = besideIn(includes);
      const found = new Map<string, Post | 'gone' | 'private'>();
      for (const error of errors)
        if (isMissing(error)) found.set(error.resource_id ?? '', isHidden(error) ? 'private' : 'gone');
      for (const raw of data) {
        const item = readItem(raw, beside, config.account);
        if (item.id !== undefined) found.set(item.id, 'post' in item ? item.post : 'gone');
      }
      const silent = ids.find((id) => !found.has(id));
      if (silent !== undefined) throw new RetryLater(`X did not answer about post ${silent}`, retryMs);
      return found;
    },
    [Symbol.asyncDispose]: async () => {},
  };
}
