import { z } from 'zod';
import { type Limits as InForce, courteousLimits, noLimits } from '../../core/limits.ts';
import { Duration } from '../../core/durations.ts';

const Count = z.int().min(1).max(1_000_000).nullable();
const Dollars = z.number().min(0).max(1_000_000).nullable();

/** The keys of `limits`; what is left out is decided by the platform. */
export const Limits = z.strictObject({
  perDay: Count.optional().describe('Replies a day (UTC); the surplus waits for the next day. `null`: no limit.'),
  authorCooldown: Duration.optional().describe('After a reply to an author, nothing to the same one for this long.'),
  threadCooldown: Duration.optional().describe('After a reply in a thread, nothing in the same one for this long.'),
  perThread: Count.optional().describe('Replies in one thread; further ones are given up.'),
  perAuthorInThread: Count.optional().describe(
    'Replies to one author in one thread, so that two bots do not talk for ever.',
  ),
  failureThreshold: Count.optional().describe(
    'So many refusals in a row stop the account for `rest`; then one reply tries.',
  ),
  rest: Duration.optional().describe('How long an account rests that is refused again and again.'),
  budget: Dollars.optional().describe(
    'Dollars a calendar month (UTC) for paid calls, reserved before each; `null`: no limit.',
  ),
  budgetPerDay: Dollars.optional().describe('Dollars a day (UTC) for paid calls, within `budget`; `null`: no limit.'),
});
export type Limits = z.output<typeof Limits>;

/** What holds for a publisher: its own words before those for all, and these before what its platform suggests. */
export function limitsInForce(addressesPeople: boolean, general: Limits | undefined, own: Limits | undefined): InForce {
  // What addresses nobody has brakes only where it asks for them itself.
  const base = addressesPeople ? { ...courteousLimits, ...milli(general) } : noLimits;
  return { ...base, ...milli(own) };
}

function milli(limits: Limits | undefined): Partial<InForce> {
  const { authorCooldown, threadCooldown, rest, budget, budgetPerDay, ...counts } = limits ?? {};
  const given = {
    ...counts,
    authorCooldownMs: authorCooldown,
    threadCooldownMs: threadCooldown,
    cooldownMs: rest,
    budget: micros(budget),
    budgetPerDay: micros(budgetPerDay),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function micros(dollars: number | null | undefined): number | null | undefined {
  return typeof dollars === 'number' ? Math.round(dollars * 1e6) : dollars;
}
