import { html } from 'hono/html';
import { ownPath } from '../../cables/links/cable-links.ts';
import type { ReferenceId } from '../../core/cable.ts';
import type { Candidate, Resolution } from '../../core/citation.ts';
import { plain } from '../../core/text/strangers.ts';
import { mentionsOfCable } from '../../ledger/posts/mentions.ts';
import type { Html, PageRequest } from '../page.ts';
import { webmentionHeaders, webmentionLink } from '../trackbacks/pages.ts';
import { siteList } from './around.ts';
import { discuss } from './discuss.ts';
import { maxMentions, mentionList } from './mentions-section.ts';
import { pageResponse } from './response.ts';

/** The page of a cable that exists or may exist, without an imported text. */
export async function textlessPage(
  request: PageRequest,
  id: ReferenceId,
  { status, links }: Resolution,
): Promise<Response> {
  const mentions = await mentionsOfCable(request.context.ledger.db, id, maxMentions);
  const sites = links.filter(({ paragraph, target }) => paragraph === null && target !== 'own');
  const doubt = sites[0]?.why?.split('; ').find((remark) => remark.startsWith('unverified: '));
  const known =
    status === 'unverified'
      ? `This cable is ${doubt ?? 'unverified'}. Its text is not imported either.`
      : 'This cable is published, but its text is not imported here.';
  return await pageResponse(request, {
    title: `Cable ${id}`,
    path: ownPath(id),
    headers: webmentionHeaders(request),
    head: html`${webmentionLink(request)}
      <link
        rel="alternate"
        type="application/atom+xml"
        href="${ownPath(id)}/mentions.atom"
        title="Mentions of ${id}"
      />`,
    body: html`<article class="cable">
        <h1>Cable ${id}</h1>
        <p class="lead">${known}</p>
        ${sites.length > 0 && html`<p>Read it at:</p>`} ${siteList(sites, doubt)}
      </article>
      <div class="beside">
        ${mentionList(mentions, `${ownPath(id)}/mentions.atom`, [])}
        ${discuss({ id, subject: null, hasParagraphs: false }, request)}
      </div>`,
  });
}

/** The 404 page for an unknown ID, with similar IDs, and for what may mean several cables, or another than the one that is known. */
export async function unknownPage(
  request: PageRequest,
  written: string,
  { status, candidates }: Pick<Resolution, 'status' | 'candidates'>,
): Promise<Response> {
  const asked = html`<code>${plain(written.slice(0, 100))}</code>`;
  const [title, sentence] =
    status === 'ambiguous'
      ? ['Which cable?', html`It is not certain which cable ${asked} means.`]
      : ['No such cable', html`There is no known cable with the reference ID ${asked}.`];
  return await pageResponse(request, {
    title,
    status: 404,
    q: written,
    body: html`<h1>${title}</h1>
      <p class="lead">${sentence}</p>
      ${candidates.length > 0 && candidateList(candidates)}
      <p>
        A reference ID consists of a year, a station and a number, for example
        <a href="/cable/07ASTANA2244">07ASTANA2244</a>. <a href="/cables">Browse all cables</a>
      </p>`,
  });
}

/** Similar IDs with the reason for each. */
export function candidateList(candidates: readonly Candidate[]): Html {
  return html`<h2>Did you mean</h2>
    <ul class="cables">
      ${candidates.map(
        ({ referenceId, reason }) =>
          html`<li><a href="${ownPath(referenceId)}">${referenceId}</a> <small>${plain(reason)}</small></li>`,
      )}
    </ul>`;
}
