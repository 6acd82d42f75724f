import { createHash } from 'node:crypto';
import { type Post, postKey } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import { webUrl } from '../shared/html.ts';
import { timeOf } from './feed-dates.ts';
import type { FeedItem } from './items.ts';

/** What an item says beside its id, as hashes: items that agree in all of it are the same. Null: it does not say. */
export interface Traits {
  /** Without scheme and query, where sessions stand. */
  readonly link: string | null;
  readonly title: string | null;
  readonly words: string | null;
  readonly date: string | null;
}

export const maxIdLength = 500;

/** What may name an item within its feed, from the best to the surest: the guid, the link, a hash of the content. */
export function idsOf(item: FeedItem, { host, url }: { readonly host: string; readonly url: string }): string[] {
  const content = JSON.stringify([item.title, item.bodies[0] ?? null, item.dates[0] ?? null]);
  const written = [item.guid, webUrl(item.link, url)].map((id) => storable(id ?? '').trim()).filter((id) => id !== '');
  const ids = written.map((id) =>
    id.length > maxIdLength ? `${host}#${digest(id)}` : isUrl(id) ? id : `${host}/${id}`,
  );
  return [...ids, `${host}#${digest(content)}`];
}

export const isUrl = (text: string) => /^https?:\/\//i.test(text);

/** An id of a feed as that of a post or author: a URL of another host gets the feed's host before it, since any feed can claim it. */
export function scoped(id: string, host: string): string {
  return isUrl(id) && URL.parse(id)?.host !== host ? `${host}/${id}` : id;
}

/** A post under an id of its feed. */
export function named(post: Post, id: string, feedUrl: string): Post {
  const own = scoped(id, new URL(feedUrl).host);
  return { ...post, key: postKey('rss', own), id: own, thread: own };
}

/** Milliseconds since the Unix epoch, by the first date that is understood; null where there is none. */
export function timeIn({ dates }: FeedItem): number | null {
  return dates.map(timeOf).find((time) => time !== null) ?? null;
}

export function traitsOf(
  item: FeedItem,
  post: Post | undefined,
  { time, url }: { readonly time: number | null; readonly url: string },
): Traits {
  const link = URL.parse(webUrl(item.link, url) ?? '');
  const words = post?.text || post?.links.join(' ') || JSON.stringify([item.title, item.bodies]);
  return {
    link: link && digest(link.host + link.pathname + link.hash),
    title: item.title && digest(item.title.value),
    words: digest(words),
    date: time === null ? null : digest(String(time)),
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
