import { html } from 'hono/html';
import { ownPath } from '../../cables/links/cable-links.ts';
import type { ReferenceId } from '../../core/cable.ts';
import type { Html, PageRequest } from '../page.ts';
import { externalLink } from '../parts.ts';
import { trackbackAddress } from '../trackbacks/pages.ts';
import { publicOrigin } from './response.ts';

/** The two hashtags that mark a post about a cable. */
function hashtags(id: ReferenceId): string {
  return `#cablegate #${id}`;
}

interface Discussed {
  readonly id: ReferenceId;
  readonly subject: string | null;
  /** Its page has paragraphs to link to. */
  readonly hasParagraphs: boolean;
}

/** How to post about this cable so that others find it. */
export function discuss({ id, subject, hasParagraphs }: Discussed, request: PageRequest): Html {
  const tags = hashtags(id);
  const url = `${publicOrigin(request)}${ownPath(id)}`;
  const text = `${subject ?? `Cable ${id}`} ${tags}`;
  return html`<section class="discuss" aria-labelledby="discuss">
    <h2 id="discuss">How to discuss this cable</h2>
    <p>
      Link to its page${hasParagraphs && ', or to a paragraph by the ¶ beside it,'} and add both hashtags to your post
      so that others find it.
    </p>
    <p class="copy">
      <label>Hashtags <input id="hashtags" type="text" readonly value="${tags}" /></label>
      <button class="quiet" type="button" data-copy="hashtags" hidden>Copy</button>
    </p>
    <ul class="share" aria-label="Share">
      <li>${externalLink(`https://x.com/intent/post?${query({ text, url })}`, 'X')}</li>
      <li>${externalLink(`https://bsky.app/intent/compose?${query({ text: `${text} ${url}` })}`, 'Bluesky')}</li>
      <li>${externalLink(`https://www.facebook.com/sharer/sharer.php?${query({ u: url })}`, 'Facebook')}</li>
      <li><a href="mailto:?${query({ subject: subject ?? `Cable ${id}`, body: `${url}\n\n${tags}` })}">E-mail</a></li>
    </ul>
    <form class="fediverse" method="get" action="${ownPath(id)}/share">
      <label
        >Mastodon server <input type="text" name="server" placeholder="mastodon.social" maxlength="253" required
      /></label>
      <button class="quiet" type="submit">Share on Mastodon</button>
    </form>
    ${trackbackAddress(id, request)}
  </section>`;
}

/** The share page of a fediverse server; undefined if `server` is not a server name. */
export function fediverseUrl(
  server: string,
  id: ReferenceId,
  subject: string | null,
  request: PageRequest,
): URL | undefined {
  const host = server
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/^@?[^@/]*@/, '')
    .replace(/\/.*$/, '');
  if (!/^(?=.{4,253}$)[\p{L}\d-]+(\.[\p{L}\d-]+)+(:\d{1,5})?$/u.test(host) || !URL.canParse(`https://${host}/share`))
    return undefined;
  const text = `${subject ?? `Cable ${id}`} ${publicOrigin(request)}${ownPath(id)} ${hashtags(id)}`;
  return new URL(`https://${host}/share?${query({ text })}`);
}

/** Encodes spaces as %20: mail programs do not decode `+`. */
function query(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}
