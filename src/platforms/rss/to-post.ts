import { createHash } from 'node:crypto';
import { type Post, postKey, writtenAt } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import { type PlainText, webUrl, htmlToText, plainText } from '../shared/html.ts';
import type { Content, FeedItem } from './items.ts';

/** The feed of an item. */
export interface Origin {
  readonly title: string | null;
  /** As configured: a feed that is redirected is still the same feed. */
  readonly url: string;
  readonly host: string;
}

const maxIdLength = 500;

/** Names an item within its feed: the guid, else the link, else a hash of the content. */
export function idOf(item: FeedItem, { host, url }: Origin): string {
  const written = storable(item.guid ?? webUrl(item.link, url) ?? '').trim();
  if (written === '') return `${host}#${digest(JSON.stringify([item.title, item.body, item.published]))}`;
  if (written.length > maxIdLength) return `${host}#${digest(written)}`;
  return isUrl(written) ? written : `${host}/${written}`;
}

const isUrl = (text: string) => /^https?:\/\//i.test(text);

/** An id of a feed as that of a post or author: a URL of another host gets the feed's host before it, since any feed can claim it. */
function scoped(id: string, { host }: Origin): string {
  return isUrl(id) && URL.parse(id)?.host !== host ? `${host}/${id}` : id;
}

/** Milliseconds since the Unix epoch, not in the future; null where the item does not say. */
export function publishedAt(item: FeedItem, now: number): number | null {
  const time = timeOf(item.published ?? '');
  return Number.isNaN(time) ? null : Math.min(time, now);
}

/** Names of zones that `Date.parse` does not know, as offsets. Only those that name one zone. */
const zones: Readonly<Record<string, string>> = Object.fromEntries(
  `WET +0000, WEST +0100, BST +0100, CET +0100, MET +0100, CEST +0200, MEST +0200, EET +0200, EEST +0300, MSK +0300, JST +0900,
  KST +0900, AEST +1000, AEDT +1100`
    .split(/,\s+/)
    .map((zone) => zone.split(' ')),
);
const zoned = /(?:[a-z]|[+-]\d\d:?\d\d|\))$/i;

/** The time in a date as feeds write it (RFC 822, ISO 8601); without a zone in UTC, wherever the bot runs. NaN: it is none. */
function timeOf(written: string): number {
  const text = written.trim().slice(0, 100);
  const named = text.replace(/(?<=[\d ])([A-Z]{3,4})$/, (zone) => ` ${zones[zone] ?? zone}`);
  const isDay = /^\d{4}(?:-\d\d){0,2}$/.test(named);
  return Date.parse(isDay || zoned.test(named) ? named : `${named}${/\dT\d/.test(named) ? 'Z' : ' UTC'}`);
}

export function toPost(item: FeedItem, origin: Origin, now: number): Post | { readonly fault: string } {
  const url = webUrl(item.link, origin.url);
  const title = toPlainText(item.title, url ?? origin.url);
  const body = toPlainText(item.body, url ?? origin.url);
  const text = joined(title.text.replaceAll('\n', ' '), body.text);
  const about = webUrl(item.about, origin.url);
  // In a list of links, the page that an item is about is its link.
  const elsewhere = url !== null && URL.parse(url)?.host !== origin.host ? [url] : [];
  const links = [...title.links, ...body.links, ...(about ? [about] : []), ...elsewhere];
  if (text === '' && links.length === 0) return { fault: 'the item has neither title nor text nor link' };
  const id = scoped(idOf(item, origin), origin);
  return {
    key: postKey('rss', id),
    platform: 'rss',
    id,
    url,
    author: authorOf(item, origin),
    text,
    language: item.language && item.language.length <= 50 ? storable(item.language) : null,
    createdAt: writtenAt(publishedAt(item, now), now),
    hashtags: item.tags.map((tag) => storable(tag.trim().replace(/^[#＃]/, ''))).filter((tag) => tag !== ''),
    links: [...new Set(links)],
    summoned: false,
    repost: false,
    visibility: 'public',
    inReplyTo: null,
    thread: id,
  };
}

/** Names are unique only within their feed. An item without an author is by the feed. */
function authorOf({ author }: FeedItem, origin: Origin): Post['author'] {
  const { host, title } = origin;
  const name = author.name ?? author.uri;
  const id = storable((author.uri ?? author.name ?? '').slice(0, maxIdLength));
  return {
    id: id === '' ? host : isUrl(id) ? scoped(id, origin) : `${host}/${id}`,
    handle: storable((name ?? host).slice(0, 200)),
    name: storable((name ?? title ?? host).slice(0, 200)),
    bot: false,
  };
}

function toPlainText(content: Content | null, base: string): PlainText {
  if (content === null) return plainText('');
  return content.type === 'html' ? htmlToText(content.value, base) : plainText(content.value);
}

/** Joins title and body. Microblogs repeat the start of the text as title. */
function joined(title: string, body: string): string {
  const start = title.replace(/(?:…|\.\.\.)$/, '').trimEnd();
  if (start === '' || body.replaceAll('\n', ' ').startsWith(start)) return body;
  return body === '' ? title : `${title}\n\n${body}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
