import { html } from 'hono/html';
import { ownPath } from '../../cables/links.ts';
import type { ReferenceId } from '../../core/cable.ts';
import { originOf } from '../cables/answer.ts';
import type { Html, Visit } from '../page.ts';
import { takesTrackbacks } from './pages.ts';

/** Tells programs where a page that links here may say so. */
export function webmentionHeaders(visit: Visit): Readonly<Record<string, string>> {
  return takesTrackbacks(visit.world) ? { Link: `<${originOf(visit)}/webmention>; rel="webmention"` } : {};
}

export function webmentionLink(visit: Visit): Html {
  return takesTrackbacks(visit.world) ? html`<link rel="webmention" href="${originOf(visit)}/webmention" />` : html``;
}

/** Tells people the same. */
export function trackbackAddress(id: ReferenceId, visit: Visit): Html {
  if (!takesTrackbacks(visit.world)) return html``;
  return html`<p>
    <label>
      Wrote about it on your own site? Send a Webmention to this page, or a Trackback to
      <input type="text" readonly value="${originOf(visit)}${ownPath(id).replace('/cable/', '/trackback/')}" />
    </label>
  </p>`;
}
