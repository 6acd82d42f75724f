import type { ConsentPolicy } from '../core/verdict.ts';

/**
 * What each platform permits, in November 2026. Who addresses the bot may be answered everywhere; `permits` is about all others.
 * A platform that nobody may write to permits `log` alone.
 */
export const policies = {
  x: {
    summons: 'an @mention of the bot, or a quote of one of its posts',
    permits: ['log', 'own-timeline'],
    clause: 'X refuses replies to who has not mentioned the bot, and forbids automatic replies to a keyword',
    source: 'docs.x.com: changelog of 23 February 2026, and the developer guidelines',
    never: ['unlisted', 'followers', 'direct', 'follower'],
  },
  mastodon: {
    summons: 'an @mention of the bot',
    permits: ['log', 'opted-in', 'own-timeline'],
    clause: 'the rules of many servers let bots mention only people who asked for it',
    source: 'the rules that each server lists under /about, and #nobot in profiles',
    never: ['follower'],
  },
  bluesky: {
    summons: 'an @mention of the bot, or a reply to one of its posts',
    permits: ['log', 'opted-in', 'own-timeline'],
    clause: 'bots interact only with people who have opted in, by tagging the bot',
    source: 'docs.bsky.app: bots, “It must be an opt-in interaction”',
    never: ['unlisted', 'followers', 'direct'],
  },
  nostr: {
    summons: 'a p tag with the bot’s key',
    permits: ['log', 'opted-in', 'own-timeline', 'open'],
    clause: 'the protocol forbids nothing; each relay has its own rules',
    source: 'NIP-11 of each relay, and NIP-24: profiles of bots say so',
    never: ['unlisted', 'followers', 'direct', 'follower', 'accountAge'],
  },
  wordpress: {
    summons: 'nothing: a page addresses nobody',
    permits: ['log', 'opted-in'],
    clause: 'comments of programs are taken for spam, so a site is answered only where its owner agreed',
    source: 'docs/platforms/wordpress.md',
    never: ['summoned', 'bot', 'repost', 'unlisted', 'followers', 'direct', 'follower', 'accountAge'],
  },
  rss: {
    summons: 'nothing: an item of a web feed addresses nobody',
    permits: ['log'],
    clause: 'web feeds can only be read: replies to their items are only logged',
    source: 'docs/platforms/rss.md',
    never: ['summoned', 'bot', 'repost', 'unlisted', 'followers', 'direct', 'follower', 'accountAge'],
  },
  file: {
    summons: 'the line says `"summoned": true`',
    permits: ['log'],
    clause: 'a file has no readers to ask: replies to its posts are only logged',
    source: 'docs/platforms/file.md',
    never: [],
  },
  log: {
    summons: 'nothing: nobody can address a file',
    permits: ['log'],
    clause: 'a log reaches nobody but the operator',
    source: 'docs/platforms/log.md',
    never: [],
  },
} satisfies Readonly<Record<string, ConsentPolicy>>;

const unknown: ConsentPolicy = {
  summons: 'nothing: nothing is known of this platform',
  permits: ['log'],
  clause: 'nothing is known of this platform, so nobody is addressed there',
  source: 'docs/rules.md',
  never: [],
};

/** What a platform permits; of one that is not known, nothing but the log. */
export function policyOf(platform: string): ConsentPolicy {
  return Object.hasOwn(policies, platform) ? policies[platform as keyof typeof policies] : unknown;
}
