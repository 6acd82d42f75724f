import { html } from 'hono/html';
import { contextOf } from '../../cables/citations/citation-context.ts';
import { explainCable } from '../../cables/explain/explain-cable.ts';
import { ownPath } from '../../cables/links/cable-links.ts';
import type { Cable } from '../../core/cable.ts';
import { plain } from '../../core/storable.ts';
import { mentionsOfCable } from '../../ledger/posts/cable-mentions.ts';
import type { Html, Request } from '../page.ts';
import { around, elsewhere } from './around.ts';
import { discuss } from './discuss.ts';
import { explained } from './explained.ts';
import { sheet } from './frame.ts';
import { webmentionHeaders, webmentionLink } from '../trackbacks/advertising.ts';
import { citedParagraphs, mentionList, mostMentions } from './mentions-section.ts';
import { lines, paragraphs } from './cable-text.ts';

/** The page of a cable whose text is at hand. */
export async function cablePage(request: Request, cable: Cable): Promise<Response> {
  const { cables, ledger } = request.context;
  const { referenceId: id, subject } = cable;
  const [c, document, mentions] = await Promise.all([
    contextOf(cable, cables),
    cables.corpus.document(id),
    mentionsOfCable(ledger.db, id, mostMentions),
  ]);
  const found = explainCable(cable);
  const path = ownPath(id);
  const numbers = cable.paragraphs.map(({ number }) => number);
  return await sheet(request, {
    title: subject === null ? `Cable ${id}` : `${id}: ${plain(subject)}`,
    description: descriptionOf(cable, found.summary),
    path,
    headers: webmentionHeaders(request),
    head: html`${webmentionLink(request)}
      <link rel="alternate" type="application/json" href="${path}.json" title="${id} as JSON" />
      <link rel="alternate" type="application/atom+xml" href="${path}/mentions.atom" title="Mentions of ${id}" />`,
    body: html`<article class="cable">
        <h1>${subject === null ? `Cable ${id}` : plain(subject)}</h1>
        ${facts(cable)} ${paragraphs(cable, citedParagraphs(mentions))}
        ${cable.paragraphs.length === 0 && unnumbered(document?.body ?? null)} ${warnings(cable)}
      </article>
      <div class="beside">
        ${mentionList(mentions, `${path}/mentions.atom`, numbers)} ${discuss(id, subject, request)}
        ${explained(cable, found)} ${around(c)} ${elsewhere(cable, request.context)}
        <p><a href="${path}.json" type="application/json">This cable as JSON</a></p>
      </div>`,
  });
}

function descriptionOf({ referenceId, origin, created, classification }: Cable, summary: string | null): string {
  const named = [referenceId, origin, created?.slice(0, 10), classification].filter((each) => each !== null);
  return plain(`${named.join(', ')}${summary === null ? '' : `: ${summary.replaceAll(/\s+/g, ' ').slice(0, 200)}`}`);
}

/** The viewer's table. */
function facts(cable: Cable): Html {
  const { referenceId, publishedId, created, createdAsPrinted, classification, origin } = cable;
  const published = String(publishedId) !== referenceId && html` <small>published as ${publishedId}</small>`;
  const cells: readonly (readonly [string, Html | string])[] = [
    ['Created', moment(created) ?? createdAsPrinted ?? '–'],
    ['Released', cable.releasedAsPrinted ?? moment(cable.released) ?? '–'],
    ['Classification', plain(classification ?? '–')],
    ['Origin', plain(origin ?? '–')],
  ];
  return html`<table class="facts">
    <thead>
      <tr>
        <th scope="col">Reference ID</th>
        ${cells.map(([name]) => html`<th scope="col">${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      <tr>
        <th scope="row" data-label="Reference ID"><strong>${referenceId}</strong>${published}</th>
        ${cells.map(([name, value]) => html`<td data-label="${name}">${value}</td>`)}
      </tr>
    </tbody>
  </table>`;
}

function moment(time: string | null): Html | undefined {
  return time === null ? undefined : html`<time datetime="${time}">${time.slice(0, 16).replace('T', ' ')}</time>`;
}

/** A copy whose paragraphs have no numbers is shown as it is. */
function unnumbered(body: string | null): Html {
  return html`<section class="text" aria-label="Text">
    <p class="dim">The paragraphs of this copy have no numbers, so there are no links to them.</p>
    ${body !== null && html`<p class="whole">${lines(plain(body))}</p>`}
  </section>`;
}

function warnings({ warnings: all }: Cable): Html {
  if (all.length === 0) return html``;
  return html`<details class="warnings">
    <summary>What is damaged in this copy (${all.length})</summary>
    <ul>
      ${all.map(({ message }) => html`<li>${plain(message)}</li>`)}
    </ul>
  </details>`;
}
