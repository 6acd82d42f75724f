import type { XFeed } from './config.ts';

/** Self-serve: recent search and a rule of the stream take so many characters. */
export const maxQueryLength = 512;
export const maxRuleLength = 1024;

type Wanted = Pick<XFeed, 'hashtags' | 'ids' | 'account'>;

/** Queries for all that a feed wants, each within `maxLength`. No reposts, and nothing that the bot wrote. */
export function queriesFor({ hashtags: tags, ids, account }: Wanted, maxLength: number): string[] {
  const ending = ` -is:retweet${account === undefined ? '' : ` -from:${account.id}`}`;
  return packed([...tags.map((tag) => `#${tag}`), ...ids.flatMap(termsOfId), ...quotesOf(account)], ending, maxLength);
}

/** As a word it is not found where it stands as a hashtag; a hyphen would split it. */
function termsOfId(id: string): string[] {
  return /^\w+$/.test(id) ? [`#${id}`, id] : [`"${id}"`];
}

/** Quotations of the bot carry the address of what they quote. Mentions have a timeline of their own. */
function quotesOf(account: Wanted['account']): string[] {
  if (account === undefined) return [];
  return ['x.com', 'twitter.com'].map((host) => `url:"${host}/${account.handle}/status"`);
}

/** Every term once, in order, joined with OR; a query is closed when the next term would not fit. */
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
