import { recordAudit } from '../ledger/operators/audit-log.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { approveTrackback, rejectTrackback } from '../ledger/links/trackback-rows.ts';
import { auditEntryOf } from './operator.ts';

/** What a person says about a page that links to a cable. */
export interface TrackbackDecision {
  readonly id: string;
  readonly choice: 'approve' | 'reject';
  readonly who: string;
}

/** Does it and writes down who did, in one transaction. False: it does not wait for a word any more, and nothing was done. */
export async function decideTrackback(ledger: Ledger, { id, choice, who }: TrackbackDecision): Promise<boolean> {
  const now = await ledger.now();
  return await ledger.transact(async (tx) => {
    const done = await (choice === 'approve' ? approveTrackback : rejectTrackback)(tx, id, now);
    if (done) await recordAudit(tx, auditEntryOf(`trackback ${choice}`, id, now, '', who));
    return done;
  });
}
