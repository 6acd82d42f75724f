import { DetectError, parseFeed } from 'feedsmith';
import type { AtomFeed, JsonFeed, RdfFeed, RssFeed } from 'feedsmith';
import { messageOf } from '../../core/errors.ts';
import { readStart } from './malformed.ts';

/** An item of a feed of any format; missing fields are null. */
export interface FeedItem {
  readonly guid: string | null;
  readonly link: string | null;
  readonly title: Content | null;
  /** All its texts: content, description, those of media and podcasts. The fullest comes first. */
  readonly bodies: readonly Content[];
  /** Name and address, or one of them. */
  readonly author: { readonly name: string | null; readonly uri: string | null };
  /** As written, that of the publication first. */
  readonly dates: readonly string[];
  readonly tags: readonly string[];
  /** As written, those of the item first, then those of the feed. */
  readonly languages: readonly string[];
  /** URLs of the pages that the item is about, where they are not its own. */
  readonly about: readonly string[];
  /** `xml:base` of the feed, the item and its content, from the outermost. */
  readonly bases: readonly string[];
}

export interface Content {
  readonly type: 'html' | 'text';
  readonly value: string;
}

export interface FeedDocument {
  readonly title: string | null;
  readonly items: readonly FeedItem[];
  /** The fault behind the last of these items; null: none. */
  readonly fault: string | null;
}

/** Reads a damaged document up to the damage. Errors: an Error that says what the text is instead of a feed. */
export function readFeed(text: string): FeedDocument {
  try {
    return { ...documentIn(text), fault: null };
  } catch (error) {
    const start = readStart(text, documentIn);
    if (start === undefined && error instanceof DetectError)
      throw new Error(`not a feed but ${kindOf(text)}`, { cause: error });
    const reason = error instanceof Error && error.cause ? messageOf(error.cause) : messageOf(error);
    const words = error instanceof DetectError ? 'it ends too soon' : reason.slice(0, 200);
    if (start === undefined) throw new Error(`a damaged feed: ${words}`, { cause: error });
    return { ...start.value, fault: `damaged after ${start.items} ${start.items === 1 ? 'item' : 'items'}: ${words}` };
  }
}

type Sound = Omit<FeedDocument, 'fault'>;

function documentIn(text: string): Sound {
  const { format, feed } = parseFeed(text);
  // The parser takes half an item for a whole one.
  if (format !== 'json' && !/<\/(?:\w+:)?(?:rss|feed|rdf)\s*>/i.test(text)) throw new Error('it ends too soon');
  if (format === 'rss') return documentOf(feed.title, feed.items, (item) => rssItem(item, feed));
  if (format === 'rdf') return documentOf(feed.title, feed.items, (item) => rdfItem(item, feed));
  if (format === 'atom') return documentOf(feed.title?.value, feed.entries, (entry) => atomItem(entry, feed));
  return documentOf(feed.title, feed.items, (item) => jsonItem(item, feed));
}

