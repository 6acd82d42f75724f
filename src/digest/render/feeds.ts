import { generateAtomFeed, generateJsonFeed, generateRssFeed } from 'feedsmith';
import type { Digest } from '../../core/digest.ts';
import { present } from '../sections.ts';
import { wordsOf } from '../words/index.ts';
import { htmlBody } from './html.ts';

/** The address under which editions can be read; undefined: none, and entries then have no link. */
type Home = string | undefined;

/** RSS requires a link; this one is for digests without a page. */
const project = 'https://wikileaks.org/cable/';

/** A feed of editions, the latest first. Ids and dates depend only on the editions. Errors: if there is no edition. */
export function atom(editions: readonly Digest[], home: Home): string {
  const { id, title, summary, updated, entries } = contentOf(editions, home);
  const feed = generateAtomFeed({
    id,
    title: { value: title },
    subtitle: { value: summary },
    updated,
    authors: [{ name: 'Pilcrow' }],
    links: linksTo(home),
    entries: entries.map((entry) => ({
      id: entry.id,
      title: { value: entry.title },
      updated: entry.date,
      published: entry.date,
      summary: { value: entry.summary },
      content: { value: entry.content, type: 'html' },
      links: linksTo(entry.url),
    })),
  });
  return `${feed}\n`;
}

function linksTo(href: Home) {
  return href === undefined ? [] : [{ href, rel: 'alternate', type: 'text/html' }];
}

/** The same as RSS. */
export function rss(editions: readonly Digest[], home: Home): string {
  const { title, language, summary, updated, entries } = contentOf(editions, home);
  const feed = generateRssFeed({
    title,
    link: home ?? project,
    description: summary,
    language,
    lastBuildDate: updated,
    items: entries.map((entry) => ({
      title: entry.title,
      description: entry.summary,
      content: { encoded: entry.content },
      guid: { value: entry.id, isPermaLink: false },
      pubDate: entry.date,
      ...(entry.url !== undefined && { link: entry.url }),
    })),
  });
  return `${feed}\n`;
}

/** The same as a JSON Feed. */
export function jsonFeed(editions: readonly Digest[], home: Home): string {
  const { title, language, summary, entries } = contentOf(editions, home);
  const feed = generateJsonFeed({
    title,
    language,
    description: summary,
    ...(home !== undefined && { home_page_url: home }),
    items: entries.map((entry) => ({
      id: entry.id,
      title: entry.title,
      summary: entry.summary,
      content_html: entry.content,
      date_published: entry.date,
      ...(entry.url !== undefined && { url: entry.url }),
    })),
  });
  return `${JSON.stringify(feed, null, 2)}\n`;
}

function contentOf(editions: readonly Digest[], home: Home) {
  const [latest] = editions;
  if (latest === undefined) throw new Error('a feed needs at least one edition');
  const { subject: title, note: summary } = wordsOf(latest.language);
  return {
    id: idOf(latest.digest),
    title,
    language: latest.language,
    summary,
    updated: new Date(latest.due),
    entries: editions.map((edition) => ({
      id: `${idOf(edition.digest)}:${edition.date}`,
      url: home && `${home.replace(/\/$/, '')}/${edition.date}`,
      title: present(edition).title,
      summary: present(edition).intro.join(' '),
      content: htmlBody(edition),
      date: new Date(edition.due),
    })),
  };
}

/** A permanent id, which is no address. */
function idOf(digest: string): string {
  return `urn:pilcrow:digest:${digest}`;
}
