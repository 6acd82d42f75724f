import { z } from 'zod';
import { Duration } from '../../core/durations.ts';
import { type Caps, courteousLimits, type Limits as LimitsInForce, noLimits } from '../../core/limits.ts';

const Count = z.int().min(1).max(1_000_000).nullable();
const Dollars = z.number().min(0).max(1_000_000).nullable();

/** The keys of `limits`; the platform decides about those that are left out. */
export const Limits = z.strictObject({
  perDay: Count.optional().describe('Replies a day (UTC); the surplus waits for the next day. `null`: no limit.'),
  perAuthorPerDay: z
    .strictObject({
      unsummoned: Count.optional().describe('Replies to posts that do not address the bot; `null`: no limit.'),
      summoned: Count.optional().describe('Replies to posts that address it; `null`: no limit.'),
    })
    .nullable()
    .optional()
    .describe('Replies a day (UTC) to one author; the surplus waits for the next day. `null`: no limit.'),
  authorCooldown: Duration.nullable()
    .optional()
    .describe(
      'After a reply to an author, none to the same one for this long, unless the post addresses the bot or the reply replaces another; `null`: no cooldown.',
    ),
  threadCooldown: Duration.nullable()
    .optional()
    .describe(
      'After a reply in a thread, none in the same one for this long, with the same exceptions; `null`: no cooldown.',
    ),
  perThread: Count.optional().describe('Replies in one thread; further ones are abandoned.'),
  perAuthorInThread: Count.optional().describe(
    'Replies to one author in one thread, so that two bots do not talk forever.',
  ),
  failureThreshold: Count.optional().describe(
    'So many refusals in a row stop the account for `cooldown`; then one reply tries.',
  ),
  cooldown: Duration.optional().describe('How long an account is stopped after refusals in a row.'),
  budget: z
    .strictObject({
      perDay: Dollars.optional().describe('Dollars a day (UTC); `null`: no limit.'),
      perMonth: Dollars.optional().describe('Dollars a calendar month (UTC); `null`: no limit.'),
    })
    .optional()
    .describe('What paid calls may cost in dollars, reserved before each: `perDay` and `perMonth`.'),
});
export type Limits = z.output<typeof Limits>;

/** The limits of a publisher: its own keys take precedence over the general ones, and these over the platform's defaults. */
export function limitsInForce(
  addressesPeople: boolean,
  general: Limits | undefined,
  own: Limits | undefined,
): LimitsInForce {
  // Replies that address nobody have no limits but the publisher's own.
  return override(addressesPeople ? override(courteousLimits, general) : noLimits, own);
}

function override(base: LimitsInForce, limits: Limits = {}): LimitsInForce {
  const { authorCooldown, threadCooldown, cooldown, budget, perAuthorPerDay, ...counts } = limits;
  const times = {
    authorCooldownMs: authorCooldown === null ? 0 : authorCooldown,
    threadCooldownMs: threadCooldown === null ? 0 : threadCooldown,
    cooldownMs: cooldown,
  };
  const set: Partial<Omit<LimitsInForce, 'budget' | 'perAuthorPerDay'>> = defined({ ...counts, ...times });
  const caps: Partial<Caps> = defined({ perDay: micros(budget?.perDay), perMonth: micros(budget?.perMonth) });
  const perAuthor = perAuthorPerDay === null ? noLimits.perAuthorPerDay : defined({ ...perAuthorPerDay });
  return {
    ...base,
    ...set,
    perAuthorPerDay: { ...base.perAuthorPerDay, ...perAuthor },
    budget: { ...base.budget, ...caps },
  };
}

/** Without the keys that are left out; `null` is a value. */
function defined<T>(values: Readonly<Record<string, T | undefined>>) {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

function micros(dollars: number | null | undefined): number | null | undefined {
  return typeof dollars === 'number' ? Math.round(dollars * 1e6) : dollars;
}
