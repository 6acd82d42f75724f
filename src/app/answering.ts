import type { Config, PublisherEntry } from '../config/config.ts';
import type { Post } from '../core/post.ts';
import type { ConsentPolicy, ReplyMode } from '../core/verdict.ts';
import { platformOf, platforms } from '../platforms/index.ts';

/** Who answers a post, how far that may go, and by whose policy. */
export interface Answerer {
  readonly publisher: string;
  readonly mode: ReplyMode;
  readonly policy: ConsentPolicy;
}

/**
 * The publisher that the post's feed names, else that of its platform. In mode `dry-run` the log answers in its place, and the policy is
 * that of the platform which would be written to.
 */
export function answererOf(
  { publishers, feeds }: Pick<Config, 'publishers' | 'feeds'>,
  { platform }: Post,
  feed: string,
): Answerer | undefined {
  const named = feeds.find(({ name }) => name === feed)?.publisher;
  const found =
    named === undefined
      ? publishers.find((one) => one.platform === platform && addresses(one))
      : publishers.find(({ name }) => name === named);
  if (found !== undefined && addresses(found))
    return { publisher: found.name, mode: found.mode, policy: policyOf(found.platform) };
  const log = publishers.find((one) => one.platform === 'log');
  return log && { publisher: log.name, mode: 'dry-run', policy: policyOf(found?.platform ?? platform) };
}

/** True if this publisher only writes its replies to the log, so nobody gets them. */
export function isDryRun({ publishers }: Pick<Config, 'publishers'>, name: string): boolean {
  return publishers.some((one) => one.name === name && one.platform === 'log');
}

/** What a reply of this publisher is charged at most, in millionths of a dollar. */
export function replyPrice({ publishers }: Pick<Config, 'publishers'>, name: string): number {
  const entry = publishers.find((one) => one.name === name);
  if (entry === undefined) return 0;
  const { prices = 'free' } = platformOf(entry.platform) ?? {};
  return prices === 'free' ? 0 : prices.reply(entry.config);
}

/** Those that the bot has a driver for. */
export const platformIds: readonly string[] = platforms.map(({ id }) => id);

/** What the platform of a post permits. */
export function policyOf(platform: string): ConsentPolicy {
  return platformOf(platform)?.consent ?? ofElsewhere;
}

/** Lines of a file may name any platform as theirs: one that the bot has no driver for permits nothing but the log. */
const ofElsewhere: ConsentPolicy = {
  summons: 'nothing: nothing is known of this platform',
  permits: ['dry-run'],
  clause: 'nothing is known of this platform, so nobody is addressed there',
  source: 'docs/rules.md',
  never: [],
};

/** Whether it lets anything out of the house. */
function addresses({ mode }: PublisherEntry): boolean {
  return mode !== 'dry-run';
}

/** What each publisher that addresses people may do, in words, and on whose word. */
export function permissions(config: Pick<Config, 'publishers'>): { name: string; message: string }[] {
  return config.publishers
    .filter(({ platform }) => platform !== 'log')
    .map(({ name, platform, mode, limits: { perDay, budget } }) => {
      const { summons, permits, clause, source } = policyOf(platform);
      const others = permits.filter((one) => one !== 'dry-run');
      const more = others.length === 0 ? 'nobody else may be answered' : `beside them may be set: ${others.join(', ')}`;
      const quota = perDay === null ? 'without a daily quota' : `at most ${perDay} a day`;
      const money = budget.perMonth === null ? '' : `, for at most $${budget.perMonth / 1e6} a month`;
      const price = replyPrice(config, name);
      const cost = price === 0 ? '' : `, a reply with a link for up to $${(price / 1e6).toFixed(3)}`;
      const message = `mode ${mode}, ${quota}${cost}${money}; who addresses the bot (${summons}) may be answered, ${more}: ${clause} (${source})`;
      return { name: `publisher ${name}`, message };
    });
}
