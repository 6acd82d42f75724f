import { html } from 'hono/html';
import { ownPath } from '../../cables/links/cable-links.ts';
import type { ReferenceId } from '../../core/cable.ts';
import type { Candidate, Resolution } from '../../core/citation.ts';
import { plain } from '../../core/storable.ts';
import { mentionsOfCable } from '../../ledger/posts/cable-mentions.ts';
import type { Html, Request } from '../page.ts';
import { siteList } from './around.ts';
import { discuss } from './discuss.ts';
import { sheet } from './frame.ts';
import { webmentionHeaders, webmentionLink } from '../trackbacks/advertising.ts';
import { mentionList, mostMentions } from './mentions-section.ts';

/** The page of a cable that exists, or may, and whose text is not at hand. */
export async function textlessPage(
  request: Request,
  id: ReferenceId,
  { status, links }: Resolution,
): Promise<Response> {
  const mentions = await mentionsOfCable(request.context.ledger.db, id, mostMentions);
  const sites = links.filter(({ paragraph, target }) => paragraph === null && target !== 'own');
  const known =
    status === 'unverified'
      ? 'Whether this cable exists is not checked here: there is no list of all cables. Its text is not at hand.'
      : 'This cable is published. Its text is not at hand here.';
  return await sheet(request, {
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
        ${sites.length > 0 && html`<p>It may be read at:</p>`} ${siteList(sites)}
      </article>
      <div class="beside">
        ${mentionList(mentions, `${ownPath(id)}/mentions.atom`, [])} ${discuss(id, null, request)}
      </div>`,
  });
}

/** Nothing that is known fits; what may be meant stands below. */
export async function unknownPage(
  request: Request,
  written: string,
  candidates: readonly Candidate[],
): Promise<Response> {
  return await sheet(request, {
    title: 'No such cable',
    status: 404,
    q: written,
    body: html`<h1>No such cable</h1>
      <p class="lead">
        <code>${plain(written.slice(0, 100))}</code> is the reference ID of no cable that is known here.
      </p>
      ${candidates.length > 0 && candidateList(candidates)}
      <p>
        A reference ID is made of the year, the station and a number, such as
        <a href="/cable/07ASTANA2244">07ASTANA2244</a>.
        <a href="/cables">Look through all cables</a>
      </p>`,
  });
}

/** What may be meant. */
export function candidateList(candidates: readonly Candidate[]): Html {
  return html`<h2>Perhaps one of these</h2>
    <ul class="cables">
      ${candidates.map(
        ({ referenceId, reason }) =>
          html`<li><a href="${ownPath(referenceId)}">${referenceId}</a> <small>${plain(reason)}</small></li>`,
      )}
    </ul>`;
}
