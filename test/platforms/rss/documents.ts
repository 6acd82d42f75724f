/** Small feeds for tests, in every format. */
export interface Entry {
  readonly guid?: string;
  readonly title?: string;
  readonly html?: string;
  /** Milliseconds since the Unix epoch. */
  readonly published?: number | undefined;
  readonly link?: string;
  readonly tags?: readonly string[];
  readonly author?: string;
}

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const tag = (name: string, text: string | undefined) =>
  text === undefined ? '' : `<${name}>${escape(text)}</${name}>`;
const iso = (time: number | undefined) => (time === undefined ? undefined : new Date(time).toISOString());

export function rss(entries: readonly Entry[]): string {
  const items = entries.map(
    ({ guid, title, html, published, link, tags = [], author }) => `<item>
      ${guid === undefined ? '' : `<guid isPermaLink="false">${escape(guid)}</guid>`}
      ${tag('title', title)}${tag('link', link)}${tag('description', html)}${tag('dc:creator', author)}
      ${tag('pubDate', published === undefined ? undefined : new Date(published).toUTCString())}
      ${tags.map((name) => tag('category', name)).join('')}</item>`,
  );
  return `<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
    <title>A blog</title><link>https://blog.example/</link><language>en</language>${items.join('\n')}</channel></rss>`;
}

export function atom(entries: readonly Entry[]): string {
  const items = entries.map(
    ({ guid, title, html, published, link, tags = [], author }) => `<entry>
      ${tag('id', guid)}${tag('title', title)}${tag('published', iso(published))}
      ${link === undefined ? '' : `<link href="${escape(link)}"/>`}
      ${html === undefined ? '' : `<content type="html">${escape(html)}</content>`}
      ${author === undefined ? '' : `<author><name>${escape(author)}</name></author>`}
      ${tags.map((term) => `<category term="${escape(term)}"/>`).join('')}</entry>`,
  );
  return `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>A blog</title>${items.join('\n')}</feed>`;
}

export function rdf(entries: readonly Entry[]): string {
  const items = entries.map(
    ({ guid, title, html, published, link, tags = [], author }) => `<item rdf:about="${escape(guid ?? link ?? '')}">
      ${tag('title', title)}${tag('link', link)}${tag('description', html)}${tag('dc:creator', author)}
      ${tag('dc:date', iso(published))}${tags.map((name) => tag('dc:subject', name)).join('')}</item>`,
  );
  return `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://blog.example/"><title>A blog</title>
    <link>https://blog.example/</link><dc:language>en</dc:language></channel>${items.join('\n')}</rdf:RDF>`;
}

export function json(entries: readonly Entry[]): string {
  const items = entries.map(({ guid, title, html, published, link, tags, author }) => ({
    id: guid,
    url: link,
    title,
    content_html: html,
    date_published: iso(published),
    tags,
    authors: author === undefined ? undefined : [{ name: author }],
  }));
  return JSON.stringify({ version: 'https://jsonfeed.org/version/1.1', title: 'A blog', language: 'en', items });
}
