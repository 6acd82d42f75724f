import { ownAnchor, ownPath } from '../../cables/links/cable-links.ts';
import type { ReferenceId } from '../../core/cable.ts';
import { plain } from '../../core/storable.ts';
import { mentionsOfCable, type PublicMention } from '../../ledger/posts/cable-mentions.ts';
import type { PageRequest } from '../page.ts';
import { maxMentions, nameOf, platformName } from './mentions-section.ts';
import { cacheableResponse, publicOrigin } from './response.ts';

/** The mentions of a cable as an Atom feed, newest first. */
export async function mentionsFeed(request: PageRequest, id: ReferenceId): Promise<Response> {
  const mentions = await mentionsOfCable(request.context.ledger.db, id, maxMentions);
  const page = `${publicOrigin(request)}${ownPath(id)}`;
  const latest = Math.max(0, ...mentions.map(({ at }) => at));
  // Loaded on demand: 138 modules for a page that is rarely requested.
  const { generateAtomFeed } = await import('feedsmith');
  const body = generateAtomFeed({
    id: `${page}/mentions.atom`,
    title: { value: `Mentions of ${id}` },
    updated: new Date(latest),
    authors: [{ name: 'Pilcrow' }],
    links: [
      { href: `${page}/mentions.atom`, rel: 'self', type: 'application/atom+xml' },
      { href: page, rel: 'alternate', type: 'text/html' },
    ],
    entries: mentions.map((mention) => entryOf(mention, page)),
  });
  return cacheableResponse(request, { type: 'application/atom+xml; charset=utf-8', body });
}

function entryOf(mention: PublicMention, page: string) {
  const { key, url, at, paragraphs, platform } = mention;
  const where = paragraphs.length === 0 ? '' : ` of ${paragraphs.map((one) => `¶${one}`).join(', ')}`;
  const [first] = paragraphs;
  return {
    // Not the URL: two posts may share one.
    id: `${page}/mentions.atom#${encodeURIComponent(key)}`,
    title: { value: forXml(`${nameOf(mention)}${where}`) },
    updated: new Date(at),
    published: new Date(at),
    authors: [{ name: forXml(mention.handle === '' ? platformName(platform) : mention.handle) }],
    links: [
      { href: forXml(url ?? page), rel: 'alternate' },
      { href: first === undefined ? page : `${page}#${ownAnchor(first)}`, rel: 'related' },
    ],
  };
}

/** Removes control characters, lone surrogates and non-characters, which XML cannot represent. */
function forXml(text: string): string {
  return plain(text)
    .toWellFormed()
    .replaceAll(/[\uFFFE\uFFFF]/g, '�');
}
