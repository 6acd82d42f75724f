import { recordAudit } from '../ledger/operators/audit-log.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { retryNotices } from '../ledger/operators/notices.ts';
import { retryPost } from '../ledger/posts/posts.ts';
import { retryReply } from '../ledger/replies/replies.ts';
import { auditEntryOf } from './audit-entry.ts';

/**
 * Plans a refused or abandoned reply again, or resolves a failed post again, and records who did. False: there is no such reply or post.
 * `who` defaults to the user of this process.
 */
export async function retry(ledger: Ledger, { key, who }: { key: string; who?: string }): Promise<boolean> {
  const now = await ledger.now();
  return await ledger.transact(async (tx) => {
    if (!(await retryReply(tx, key, now)) && !(await retryPost(tx, key, now))) return false;
    await recordAudit(tx, auditEntryOf('reply retry', key, now, '', who));
    return true;
  });
}

/** Sends the notices of a channel again that were given up. False: there are none. */
export async function retryChannel(
  ledger: Ledger,
  { channel, who }: { channel: string; who?: string },
): Promise<boolean> {
  const now = await ledger.now();
  return await ledger.transact(async (tx) => {
    if (!(await retryNotices(tx, channel, now))) return false;
    await recordAudit(tx, auditEntryOf('notices retry', channel, now, '', who));
    return true;
  });
}
