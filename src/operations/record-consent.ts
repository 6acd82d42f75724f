import { personKey } from '../core/post.ts';
import { type Consent, forgetConsent, optIn, optOut } from '../ledger/operators/consents.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { audited } from './audit-entry.ts';

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
  const action = choice === 'out' ? 'consent add --out' : 'consent add';
  return await audited(ledger, { action, target: person, note: reason, who }, async (tx, now) => {
    if (choice === 'in') return await optIn(tx, { person, source: reason }, now);
    await optOut(tx, { person, source: reason }, now);
    return true;
  });
}

/** Deletes an opt-in or opt-out. False: there is none. */
export async function removeConsent(ledger: Ledger, { platform, id, reason, who }: ConsentRequest): Promise<boolean> {
  const person = personKey(platform, id);
  const entry = { action: 'consent remove', target: person, note: reason, who };
  return (await audited(ledger, entry, (tx) => forgetConsent(tx, person))) !== undefined;
}
