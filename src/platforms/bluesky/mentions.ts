import { z } from 'zod';
import { openFitting } from '../shared/fitting.ts';
import type { Account } from './account.ts';
import { momentOf } from './wire.ts';

/** Something that the account was told of, or that a search found, as it came. */
export interface News {
  readonly raw: unknown;
  readonly uri: string;
  /** By which the network orders it: when it says it was written, unless that is in the future. */
  readonly at: number;
}

const Answer = z.object({
  notifications: z.array(z.unknown()).optional(),
  posts: z.array(z.unknown()).optional(),
  cursor: z.string().max(2000).optional(),
});
const Head = z.object({ uri: z.string().max(2000).catch(''), indexedAt: z.string().optional().catch(undefined) });

const perPage = 100;
const mostPages = 100;
const searchPages = 3;

/**
 * Mentions, replies and quotes since then, newest first. `complete`: nothing between was left out.
 */
export async function readMentions(
  account: Account,
  since: number,
  signal: AbortSignal,
): Promise<{ news: News[]; complete: boolean }> {
  const reasons = ['mention', 'reply', 'quote'];
  const params = { reasons };
  return await readBack(
    account,
    'app.bsky.notification.listNotifications',
    params,
    { since, pages: mostPages },
    signal,
  );
}

/** Posts with this hashtag since then: a little of the past, for which nobody else can be asked. */
export async function searchTag(account: Account, tag: string, since: number, signal: AbortSignal): Promise<News[]> {
  const params = { q: `#${tag}`, sort: 'latest', since: new Date(since).toISOString() };
  const terms = { since, pages: searchPages };
  return (await readBack(account, 'app.bsky.feed.searchPosts', params, terms, signal)).news;
}

async function readBack(
  account: Account,
  method: string,
  params: Readonly<Record<string, string | number | readonly string[]>>,
  { since, pages }: { since: number; pages: number },
  signal: AbortSignal,
): Promise<{ news: News[]; complete: boolean }> {
  const news: News[] = [];
  const fitting = openFitting(perPage);
  let cursor: string | undefined;
  for (let page = 0; page < pages; page += 1) {
    const fit = await fitting((limit) => account.get(method, { ...params, limit, cursor }, Answer, signal));
    if (fit === undefined) break;
    const { answer } = fit;
    const entries = answer.notifications ?? answer.posts ?? [];
    for (const raw of entries) {
      const { data: head } = Head.safeParse(raw);
      // What has no time stands where its neighbour does.
      const at = momentOf(head?.indexedAt) ?? news.at(-1)?.at ?? since;
      if (at < since) return { news, complete: true };
      news.push({ raw, uri: head?.uri ?? '', at });
    }
    if (answer.cursor === undefined || entries.length === 0) return { news, complete: true };
    cursor = answer.cursor;
  }
  return { news, complete: false };
}
