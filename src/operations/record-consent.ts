import { personKey } from '../core/post.ts';
import { recordAudit } from '../ledger/operators/audit-log.ts';
import { type Consent, forgetConsent, optIn, optOut } from '../ledger/operators/consents.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { policyOf } from '../app/answering.ts';
import { auditEntryOf } from './audit-entry.ts';

/** A person on a platform, by the id of the account, and the evidence of what they want. */
export interface ConsentRequest {
  readonly platform: string;
  readonly id: string;
  readonly reason: string;
  /** Defaults to the user of this process. */
  readonly who?: string;
}

/** Records an opt-in or opt-out, and who recorded it. False: an opt-in of a person who has opted out, which stays. */
export async function recordConsent(
  ledger: Ledger,
  { choice, platform, id, reason, who }: ConsentRequest & { choice: Consent['choice'] },
): Promise<boolean> {
  const person = personKey(platform, id);
  const now = await ledger.now();
  return await ledger.transact(async (tx) => {
    const consent = { person, source: reason };
    if (choice === 'out') await optOut(tx, consent, now);
    else if (!(await optIn(tx, consent, now))) return false;
    const action = choice === 'out' ? 'consent add --out' : 'consent add';
    await recordAudit(tx, auditEntryOf(action, person, now, reason, who));
    return true;
  });
}

/** Deletes an opt-in or opt-out. False: there is none. */
export async function removeConsent(ledger: Ledger, { platform, id, reason, who }: ConsentRequest): Promise<boolean> {
  const person = personKey(platform, id);
  const now = await ledger.now();
  return await ledger.transact(async (tx) => {
    if ((await forgetConsent(tx, person)) === undefined) return false;
    await recordAudit(tx, auditEntryOf('consent remove', person, now, reason, who));
    return true;
  });
}

/** The effect of an opt-in on a platform, for people. */
export function mayBeAnswered(person: string, platform: string): string {
  const { permits, clause } = policyOf(platform);
  const all = `${person} has opted in: publishers in mode opted-in may answer posts that do not address the bot.`;
  return permits.includes('opted-in') ? all : `${all}\nBut ${platform} does not permit this mode: ${clause}.`;
}
