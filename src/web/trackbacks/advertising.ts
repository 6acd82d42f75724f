import { html } from 'hono/html';
import { ownPath } from '../../cables/links/cable-links.ts';
import type { ReferenceId } from '../../core/cable.ts';
import { originOf } from '../cables/answer.ts';
import type { Html, Request } from '../page.ts';
import { takesTrackbacks } from './pages.ts';

/** Tells programs where a page that links here may say so. */
export function webmentionHeaders(request: Request): Readonly<Record<string, string>> {
  return takesTrackbacks(request.context) ? { Link: `<${originOf(request)}/webmention>; rel="webmention"` } : {};
}

export function webmentionLink(request: Request): Html {
  return takesTrackbacks(request.context)
    ? html`<link rel="webmention" href="${originOf(request)}/webmention" />`
    : html``;
}

/** Tells people the same. */
export function trackbackAddress(id: ReferenceId, request: Request): Html {
  if (!takesTrackbacks(request.context)) return html``;
  return html`<p>
    <label>
      Wrote about it on your own site? Send a Webmention to this page, or a Trackback to
      <input type="text" readonly value="${originOf(request)}${ownPath(id).replace('/cable/', '/trackback/')}" />
    </label>
  </p>`;
}
