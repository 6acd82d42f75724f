import { noBotTag } from '../core/control.ts';
import { isLimited, ownWords, type Post } from '../core/post.ts';
import { type Action, type ConsentPolicy, isLouder, type ReplyMode } from '../core/verdict.ts';

/** What consent depends on beside the rule. */
export interface ConsentFacts {
  readonly post: Post;
  /** Of the publisher that would answer. `log`: nothing leaves the house, the reply is written to the log publisher. */
  readonly mode: ReplyMode;
  readonly policy: Pick<ConsentPolicy, 'summons' | 'permits' | 'narrows' | 'clause'>;
  /** Ids of the bot's own accounts on the post's platform. */
  readonly self: readonly string[];
  /** The author asked to be answered without addressing the bot. */
  readonly optedIn?: boolean;
  /** The post was older when first seen than `replies.maxAge` allows. */
  readonly expired?: boolean;
  /** The author asked for silence. */
  readonly optedOut?: boolean;
}

export interface Allowed {
  readonly action: Action;
  /** What lowered it, in words; null when nothing did. */
  readonly clause: string | null;
}

/**
 * Lowers what a rule asks to what the author, the platform and courtesy allow. Never raises it. `ruleMode`: the rule asks for no
 * more than that, so both modes are held to, also where the publisher is only a log.
 */
export function allowed(asked: Action, facts: ConsentFacts, ruleMode?: ReplyMode): Allowed {
  const modes = [...new Set([facts.mode, ruleMode ?? facts.mode])];
  for (const { applies, action = 'record', clause } of clauses) {
    const mode = isLouder(asked, action) ? modes.find((one) => applies(facts, one)) : undefined;
    if (mode !== undefined) return { action, clause: clause(facts, mode) };
  }
  return { action: asked, clause: null };
}

interface Clause {
  /** What is still allowed when it applies: default `record`. */
  readonly action?: Action;
  readonly applies: (facts: ConsentFacts, mode: ReplyMode) => boolean;
  readonly clause: (facts: ConsentFacts, mode: ReplyMode) => string;
}

/** The first that applies and asks for less than the rule decides. The first six hold in every mode. */
const clauses: readonly Clause[] = [
  {
    action: 'ignore',
    applies: ({ post, self }) => self.includes(post.author.id),
    clause: () => 'the bot does not answer or count its own posts',
  },
  { applies: ({ optedOut }) => optedOut === true, clause: () => 'the author asked for silence' },
  {
    applies: ({ post }) => post.hashtags.some((tag) => /^nobots?$/i.test(tag)) || noBotTag.test(ownWords(post)),
    clause: () => 'the post says #nobot',
  },
  {
    applies: ({ expired }) => expired === true,
    clause: () => 'the post was too old when it was first seen (`maxAge`)',
  },
  { applies: ({ post }) => post.author.bot, clause: () => 'the author is a bot, and bots are not answered' },
  { applies: ({ post }) => post.repost, clause: () => 'a repost of someone else’s words is not answered' },
  {
    applies: ({ post }, mode) => mode !== 'dry-run' && post.closed !== undefined,
    clause: ({ post }) => `the post is closed to the bot: ${post.closed}`,
  },
  {
    applies: ({ post, policy }, mode) => {
      const isAnsweredAlike = post.summoned && policy.narrows === true && mode !== 'own-timeline';
      return mode !== 'dry-run' && isLimited(post) && !isAnsweredAlike;
    },
    clause: ({ post, policy }, mode) => {
      const narrows = policy.narrows === true && mode !== 'own-timeline';
      const reason = narrows ? 'the author did not address the bot' : 'a reply would reach more people';
      return `the post is for ${post.visibility === 'direct' ? 'its addressees' : 'followers'} only, and ${reason}`;
    },
  },
  {
    applies: ({ post }, mode) => mode === 'own-timeline' && post.visibility === 'unlisted',
    clause: () => 'the post is unlisted, and a post on the bot’s timeline would reach more people',
  },
  {
    applies: ({ post }, mode) => mode === 'summoned' && !post.summoned,
    clause: ({ policy }) => `mode summoned: the author did not address the bot (${policy.summons})`,
  },
  {
    applies: ({ post, optedIn }, mode) => mode === 'opted-in' && !post.summoned && optedIn !== true,
    clause: () => 'mode opted-in: the author neither opted in nor addressed the bot',
  },
  {
    applies: ({ post, policy }, mode) => mode !== 'dry-run' && !post.summoned && !policy.permits.includes(mode),
    clause: ({ policy }, mode) =>
      `the platform does not permit mode ${mode} for those who did not address the bot: ${policy.clause}`,
  },
];
