import type { Ledger } from '../ledger/ledger.ts';
import { retryNotices } from '../ledger/operators/notices.ts';
import { retryPost } from '../ledger/posts/posts.ts';
import { retryRefused, retryReply } from '../ledger/replies/replies.ts';
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
