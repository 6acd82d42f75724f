import { html } from 'hono/html';
import { ownPath } from '../../cables/links/cable-links.ts';
import type { ReferenceId } from '../../core/cable.ts';
import { publicOrigin } from '../cables/response.ts';
import type { Context, Html, Page, PageRequest } from '../page.ts';
import { openReceiver, submissionStatus } from './receiving.ts';
import { decide, reviewPage } from './review-trackbacks.ts';

/** The endpoints for Webmentions and Trackbacks and the page for their review; none unless cable pages are public. */
export function trackbackPages(context: Context): readonly Page[] {
  if (!acceptsTrackbacks(context)) return [];
  const receiver = openReceiver();
  const open = { audience: 'anyone', cacheable: true, crossOrigin: true, maxBytes: 16 * 1024 } as const;
  return [
    { method: 'GET', path: '/trackbacks', audience: 'viewer', nav: 'Trackbacks', handle: reviewPage },
    { method: 'POST', path: '/trackbacks', audience: 'reviewer', handle: decide },
    { method: 'POST', path: '/webmention', ...open, handle: (request) => receiver.webmention(request) },
    { method: 'GET', path: '/webmention/:id', ...open, handle: submissionStatus },
    { method: 'POST', path: '/trackback/:id', ...open, handle: (request) => receiver.trackback(request) },
  ];
}

/** The `Link` header by which programs discover the Webmention endpoint. */
export function webmentionHeaders(request: PageRequest): Readonly<Record<string, string>> {
  return acceptsTrackbacks(request.context) ? { Link: `<${publicOrigin(request)}/webmention>; rel="webmention"` } : {};
}

/** The same as an element of the head. */
export function webmentionLink(request: PageRequest): Html {
  return acceptsTrackbacks(request.context)
    ? html`<link rel="webmention" href="${publicOrigin(request)}/webmention" />`
    : html``;
}

/** The same for people. */
export function trackbackAddress(id: ReferenceId, request: PageRequest): Html {
  if (!acceptsTrackbacks(request.context)) return html``;
  return html`<p>
    <label>
      Wrote about it on your own site? Send a Webmention to this page, or a Trackback to
      <input type="text" readonly value="${publicOrigin(request)}${ownPath(id).replace('/cable/', '/trackback/')}" />
    </label>
  </p>`;
}

function acceptsTrackbacks({ config: { web } }: Context): boolean {
  return web.cables === 'public' && web.trackbacks === 'held';
}
