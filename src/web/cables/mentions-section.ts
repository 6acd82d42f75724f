import { html } from 'hono/html';
import { ownAnchor, ownPath } from '../../cables/links/cable-links.ts';
import type { ReferenceId } from '../../core/cable.ts';
import { plain } from '../../core/text/strangers.ts';
import { mentionsOfCable, type PublicMention } from '../../ledger/posts/mentions.ts';
import type { Html, PageRequest } from '../page.ts';
import { externalLink, time } from '../parts.ts';
import { cacheableResponse, publicOrigin } from './response.ts';

/** Mentions per cable, on its page and in its feed. */
export const maxMentions = 100;

/** The number of mentions of each paragraph number. */
export function citedParagraphs(mentions: readonly PublicMention[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { paragraphs } of mentions) for (const one of paragraphs) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}

/** The mentions of a cable by paragraph. `feed`: path of the Atom feed; `numbers`: the paragraphs that the page has. */
export function mentionList(mentions: readonly PublicMention[], feed: string, numbers: readonly number[]): Html {
  const cited = [...citedParagraphs(mentions).keys()].toSorted((a, b) => a - b);
  const whole = mentions.filter(({ paragraphs }) => paragraphs.length === 0);
  return html`<section aria-labelledby="mentions">
    <h2 id="mentions">Mentions</h2>
    ${mentions.length === 0 ? html`<p class="dim">No mentions yet. The bot finds posts with both hashtags.</p>` : ''}
    ${whole.length > 0 && group(html`Of the whole cable`, whole, 'whole')}
    ${cited.map((number) =>
      group(
        numbers.includes(number) ? html`Of <a href="#${ownAnchor(number)}">¶${number}</a>` : html`Of ¶${number}`,
        mentions.filter(({ paragraphs }) => paragraphs.includes(number)),
        String(number),
      ),
    )}
    <p><a href="${feed}" type="application/atom+xml">Follow the mentions as an Atom feed</a></p>
  </section>`;
}

function group(title: Html, mentions: readonly PublicMention[], name: string): Html {
  return html`<h3 id="mentions-${name}">${title}</h3>
    <ul class="mentions">
      ${mentions.map((mention) => html`<li>${entry(mention)}</li>`)}
    </ul>`;
}

function entry({ platform, url, handle, title, at }: PublicMention): Html {
  const name = plain(nameOf({ platform, handle, title }));
  return html`${url === null ? name : externalLink(url, name)} <small>${platformName(platform)}, ${time(at)}</small>`;
}

/** The title of the mentioning page, otherwise the author of the post. */
function nameOf({ platform, handle, title }: Pick<PublicMention, 'platform' | 'handle' | 'title'>): string {
  if (title !== null) return handle === '' ? title : `${title} (${handle})`;
  if (handle === '') return `a post on ${platformName(platform)}`;
  return isSite(platform) ? handle : `@${handle}`;
}

/** True if authors on this platform are sites, not people. */
function isSite(platform: string): boolean {
  return platform === 'rss' || platform === 'wordpress';
}

const names: Readonly<Record<string, string>> = {
  x: 'X',
  mastodon: 'Mastodon',
  bluesky: 'Bluesky',
  nostr: 'Nostr',
  wordpress: 'WordPress',
  rss: 'the web',
};

function platformName(platform: string): string {
  return Object.hasOwn(names, platform) ? names[platform]! : platform;
}

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
    entries: mentions.map((mention) => feedEntry(mention, page)),
  });
  return cacheableResponse(request, { type: 'application/atom+xml; charset=utf-8', body });
}

function feedEntry(mention: PublicMention, page: string) {
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
