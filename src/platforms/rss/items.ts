import { DetectError, parseFeed } from 'feedsmith';
import type { AtomFeed, JsonFeed, RdfFeed, RssFeed } from 'feedsmith';
import { messageOf } from '../../core/errors.ts';

/** An item of a feed of any format; missing fields are null. */
export interface FeedItem {
  readonly guid: string | null;
  readonly link: string | null;
  readonly title: Content | null;
  readonly body: Content | null;
  /** Name and address, or one of them. */
  readonly author: { readonly name: string | null; readonly uri: string | null };
  /** As written. */
  readonly published: string | null;
  readonly tags: readonly string[];
  readonly language: string | null;
  /** URL of the page that the item is about, where that is not its own. */
  readonly about: string | null;
}

export interface Content {
  readonly type: 'html' | 'text';
  readonly value: string;
}

export interface FeedDocument {
  readonly title: string | null;
  readonly items: readonly FeedItem[];
}

/** Errors: an Error that says what the text is instead of a feed. */
export function readFeed(text: string): FeedDocument {
  const { format, feed } = parsedFeed(text);
  if (format === 'rss') return documentOf(feed.title, feed.items, (item) => rssItem(item, feed));
  if (format === 'rdf') return documentOf(feed.title, feed.items, (item) => rdfItem(item, feed));
  if (format === 'atom') return documentOf(feed.title?.value, feed.entries, (entry) => atomItem(entry, feed));
  return documentOf(feed.title, feed.items, (item) => jsonItem(item, feed));
}

function parsedFeed(text: string) {
  try {
    return parseFeed(text);
  } catch (error) {
    if (error instanceof DetectError) throw new Error(`not a feed but ${kindOf(text)}`, { cause: error });
    const reason = error instanceof Error && error.cause ? messageOf(error.cause) : messageOf(error);
    throw new Error(`a damaged feed: ${reason.slice(0, 200)}`, { cause: error });
  }
}

function kindOf(text: string): string {
  const start = text.slice(0, 4000).trim();
  if (start === '') return 'an empty page';
  const title = /<title[^>]{0,100}>([^<]{0,80})/i.exec(start)?.[1]?.trim();
  if (/^<(?:!doctype html|html|head|body)/i.test(start)) return title ? `an HTML page, “${title}”` : 'an HTML page';
  if (/^[[{]/.test(start)) return 'other JSON';
  return `a text that begins with “${start.slice(0, 60).replaceAll(/\s+/g, ' ')}”`;
}

function documentOf<T>(title: string | undefined, items: T[] | undefined, read: (item: T) => FeedItem): FeedDocument {
  return { title: title ?? null, items: (items ?? []).map(read) };
}

function rssItem(item: RssFeed.Item<string>, feed: RssFeed.Feed<string>): FeedItem {
  const guid = item.guid?.value ?? null;
  const [person] = item.authors ?? [];
  return {
    guid,
    link: item.link ?? (item.guid?.isPermaLink === false ? null : guid),
    title: html(item.title),
    body: html(item.content?.encoded ?? item.description),
    author: { name: person?.name ?? item.dc?.creators?.[0] ?? null, uri: person?.link ?? person?.email ?? null },
    published: item.pubDate ?? item.dc?.dates?.[0] ?? null,
    tags: named([...(item.categories ?? []).map(({ name }) => name), ...(item.dc?.subjects ?? [])]),
    language: item.dc?.languages?.[0] ?? feed.language ?? null,
    about: null,
  };
}

function rdfItem(item: RdfFeed.Item<string>, feed: RdfFeed.Feed<string>): FeedItem {
  return {
    guid: item.rdf?.about ?? null,
    link: item.link ?? null,
    title: html(item.title),
    body: html(item.content?.encoded ?? item.description),
    author: { name: item.dc?.creators?.[0] ?? null, uri: null },
    published: item.dc?.dates?.[0] ?? null,
    tags: named(item.dc?.subjects),
    language: item.dc?.languages?.[0] ?? feed.dc?.languages?.[0] ?? null,
    about: null,
  };
}

function atomItem(entry: AtomFeed.Entry<string>, feed: AtomFeed.Feed<string>): FeedItem {
  const own = entry.links?.find(({ rel }) => rel === undefined || rel === 'alternate');
  const related = entry.links?.find(({ rel }) => rel === 'related' || rel === 'via');
  const person = entry.authors?.[0] ?? feed.authors?.[0];
  return {
    guid: entry.id ?? null,
    link: own?.href ?? null,
    title: typed(entry.title),
    body: typed(entry.content) ?? typed(entry.summary),
    author: { name: person?.name ?? null, uri: person?.uri ?? person?.email ?? null },
    published: entry.published ?? entry.updated ?? null,
    tags: named([...(entry.categories ?? []).map(({ term, label }) => term ?? label), ...(entry.dc?.subjects ?? [])]),
    language: entry.content?.xml?.lang ?? entry.xml?.lang ?? feed.xml?.lang ?? null,
    about: related?.href ?? null,
  };
}

function jsonItem(item: JsonFeed.Item<string>, feed: JsonFeed.Feed<string>): FeedItem {
  const person = item.authors?.[0] ?? feed.authors?.[0];
  return {
    guid: item.id ?? null,
    link: item.url ?? null,
    title: plain(item.title),
    body: html(item.content_html) ?? plain(item.content_text ?? item.summary),
    author: { name: person?.name ?? null, uri: person?.url ?? null },
    published: item.date_published ?? item.date_modified ?? null,
    tags: named(item.tags),
    language: item.language ?? feed.language ?? null,
    about: item.external_url ?? null,
  };
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
