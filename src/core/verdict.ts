import { z } from 'zod';

/** From the loudest to the quietest. Consent may lower a verdict along this order, never raise it. */
export const Action = z.enum(['reply', 'hold', 'record', 'digest', 'ignore']);
export type Action = z.infer<typeof Action>;

/** Whether more is done by the first than by the second. */
export function isLouder(one: Action, other: Action): boolean {
  return Action.options.indexOf(one) < Action.options.indexOf(other);
}

/** Where replies of a publisher may go: see `ConsentPolicy`. */
export const ReplyMode = z.enum(['dry-run', 'summoned', 'opted-in', 'own-timeline', 'open']);
export type ReplyMode = z.infer<typeof ReplyMode>;

/**
 * What a platform lets a bot do, as data, with the words it rests on, in November 2026. Who addresses the bot may be answered everywhere;
 * `permits` is about all others, and says `log` alone where nobody may be written to.
 */
export interface ConsentPolicy {
  /** What counts as addressing the bot. */
  readonly summons: string;
  /** Modes in which somebody who did not address the bot may be answered. */
  readonly permits: readonly ReplyMode[];
  /** What the platform says of that, in a few words. */
  readonly clause: string;
  /** Where it says so. */
  readonly source: string;
  /** What is never so of a post there, as far as the platform tells; rules that ask for it match nothing. */
  readonly never: readonly NeverThere[];
}

/** Modes that a publisher may be in, from the narrowest: it may answer who addresses the bot, and all others as far as is permitted. */
export function modesWithin({ permits }: Pick<ConsentPolicy, 'permits'>): ReplyMode[] {
  return ReplyMode.options.filter((mode) => mode === 'dry-run' || mode === 'summoned' || permits.includes(mode));
}

/** What a platform may have no notion of. */
export type NeverThere =
  'summoned' | 'bot' | 'repost' | 'follower' | 'accountAge' | 'unlisted' | 'followers' | 'direct';

/** What is done about a post, and on whose word. */
export const Verdict = z.object({
  action: Action,
  /** Name of the rule that decided; null when none matched. */
  rule: z.string().nullable(),
  /** Liquid template of the reply, by file name without extension. */
  template: z.string().nullable(),
  /** What the rule asked for, when consent lowered it. */
  asked: Action.nullable(),
  /** The clause of the consent policy that lowered it, in words. */
  clause: z.string().nullable(),
  /** Of all rules that matched on the way, in their order, each once. Left out: none. */
  labels: z.array(z.string()).optional(),
  /** Channels that are told of it, each once. Left out: none. */
  notify: z.array(z.string()).optional(),
  /** The digest that counts it. Left out: all do. */
  digest: z.string().optional(),
  /** Rules on trial that matched on the way, with what they would have asked for. Left out: none. */
  shadows: z.array(z.object({ rule: z.string(), action: z.string() })).optional(),
  /** How long a reply that is held waits for a person, in milliseconds. Left out: it is not held. */
  holdMs: z.number().optional(),
  /** The reply addresses nobody: it is a post of its own on the bot's timeline. Left out: it answers the post. */
  alone: z.literal(true).optional(),
  /** Version (hash) of the rules that decided. */
  rules: z.string(),
});
export type Verdict = z.infer<typeof Verdict>;

/** What becomes of a verdict where the thread has its answer about the same cables and paragraphs. */
export function answeredAlready({ holdMs: _, alone: __, ...verdict }: Verdict): Verdict {
  return {
    ...verdict,
    action: 'record',
    template: null,
    asked: verdict.action,
    clause: 'one reply per thread for the same cable and paragraphs',
  };
}
