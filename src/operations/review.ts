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

/** What a person says about a reply that is held. `who` left out: the account on this machine. */
export type Decision = { readonly key: string; readonly who?: string } & (
  | { readonly choice: 'approve' | 'reject'; readonly reason: string }
  | { readonly choice: 'edit'; readonly text: string }
);

/** What came of it. `late`: it is not held any more, or never was, and nothing was done; `state` undefined: there is no such reply. */
export type Decided =
  | { readonly kind: 'done'; readonly before?: string }
  | { readonly kind: 'late'; readonly state: ReplyState | undefined };

/** Does it and writes down who did, in one transaction. Errors: UsageError for words that cannot go out. */
export async function decideHeld(config: Config, ledger: Ledger, decision: Decision): Promise<Decided> {
  const { key, choice, who } = decision;
  const detail = choice === 'edit' ? wordsOf(decision.text) : decision.reason;
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

function wordsOf(text: string): string {
  const words = text.replaceAll('\r\n', '\n').trim();
  if (words === '') throw new UsageError('a reply without words is none; reject it to take it out');
  return words;
}

interface Change {
  readonly key: string;
  readonly choice: Decision['choice'];
  readonly detail: string;
  readonly now: number;
}

/** The words before it, where they changed; undefined: it is not held. */
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
    `the text is too long: these are ${length} characters as ${row?.publisher} counts them, and it takes ${limits.maxLength}`,
  );
}

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
