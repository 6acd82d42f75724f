import type { Config, PublisherEntry } from '../config/config.ts';
import type { Excerpts } from '../core/reply.ts';
import type { Post } from '../core/post.ts';
import type { ConsentPolicy, ReplyMode } from '../core/verdict.ts';
import { platformOf, platforms } from '../platforms/index.ts';
import type { ReplyParts } from '../platforms/platform.ts';

/** The publisher of a reply, its mode, and the consent policy that applies. */
export interface Answerer {
  readonly publisher: string;
  readonly mode: ReplyMode;
  readonly policy: ConsentPolicy;
}

/** The publisher that the post's feed names, else that of its platform; in mode `dry-run` the log, by the policy of the platform that it stands for. */
export function answererOf(
  { publishers, feeds }: Pick<Config, 'publishers' | 'feeds'>,
  { platform }: Post,
  feed: string,
): Answerer | undefined {
  const wanted = feeds.find(({ name }) => name === feed)?.publisher;
  const found = publishers.find((one) =>
    wanted === undefined ? one.platform === platform && addresses(one) : one.name === wanted,
  );
  if (found !== undefined && addresses(found))
    return { publisher: found.name, mode: found.mode, policy: policyOf(found.platform) };
  const log = publishers.find((one) => one.platform === 'log');
  return log && { publisher: log.name, mode: 'dry-run', policy: policyOf(found?.platform ?? platform) };
}

/** The highest price of a reply, in millionths of a dollar. */
export function replyPrice({ publishers }: Pick<Config, 'publishers'>, name: string): number {
  const entry = publishers.find((one) => one.name === name);
  if (entry === undefined) return 0;
  const { prices = 'free' } = platformOf(entry.platform) ?? {};
  return prices === 'free' ? 0 : prices.reply(entry.config);
}

/** What reading a mention costs on average, in millionths of a dollar. */
function mentionPrice({ feeds }: Pick<Config, 'feeds'>, name: string): number {
  const entry = feeds.find((one) => one.name === name);
  const { prices = 'free' } = platformOf(entry?.platform ?? '') ?? {};
  return prices === 'free' || entry === undefined ? 0 : prices.mention(entry.config);
}

/** What a busy month costs, in words, for each feed and publisher that costs something: 1,000 mentions, 200 replies. */
export function forecasts(config: Pick<Config, 'feeds' | 'publishers'>): { name: string; message: string }[] {
  const line = (name: string, count: string, millionths: number) => {
    return { name, message: `${count} a month cost about $${(millionths / 1e6).toFixed(2)}` };
  };
  const reading = config.feeds.map(({ name }) => ({ name, price: mentionPrice(config, name) }));
  const replying = config.publishers.map(({ name }) => ({ name, price: replyPrice(config, name) }));
  return [
    ...reading.map(({ name, price }) => line(`feed ${name}`, '1,000 mentions', 1000 * price)),
    ...replying.map(({ name, price }) => line(`publisher ${name}`, '200 replies', 200 * price)),
  ].filter(({ message }) => !message.endsWith('$0.00'));
}

/** What a publisher sends beside the text of a reply. */
export function replyParts({ publishers }: Pick<Config, 'publishers'>, name: string): ReplyParts {
  const entry = publishers.find((one) => one.name === name);
  return entry === undefined ? {} : (platformOf(entry.platform)?.replyParts?.(entry.config) ?? {});
}

/** Which paragraphs replies through a publisher quote. */
export function excerptsThrough({ publishers }: Pick<Config, 'publishers'>, name: string): Excerpts {
  return publishers.find((one) => one.name === name)?.excerpts ?? 'never';
}

/** Platforms with a driver. */
export const platformIds: readonly string[] = platforms.map(({ id }) => id);

/** Platforms that replies can go to. */
export const replyingPlatforms = platforms.filter(({ publisher }) => publisher !== undefined);

/** What the platform of a post permits. */
export function policyOf(platform: string): ConsentPolicy {
  return platformOf(platform)?.consent ?? ofElsewhere;
}

/** Lines of a file may name any platform: without a driver only `dry-run` is permitted. */
const ofElsewhere: ConsentPolicy = {
  summons: 'nothing: nothing is known of this platform',
  permits: ['dry-run'],
  clause: 'nothing is known of this platform, so nobody is addressed there',
  source: 'docs/rules.md',
  never: [],
};

/** True if the publisher may post publicly. */
function addresses({ mode }: PublisherEntry): boolean {
  return mode !== 'dry-run';
}

/** The effect of an opt-in on a platform, for people: judged by the publishers that answer its posts, which may be of another platform. */
export function mayBeAnswered(
  person: string,
  platform: string,
  { publishers, feeds }: Pick<Config, 'publishers' | 'feeds'>,
): string {
  const named = new Set(feeds.filter((feed) => feed.platform === platform).map(({ publisher }) => publisher));
  const answering = publishers.filter(
    (one) => named.has(one.name) || (named.has(undefined) && one.platform === platform),
  );
  const policies = (answering.length > 0 ? answering : [{ platform }]).map((one) => policyOf(one.platform));
  const all = `${person} has opted in: publishers in mode opted-in may answer posts that do not address the bot.`;
  if (policies.some(({ permits }) => permits.includes('opted-in'))) return all;
  return `${all}\nBut ${platform} does not permit this mode: ${policies[0]?.clause ?? ''}.`;
}

/** The permissions of each publisher that addresses people, in words, with their source. */
export function permissions(config: Pick<Config, 'publishers'>): { name: string; message: string }[] {
  return config.publishers
    .filter(({ platform }) => platform !== 'log')
    .map(({ name, platform, mode, limits: { perDay, budget } }) => {
      const { summons, permits, clause, source } = policyOf(platform);
      const others = permits.filter((one) => one !== 'dry-run');
      const more = others.length === 0 ? 'no other mode is permitted' : `also permitted: ${others.join(', ')}`;
      const quota = perDay === null ? 'without a daily quota' : `at most ${perDay} a day`;
      const money = budget.perMonth === null ? '' : `, for at most $${budget.perMonth / 1e6} a month`;
      const price = replyPrice(config, name);
      const cost = price === 0 ? '' : `, a reply with a link for up to $${(price / 1e6).toFixed(3)}`;
      const message = `mode ${mode}, ${quota}${cost}${money}; may answer people who address the bot (${summons}); ${more}: ${clause} (${source})`;
      return { name: `publisher ${name}`, message };
    });
}
