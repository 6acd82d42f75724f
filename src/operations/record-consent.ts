import { personKey } from '../core/post.ts';
import { recordAudit } from '../ledger/operators/audit-log.ts';
import { type Consent, forgetConsent, optIn, optOut } from '../ledger/operators/consents.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { policyOf } from '../app/answering.ts';
import { auditEntryOf } from './audit-entry.ts';

/** Somebody on a platform, by the id of the account, and how we know what they want. */
export interface Said {
  readonly platform: string;
  readonly id: string;
  readonly reason: string;
  /** Left out: the account on this machine. */
  readonly who?: string;
}

/** Notes what somebody wants, and who noted it. False: they asked for silence, and that holds. */
export async function noteConsent(
  ledger: Ledger,
  { choice, ...said }: Said & { choice: Consent['choice'] },
): Promise<boolean> {
  const person = personKey(said.platform, said.id);
  const now = await ledger.now();
  return await ledger.transact(async (tx) => {
    const words = { person, source: said.reason };
    if (choice === 'out') await optOut(tx, words, now);
    else if (!(await optIn(tx, words, now))) return false;
    await recordAudit(
      tx,
      auditEntryOf(`consent add${choice === 'out' ? ' --out' : ''}`, person, now, said.reason, said.who),
    );
    return true;
  });
}

/** Forgets it, either way. False: they said nothing. */
export async function dropConsent(ledger: Ledger, { platform, id, reason, who }: Said): Promise<boolean> {
  const person = personKey(platform, id);
  const now = await ledger.now();
  return await ledger.transact(async (tx) => {
    if ((await forgetConsent(tx, person)) === undefined) return false;
    await recordAudit(tx, auditEntryOf('consent remove', person, now, reason, who));
    return true;
  });
}

/** What an opt-in comes to there, in words. */
export function mayBeAnswered(person: string, platform: string): string {
  const { permits, clause } = policyOf(platform);
  const all = `${person} may be answered without addressing the bot, where a publisher is in mode opted-in.`;
  return permits.includes('opted-in') ? all : `${all}\n${platform} does not permit that mode, though: ${clause}.`;
}
