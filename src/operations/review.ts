import { UsageError } from '../core/errors.ts';
import { limitsBeside, type Payload, type ReplyState } from '../core/reply.ts';
import { codecs } from '../ledger/db/codecs.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { approveReply, decideAllHeld, editReply, rejectReply } from '../ledger/replies/held-replies.ts';
import { replyRow } from '../ledger/replies/replies.ts';
import { approveTrackback, decideSite, rejectTrackback } from '../ledger/links/trackback-rows.ts';
import type { TextLimits } from '../platforms/platform.ts';
import { audited } from './audit-entry.ts';

/** A decision on a held reply. `who` defaults to the user of this process. */
export type Decision = { readonly key: string; readonly who?: string } & (
  | { readonly choice: 'approve' | 'reject'; readonly reason: string }
  | { readonly choice: 'edit'; readonly text: string }
);

/** `late`: the reply is not held, so nothing was done; `state` undefined: there is no such reply. `before`: the text before an edit. */
export type Decided =
  | { readonly kind: 'done'; readonly before?: string }
  | { readonly kind: 'late'; readonly state: ReplyState | undefined };

/** What is sent beside the text of a reply, as label and value. */
export function sentBeside({ replyTo, alone, warning, visibility, card, language }: Payload): [string, string][] {
  return [
    ['Target', alone ? 'a post of its own, in reply to nobody' : (replyTo.url ?? replyTo.key)],
    ...(warning === undefined ? [] : [['Content warning', warning] as [string, string]]),
    ...(visibility === undefined
      ? []
      : [['Visibility', `${visibility}, or as narrow as the post is by then`] as [string, string]]),
    ...(card === undefined
      ? []
      : [['Link card', [card.title, card.description, card.url].join(' | ')] as [string, string]]),
    ...(language === null ? [] : [['Language', language] as [string, string]]),
  ];
}

/** The text limits of a publisher; undefined: there is no such publisher. */
type LimitsOf = (publisher: string) => Promise<TextLimits | undefined>;

/** Applies and records a decision in one transaction. `limitsOf`: for an edit. Errors: UsageError for a text that cannot be sent. */
export async function decideHeld(ledger: Ledger, decision: Decision, limitsOf: LimitsOf): Promise<Decided> {
  const { key, choice, who } = decision;
  const detail = choice === 'edit' ? trimmed(decision.text) : decision.reason;
  if (choice === 'edit') await mustFit(ledger, key, detail, limitsOf);
  const entry = { action: `review ${choice}`, target: key, note: detail, who };
  // The text before an edit, otherwise an empty text; undefined: the reply is not held.
  const before = await audited(ledger, entry, async (tx, now) => {
    if (choice === 'edit') return await editReply(tx, key, detail, now);
    const done = choice === 'approve' ? await approveReply(tx, key, now) : await rejectReply(tx, key, detail, now);
    return done ? '' : undefined;
  });
  if (before === undefined) return { kind: 'late', state: (await replyRow(ledger.db, key))?.state };
  return choice === 'edit' ? { kind: 'done', before } : { kind: 'done' };
}

/** Approves or rejects all held replies to an author, and records it. Returns their number. */
export async function decideHeldOf(
  ledger: Ledger,
  { who, ...decision }: { author: string; choice: 'approve' | 'reject'; reason: string; who?: string },
): Promise<number> {
  const { author: target, choice, reason: note } = decision;
  const entry = { action: `review ${choice} all`, target, note, who };
  const decided = await audited(
    ledger,
    entry,
    async (tx, now) => (await decideAllHeld(tx, decision, now)) || undefined,
  );
  return decided ?? 0;
}

function trimmed(text: string): string {
  const result = text.replaceAll('\r\n', '\n').trim();
  if (result === '') throw new UsageError('the text is empty; to send no reply, reject it');
  return result;
}

async function mustFit(ledger: Ledger, key: string, text: string, limitsOf: LimitsOf): Promise<void> {
  const row = await replyRow(ledger.db, key);
  const limits = row && (await limitsOf(row.publisher));
  const { warning } = row === undefined ? {} : codecs.replies.payload.decode(row.payload, row.key);
  const length = limits?.length(text) ?? 0;
  const { maxLength = Infinity } = limits === undefined ? {} : limitsBeside(warning, limits);
  if (length <= maxLength) return;
  throw new UsageError(
    `the text is too long: ${length} characters as ${row?.publisher} counts them, and the limit is ${maxLength}${warning === undefined ? '' : ' beside the content warning'}`,
  );
}

/** Applies and records a decision on a webmention or trackback. False: it does not wait for review, so nothing was done. */
export async function decideTrackback(
  ledger: Ledger,
  { id, choice, who }: { id: string; choice: 'approve' | 'reject'; who: string },
): Promise<boolean> {
  const decide = choice === 'approve' ? approveTrackback : rejectTrackback;
  return await audited(ledger, { action: `trackback ${choice}`, target: id, who }, (tx, now) => decide(tx, id, now));
}

/** Applies and records a decision on all pending pages of a site. Returns their number. */
export async function decideTrackbacksOf(
  ledger: Ledger,
  { who, ...decision }: { domain: string; choice: 'approve' | 'reject'; who: string },
): Promise<number> {
  const entry = { action: `trackback ${decision.choice} all`, target: decision.domain, who };
  return (await audited(ledger, entry, async (tx, now) => (await decideSite(tx, decision, now)) || undefined)) ?? 0;
}
