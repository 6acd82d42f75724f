import type { Digest, DigestFormat } from '../../core/digest.ts';
import { present } from '../sections.ts';
import { wordsOf } from '../words/index.ts';
import { htmlBody } from './html.ts';

/** The address under which editions can be read; undefined: none, and entries then have no link. */
export type Home = string | undefined;

type FeedFormat = Extract<DigestFormat, 'atom' | 'rss' | 'jsonfeed'>;

interface Entry {
  readonly id: string;
  readonly url: string | undefined;
  readonly title: string;
  readonly summary: string;
  readonly content: string;
  readonly date: Date;
}

/** RSS requires a link; this one is for digests without a page. */
const project = 'https://wikileaks.org/cable/';

/** A feed of editions, the latest first. Ids and dates depend only on the editions. Errors: if there is no edition. */
export async function feed(format: FeedFormat, editions: readonly Digest[], home: Home): Promise<string> {
  const [latest] = editions;
  if (latest === undefined) throw new Error('a feed needs at least one edition');
  const entries = editions.map((edition) => entryOf(edition, home));
  const { digest, language } = latest;
  const title = wordsOf(language)
    .title(digest, '')
    .replace(/[,\s]+$/, '');
  const about = {
    id: idOf(digest),
    title,
    home,
    language,
    updated: new Date(latest.due),
    summary: wordsOf(language).note,
  };
  return `${await written[format](about, entries)}\n`;
}

interface About {
  readonly id: string;
  readonly title: string;
  readonly home: Home;
  readonly language: string;
  readonly updated: Date;
  readonly summary: string;
}

type Writer = (about: About, entries: readonly Entry[]) => Promise<string>;

const written: Readonly<Record<FeedFormat, Writer>> = {
  async atom({ id, title, home, updated, summary }, entries) {
    const { generateAtomFeed } = await import('feedsmith');
    return generateAtomFeed({
      id,
      title: { value: title },
      subtitle: { value: summary },
      updated,
      authors: [{ name: 'Pilcrow' }],
      ...(home !== undefined && { links: [{ href: home, rel: 'alternate', type: 'text/html' }] }),
      entries: entries.map((entry) => ({
        id: entry.id,
        title: { value: entry.title },
        updated: entry.date,
        published: entry.date,
        summary: { value: entry.summary },
        content: { value: entry.content, type: 'html' },
        ...(entry.url !== undefined && { links: [{ href: entry.url, rel: 'alternate', type: 'text/html' }] }),
      })),
    });
  },
  async rss({ title, home, language, updated, summary }, entries) {
    const { generateRssFeed } = await import('feedsmith');
    return generateRssFeed({
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
  },
  async jsonfeed({ title, home, language, summary }, entries) {
    const { generateJsonFeed } = await import('feedsmith');
    const made = generateJsonFeed({
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
    return JSON.stringify(made, null, 2);
  },
};

function entryOf(edition: Digest, home: Home): Entry {
  const { title, intro } = present(edition);
  return {
    id: idOf(edition.digest, edition.date),
    url: home === undefined ? undefined : `${home.replace(/\/$/, '')}/${edition.date}`,
    title,
    summary: intro.join(' '),
    content: htmlBody(edition),
    date: new Date(edition.due),
  };
}

/** Permanent ids, which are not addresses. */
function idOf(digest: string, date?: string): string {
  return `urn:pilcrow:digest:${digest}${date === undefined ? '' : `:${date}`}`;
}
