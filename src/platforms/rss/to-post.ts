import { type Post, postKey, writtenAt } from '../../core/post.ts';
import { storable } from '../../core/storable.ts';
import { statedLanguage } from '../../core/text/languages.ts';
import { htmlToText, type PlainText, plainText, webUrl } from '../shared/html.ts';
import { idsOf, isUrl, maxIdLength, scoped, timeIn } from './identity.ts';
import type { Content, FeedItem } from './items.ts';

/** The feed of an item. */
export interface Origin {
  readonly title: string | null;
  /** As configured: a feed that is redirected is still the same feed. */
  readonly url: string;
  /** After redirects: base of relative links. */
  readonly base: string;
  readonly host: string;
}

/** A post under the best of the item's ids. */
export function toPost(item: FeedItem, origin: Origin, now: number): Post | { readonly fault: string } {
  const base = item.bases.reduce((outer, written) => webUrl(written, outer) ?? outer, origin.base);
  const url = webUrl(item.link, base);
  const start = item.bases.length > 0 ? base : (url ?? base);
  const title = toPlainText(item.title, start);
  const bodies = item.bodies.map((body) => toPlainText(body, start));
  const text = joined(title.text.replaceAll('\n', ' '), together(bodies.map((body) => body.text)));
  const about = item.about.map((page) => webUrl(page, base)).filter((page) => page !== null);
  // In a list of links, the page that an item is about is its link.
  const isElsewhere = url !== null && (text === '' || URL.parse(url)?.host !== origin.host);
  const links = [...title.links, ...bodies.flatMap((body) => body.links), ...about, ...(isElsewhere ? [url] : [])];
  if (text === '' && links.length === 0) return { fault: 'the item has neither title nor text nor link' };
  const id = scoped(idsOf(item, origin)[0] ?? '', origin.host);
  return {
    key: postKey('rss', id),
    platform: 'rss',
    id,
    url,
    author: authorOf(item, origin),
    text,
    language: statedLanguage(...item.languages),
    createdAt: writtenAt(timeIn(item), now),
    hashtags: item.tags.map((tag) => storable(tag.trim().replace(/^[#＃]/, ''))).filter((tag) => tag !== ''),
    links: [...new Set(links)].slice(0, maxLinks),
    summoned: false,
    repost: false,
    visibility: 'public',
    inReplyTo: null,
    thread: id,
  };
}

const maxLinks = 200;

/** Names are unique only within their feed. An item without an author is by the feed. */
function authorOf({ author }: FeedItem, origin: Origin): Post['author'] {
  const { host, title } = origin;
  const name = author.name ?? author.uri;
  const id = storable((author.uri ?? author.name ?? '').slice(0, maxIdLength));
  return {
    id: id === '' ? host : isUrl(id) ? scoped(id, host) : `${host}/${id}`,
    handle: storable((name ?? host).slice(0, 200)),
    name: storable((name ?? title ?? host).slice(0, 200)),
    bot: false,
  };
}

function toPlainText(content: Content | null, base: string): PlainText {
  if (content === null) return plainText('');
  return content.type === 'html' ? htmlToText(content.value, base) : plainText(content.value);
}

/** All texts of an item, without those that another one contains: feeds repeat a text, or the start of it. */
export function together(texts: readonly string[]): string {
  const distinct: string[] = [];
  for (const text of [...new Set(texts)].toSorted((a, b) => b.length - a.length)) {
    if (!distinct.some((longer) => squeezed(longer).includes(squeezed(text)))) distinct.push(text);
  }
  return plainText(
    texts
      .filter((text) => distinct.includes(text))
      .filter(isFirst)
      .join('\n\n'),
  ).text;
}

const isFirst = (text: string, index: number, all: readonly string[]) => all.indexOf(text) === index;

function squeezed(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replace(/ ?\[?(?:…|\.\.\.)\]?$/, '')
    .trim();
}

/** Joins title and body. Microblogs repeat the start of the text as title. */
function joined(title: string, body: string): string {
  const start = title.replace(/(?:…|\.\.\.)$/, '').trimEnd();
  if (start === '' || body.replaceAll('\n', ' ').startsWith(start)) return body;
  return body === '' ? title : `${title}\n\n${body}`;
}