function kindOf(text: string): string {
  const start = text.slice(0, 4000).trim();
  if (start === '') return 'an empty page';
  const title = /<title[^>]{0,100}>([^<]{0,80})/i.exec(start)?.[1]?.trim();
  if (/^<(?:!doctype html|html|head|body)/i.test(start)) return title ? `an HTML page, “${title}”` : 'an HTML page';
  if (/^[[{]/.test(start)) return 'other JSON';
  return `a text that begins with “${start.slice(0, 60).replaceAll(/\s+/g, ' ')}”`;
}

function documentOf<T>(title: string | undefined, items: T[] | undefined, read: (item: T) => FeedItem): Sound {
  return { title: title ?? null, items: (items ?? []).map(read) };
}

function rssItem(item: RssFeed.Item<string>, feed: RssFeed.Feed<string>): FeedItem {
  const guid = item.guid?.value ?? null;
  const [person] = item.authors ?? [];
  const isLink = item.guid?.isPermaLink !== false && URL.canParse(guid ?? '');
  return {
    guid,
    link: item.link ?? (isLink ? guid : null),
    title: html(item.title),
    bodies: [
      ...writtenAs('html', item.content?.encoded, item.description, item.itunes?.summary, item.itunes?.subtitle),
      ...extraBodies(item),
    ],
    author: { name: person?.name ?? item.dc?.creators?.[0] ?? null, uri: person?.link ?? person?.email ?? null },
    dates: listed(item.pubDate, ...(item.dc?.dates ?? []), item.atom?.published, item.atom?.updated),
    tags: named([...(item.categories ?? []).map(({ name }) => name), ...(item.dc?.subjects ?? [])]),
    languages: listed(
      ...(item.dc?.languages ?? []),
      item.xml?.lang,
      feed.language,
      ...(feed.dc?.languages ?? []),
      feed.xml?.lang,
    ),
    about: pagesAbout(item.atom?.links),
    bases: listed(feed.xml?.base, item.xml?.base),
  };
}

function rdfItem(item: RdfFeed.Item<string>, feed: RdfFeed.Feed<string>): FeedItem {
  return {
    guid: item.rdf?.about ?? null,
    link: item.link ?? null,
    title: html(item.title),
    bodies: [...writtenAs('html', item.content?.encoded, item.description), ...extraBodies(item)],
    author: { name: item.dc?.creators?.[0] ?? null, uri: null },
    dates: listed(...(item.dc?.dates ?? [])),
    tags: named(item.dc?.subjects),
    languages: listed(...(item.dc?.languages ?? []), item.xml?.lang, ...(feed.dc?.languages ?? []), feed.xml?.lang),
    about: pagesAbout(item.atom?.links),
    bases: listed(feed.xml?.base, item.xml?.base),
  };
}

function atomItem(entry: AtomFeed.Entry<string>, feed: AtomFeed.Feed<string>): FeedItem {
  const own = entry.links?.find(({ rel }) => rel === undefined || rel === 'alternate');
  const person = entry.authors?.[0] ?? feed.authors?.[0];
  return {
    guid: entry.id ?? null,
    link: own?.href ?? null,
    title: typed(entry.title),
    bodies: [...[typed(entry.content), typed(entry.summary)].filter((body) => body !== null), ...extraBodies(entry)],
    author: { name: person?.name ?? null, uri: person?.uri ?? person?.email ?? null },
    dates: listed(entry.published, entry.updated, ...(entry.dc?.dates ?? [])),
    tags: named([...(entry.categories ?? []).map(({ term, label }) => term ?? label), ...(entry.dc?.subjects ?? [])]),
    languages: listed(
      entry.content?.xml?.lang,
      entry.xml?.lang,
      ...(entry.dc?.languages ?? []),
      feed.xml?.lang,
      ...(feed.dc?.languages ?? []),
    ),
    about: pagesAbout(entry.links),
    bases: listed(feed.xml?.base, entry.xml?.base, entry.content?.xml?.base),
  };
}

function jsonItem(item: JsonFeed.Item<string>, feed: JsonFeed.Feed<string>): FeedItem {
  const person = item.authors?.[0] ?? feed.authors?.[0];
  return {
    guid: item.id ?? null,
    link: item.url ?? null,
    title: plain(item.title),
    bodies: [...writtenAs('html', item.content_html), ...writtenAs('text', item.content_text, item.summary)],
    author: { name: person?.name ?? null, uri: person?.url ?? null },
    dates: listed(item.date_published, item.date_modified),
    tags: named(item.tags),
    languages: listed(item.language, feed.language),
    about: listed(item.external_url),
    bases: [],
  };
}

/** The texts of Media RSS (YouTube has no others), Dublin Core, and Atom within another format. */
function extraBodies({ media, dc, atom }: Pick<RssFeed.Item<string>, 'media' | 'dc' | 'atom'>): Content[] {
  const described = [media, ...(media?.groups ?? []), ...(media?.contents ?? [])]
    .slice(0, 20)
    .map((one) => one?.description);
  const typedBodies = [...described, atom?.content, atom?.summary].map(typed).filter((body) => body !== null);
  return [...typedBodies, ...writtenAs('html', ...(dc?.descriptions ?? []))];
}

function pagesAbout(links: readonly { href?: string | undefined; rel?: string | undefined }[] = []): string[] {
  return listed(...links.filter(({ rel }) => rel === 'related' || rel === 'via').map(({ href }) => href));
}

function listed(...values: readonly (string | undefined)[]): string[] {
  return values.filter((value) => value !== undefined).slice(0, 20);
}

function writtenAs(type: Content['type'], ...values: readonly (string | undefined)[]): Content[] {
  return listed(...values).map((value) => ({ type, value }));
}

function html(value: string | undefined): Content | null {
  return value === undefined ? null : { type: 'html', value };
}

function plain(value: string | undefined): Content | null {
  return value === undefined ? null : { type: 'text', value };
}

/** Atom names the type of its texts; any other than HTML is literal (RFC 4287, 3.1.1). */
function typed(text: { value?: string | undefined; type?: string | undefined } | undefined): Content | null {
  return text?.type?.includes('html') ? html(text.value) : plain(text?.value);
}

function named(tags: readonly (string | undefined)[] = []): string[] {
  const names = tags.filter((name) => name !== undefined).filter(({ length }) => length <= 200);
  return [...new Set(names.slice(0, 100))];
}
