import type { Config } from '../config/config.ts';
import { UsageError } from '../core/errors.ts';
import type { ReplyState } from '../core/reply.ts';
import { recordAudit } from '../ledger/operators/audit-log.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { replyRow } from '../ledger/replies/replies.ts';
import { approveTrackback, rejectTrackback } from '../ledger/links/trackback-rows.ts';
import { approveReply, editReply, rejectReply } from '../ledger/replies/held-replies.ts';
import type { Executor } from '../ledger/db/schema.ts';
import { limitsOf } from '../app/open-drivers.ts';
import { auditEntryOf } from './audit-entry.ts';

/** A decision on a held reply. `who` defaults to the user of this process. */
export type Decision = { readonly key: string; readonly who?: string } & (
  | { readonly choice: 'approve' | 'reject'; readonly reason: string }
  | { readonly choice: 'edit'; readonly text: string }
);

/** `late`: the reply is not held, so nothing was done; `state` undefined: there is no such reply. `before`: the text before an edit. */
export type Decided =
  | { readonly kind: 'done'; readonly before?: string }
  | { readonly kind: 'late'; readonly state: ReplyState | undefined };

/** Applies and records a decision in one transaction. Errors: UsageError for a text that cannot be sent. */
export async function decideHeld(config: Config, ledger: Ledger, decision: Decision): Promise<Decided> {
  const { key, choice, who } = decision;
  const detail = choice === 'edit' ? trimmed(decision.text) : decision.reason;
  if (choice === 'edit') await mustFit(config, ledger, { key, text: detail });
  const now = await ledger.now();
  const before = await ledger.transact(async (tx) => {
    const changed = await change(tx, { key, choice, detail, now });
    if (changed !== undefined) await recordAudit(tx, auditEntryOf(`review ${choice}`, key, now, detail, who));
    return changed;
  });
  if (before === undefined) return { kind: 'late', state: (await replyRow(ledger.db, key))?.state };
  return choice === 'edit' ? { kind: 'done', before } : { kind: 'done' };
}

function trimmed(text: string): string {
  const result = text.replaceAll('\r\n', '\n').trim();
  if (result === '') throw new UsageError('the text is empty; to send no reply, reject it');
  return result;
}

interface Change {
  readonly key: string;
  readonly choice: Decision['choice'];
  readonly detail: string;
  readonly now: number;
}

/** The text before an edit, otherwise an empty text; undefined: the reply is not held. */
async function change(tx: Executor, { key, choice, detail, now }: Change): Promise<string | undefined> {
  if (choice === 'edit') return await editReply(tx, key, detail, now);
  const done = choice === 'approve' ? await approveReply(tx, key, now) : await rejectReply(tx, key, detail, now);
  return done ? '' : undefined;
}

async function mustFit(config: Config, ledger: Ledger, { key, text }: { key: string; text: string }): Promise<void> {
  const row = await replyRow(ledger.db, key);
  const limits = row && (await limitsOf(config, ledger, row.publisher));
  const length = limits?.length(text) ?? 0;
  if (limits === undefined || length <= limits.maxLength) return;
  throw new UsageError(
    `the text is too long: ${length} characters as ${row?.publisher} counts them, and the limit is ${limits.maxLength}`,
  );
}

/** A decision on a webmention or trackback. */
export interface TrackbackDecision {
  readonly id: string;
  readonly choice: 'approve' | 'reject';
  readonly who: string;
}

/** Applies and records a decision in one transaction. False: the trackback does not wait for review, so nothing was done. */
export async function decideTrackback(ledger: Ledger, { id, choice, who }: TrackbackDecision): Promise<boolean> {
  const now = await ledger.now();
  return await ledger.transact(async (tx) => {
    const done = await (choice === 'approve' ? approveTrackback : rejectTrackback)(tx, id, now);
    if (done) await recordAudit(tx, auditEntryOf(`trackback ${choice}`, id, now, '', who));
    return done;
  });
}
