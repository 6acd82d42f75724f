import { describe } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { TestClock } from '../support/clock.ts';
import { limitsContract } from './limits.ts';
import { sharesContract } from './shares.ts';
import { changesContract } from './changes.ts';
import { digestsContract } from './digests.ts';
import { earlierContract } from './earlier.ts';
import { ledgerCheckContract } from './ledger-check.ts';
import { type Exceptions, ledgerContract } from './ledger.ts';
import { linksContract } from './links.ts';
import { fingerprintsContract } from './fingerprints.ts';
import { operatorPageContract } from './operator-page.ts';
import { replacementsContract } from './replacements.ts';
import { statesContract } from './states.ts';
import { mentionsContract } from './mentions.ts';
import { budgetContract } from './budget.ts';
import { trackbacksContract } from './trackbacks.ts';
import { guardStates } from '../support/state-guard.ts';

/** A ledger that is new. */
export interface NewLedger {
  readonly ledger: Ledger;
  readonly clock: TestClock;
  /** A second process's view of it, by the same clock. */
  readonly reopen: () => Promise<Ledger>;
}

/**
 * All that is the same for every database. Each contract is a `describe` of its own, because each opens a ledger before each test
 * beside it.
 */
export function everyLedgerContract(openNew: () => Promise<NewLedger>, exceptions: Exceptions = {}): void {
  // No contract makes a change of state that the tables of states lack.
  const open = async () => {
    const opened = await openNew();
    return { ...opened, ledger: await guardStates(opened.ledger) };
  };
  const contracts = {
    protocol: () => ledgerContract(open, exceptions),
    limits: () => limitsContract(open),
    shares: () => sharesContract(open),
    changes: () => changesContract(open),
    replacements: () => replacementsContract(open),
    earlier: () => earlierContract(open),
    digests: () => digestsContract(open),
    fingerprints: () => fingerprintsContract(open),
    links: () => linksContract(open),
    operatorPage: () => operatorPageContract(open),
    mentions: () => mentionsContract(open),
    budget: () => budgetContract(open),
    trackbacks: () => trackbacksContract(open),
    states: () => statesContract(open),
    // It writes every fault that a ledger can have.
    check: () => ledgerCheckContract(openNew),
  };
  describe.each(Object.entries(contracts))('contract of %s', (_name, contract) => {
    contract();
  });
}
