import { z } from 'zod';

/** Ordered from the loudest to the quietest. Consent may lower a verdict along this order, never raise it. */
export const Action = z.enum(['reply', 'hold', 'record', 'digest', 'ignore']);
export type Action = z.infer<typeof Action>;

/** True when the first action does more than the second. */
export function isLouder(one: Action, other: Action): boolean {
  return Action.options.indexOf(one) < Action.options.indexOf(other);
}

/** Decides where replies of a publisher may go: see `ConsentPolicy`. */
export const ReplyMode = z.enum(['dry-run', 'summoned', 'opted-in', 'own-timeline', 'open']);
export type ReplyMode = z.infer<typeof ReplyMode>;

/**
 * What a platform permits a bot, as data with its source, in November 2026. Replies to people who address the bot are permitted everywhere;
 * `permits` concerns all others, and holds only `dry-run` where no unsolicited reply is permitted.
 */
export interface ConsentPolicy {
  /** The acts that count as addressing the bot. */
  readonly summons: string;
  /** Modes in which the bot may reply to people who did not address it. */
  readonly permits: readonly ReplyMode[];
  /** A reply is never seen by more people than its post, so that who asks in private may be answered. Left out: every reply is public. */
  readonly narrows?: true;
  /** The platform's rule, in a few words. */
  readonly clause: string;
  /** Source of the rule. */
  readonly source: string;
  /** Properties that posts of the platform never have; rules that test them match nothing. */
  readonly never: readonly NeverThere[];
}

/** Permitted modes of a publisher, from the narrowest. */
export function modesWithin({ permits }: Pick<ConsentPolicy, 'permits'>): ReplyMode[] {
  return ReplyMode.options.filter((mode) => mode === 'dry-run' || mode === 'summoned' || permits.includes(mode));
}

/** Properties that a platform may lack. */
export type NeverThere =
  'summoned' | 'bot' | 'repost' | 'follower' | 'accountAge' | 'unlisted' | 'followers' | 'direct';

/** The decision about a post, with the rule and clause behind it. */
export const Verdict = z.object({
  action: Action,
  /** Name of the rule that decided; null when none matched. */
  rule: z.string().nullable(),
  /** Liquid template of the reply, by file name without extension. */
  template: z.string().nullable(),
  /** The rule's action, when consent lowered it. */
  asked: Action.nullable(),
  /** The clause of the consent policy that lowered it. */
  clause: z.string().nullable(),
  /** Labels of all matching rules, in their order, without duplicates. Left out: none. */
  labels: z.array(z.string()).optional(),
  /** Channels to notify, without duplicates. Left out: none. */
  notify: z.array(z.string()).optional(),
  /** The only digest that counts it. Left out: all digests. */
  digest: z.string().optional(),
  /** Matching shadow rules, each with its action. Left out: none. */
  shadows: z.array(z.object({ rule: z.string(), action: z.string() })).optional(),
  /** How long a held reply waits for a person, in milliseconds. Left out: it is not held. */
  holdMs: z.number().optional(),
  /** The reply is a plain post on the bot's timeline that addresses nobody. Left out: it answers the post. */
  alone: z.literal(true).optional(),
  /** Version (hash) of the rules. */
  rules: z.string(),
});
export type Verdict = z.infer<typeof Verdict>;

/** The verdict for a thread that already has a reply about the same cables and paragraphs. */
export function answeredAlready(
  { holdMs: _, alone: __, ...verdict }: Verdict,
  clause = 'one reply per thread for the same cable and paragraphs',
): Verdict {
  return {
    ...verdict,
    action: 'record',
    template: null,
    asked: verdict.action,
    clause,
  };
}
