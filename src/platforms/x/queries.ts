import type { XFeed } from './config.ts';

/** Limits of a self-serve account, in characters: a query of recent search, and a rule of the stream. */
export const maxQueryLength = 512;
export const maxRuleLength = 1024;

type Wanted = Pick<XFeed, 'hashtags' | 'ids' | 'sites' | 'account'>;

/**
 * Builds queries for all that a feed wants, each within `maxLength`. They exclude reposts and the bot's own posts. `mentions: false`: mentions
 * are read elsewhere.
 */
export function queriesFor(
  { hashtags, ids, sites, account }: Wanted,
  maxLength: number,
  { mentions = true } = {},
): string[] {
  const ending = ` -is:retweet${account === undefined ? '' : ` -from:${account.id}`}`;
  const tags = hashtags.map((tag) => `#${tag}`);
  const links = sites.map((site) => `url:"${site}"`);
  const named = account !== undefined && mentions ? [`@${account.handle}`] : [];
  return packed([...tags, ...ids.flatMap(termsOfId), ...named, ...quotesOf(account), ...links], ending, maxLength);
}

/** Searches an ID as a hashtag and as a word, which X indexes apart; a hyphen would split it, so such an ID is quoted. */
function termsOfId(id: string): string[] {
  return /^\w+$/.test(id) ? [`#${id}`, id] : [`"${id}"`];
}

/** Finds quotations of the bot by the URL that they carry. */
function quotesOf(account: Wanted['account']): string[] {
  if (account === undefined) return [];
  return ['x.com', 'twitter.com'].map((host) => `url:"${host}/${account.handle}/status"`);
}

/** Joins the terms with OR, each once and in order; a term that does not fit starts the next query. */
function packed(terms: readonly string[], ending: string, maxLength: number): string[] {
  const groups: string[][] = [];
  for (const term of new Set(terms)) {
    const last = groups.at(-1);
    if (last !== undefined && written([...last, term], ending).length <= maxLength) last.push(term);
    else groups.push([term]);
  }
  return groups.map((group) => written(group, ending));
}

function written(terms: readonly string[], ending: string): string {
  return `(${terms.join(' OR ')})${ending}`;
}
