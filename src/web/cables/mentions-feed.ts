import { ownAnchor, ownPath } from '../../cables/links/cable-links.ts';
import type { ReferenceId } from '../../core/cable.ts';
import { plain } from '../../core/storable.ts';
import { mentionsOfCable, type PublicMention } from '../../ledger/posts/cable-mentions.ts';
import type { Request } from '../page.ts';
import { answer, originOf } from './answer.ts';
import { mostMentions, nameOf, platformName } from './mentions-section.ts';

/** Mentions of a cable as an Atom feed, the latest first. */
export async function mentionsFeed(request: Request, id: ReferenceId): Promise<Response> {
  const mentions = await mentionsOfCable(request.context.ledger.db, id, mostMentions);
  const page = `${originOf(request)}${ownPath(id)}`;
  const latest = Math.max(0, ...mentions.map(({ at }) => at));
  // Seldom asked for, and 138 modules.
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
  return answer(request, { type: 'application/atom+xml; charset=utf-8', body });
}

function entryOf(mention: PublicMention, page: string) {
  const { key, url, at, paragraphs, platform } = mention;
  const where = paragraphs.length === 0 ? '' : ` of ${paragraphs.map((one) => `¶${one}`).join(', ')}`;
  const [first] = paragraphs;
  return {
    // Of its own, for two posts may stand at one address.
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

/** XML has no way to write control characters and lone halves of characters. */
function forXml(text: string): string {
  return plain(text)
    .toWellFormed()
    .replaceAll(/[\uFFFE\uFFFF]/g, '�');
}
