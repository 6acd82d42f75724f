import type { Ledger } from '../ledger/ledger.ts';
import { retryDeliveries } from '../ledger/digests/deliveries.ts';
import { lostNotices, retryNotices } from '../ledger/operators/notices.ts';
import { retryFailedPosts, retryPost } from '../ledger/posts/posts.ts';
import { retryRefused, retryReply } from '../ledger/replies/replies.ts';
import { requestWithdrawal, type WithdrawalResult } from '../ledger/replies/withdraw-reply.ts';
import { audited } from './audit-entry.ts';

/** Plans a refused or abandoned reply again, or resolves a failed post again. False: there is no such one. `who` defaults to the user of this process. */
export async function retry(ledger: Ledger, { key, who }: { key: string; who?: string }): Promise<boolean> {
  return await audited(ledger, { action: 'reply retry', target: key, who }, async (tx, now) => {
    return (await retryReply(tx, key, now)) || (await retryPost(tx, key, now));
  });
}

/** Plans all refused replies of a publisher again; returns how many. */
export async function retryAllRefused(ledger: Ledger, publisher: string): Promise<number> {
  return await audited(ledger, { action: 'replies retry', target: publisher, note: 'all refused' }, (tx, now) =>
    retryRefused(tx, publisher, now),
  );
}

/** Sends the notices of a channel again that were given up. False: there are none. */
export async function retryChannel(ledger: Ledger, channel: string, who: string): Promise<boolean> {
  const entry = { action: 'notices retry', target: channel, who };
  return await audited(ledger, entry, (tx, now) => retryNotices(tx, channel, now));
}

/** How many dead letters were retried, by kind. */
export interface Retried {
  readonly posts: number;
  readonly replies: number;
  readonly channels: number;
  readonly deliveries: number;
}

/** Retries all dead letters but the abandoned replies, which may be out. Undefined: there are none. `who` defaults to the user of this process. */
export async function retryAll(ledger: Ledger, who?: string): Promise<Retried | undefined> {
  return await audited(ledger, { action: 'dead letters retry', target: 'all', who }, async (tx, now) => {
    const channels = await lostNotices(tx);
    for (const { channel } of channels) await retryNotices(tx, channel, now);
    const retried = {
      posts: await retryFailedPosts(tx, now),
      replies: await retryRefused(tx, undefined, now),
      channels: channels.length,
      deliveries: await retryDeliveries(tx, now),
    };
    return Object.values(retried).some((count) => count > 0) ? retried : undefined;
  });
}

/** For people: `5 posts, 1 reply`. */
export function inWords({ posts, replies, channels, deliveries }: Retried): string {
  const parts: readonly (readonly [number, string, string])[] = [
    [posts, 'post', 'posts'],
    [replies, 'reply', 'replies'],
    [channels, 'channel', 'channels'],
    [deliveries, 'delivery', 'deliveries'],
  ];
  const some = parts.filter(([count]) => count > 0);
  return some.map(([count, one, many]) => `${count} ${count === 1 ? one : many}`).join(', ');
}

/** Abandons a waiting reply, or has a sent one deleted. Undefined: there is nothing to withdraw. `who` defaults to the user of this process. */
export async function withdrawReply(
  ledger: Ledger,
  { key, who }: { key: string; who?: string },
): Promise<WithdrawalResult | undefined> {
  return await audited(ledger, { action: 'reply withdraw', target: key, who }, (tx, now) =>
    requestWithdrawal(tx, key, now),
  );
}
