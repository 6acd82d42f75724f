import { html } from 'hono/html';
import { contextOf } from '../../cables/citations/citation-context.ts';
import { excerptOf } from '../../cables/excerpts/excerpts.ts';
import { explainCable } from '../../cables/explain/explain-cable.ts';
import { explainMarking } from '../../cables/explain/markings.ts';
import { ownAnchor, ownPath } from '../../cables/links/cable-links.ts';
import type { Cable, Paragraph } from '../../core/cable.ts';
import type { Excerpts } from '../../core/reply.ts';
import { plain } from '../../core/text/strangers.ts';
import { mentionsOfCable } from '../../ledger/posts/mentions.ts';
import type { Html, PageRequest } from '../page.ts';
import { webmentionHeaders, webmentionLink } from '../trackbacks/pages.ts';
import { around, elsewhere } from './around.ts';
import { discuss } from './discuss.ts';
import { explained } from './explained.ts';
import { citedParagraphs, maxMentions, mentionList } from './mentions-section.ts';
import { pageResponse } from './response.ts';

/** The page of a cable with an imported text. */
export async function cablePage(request: PageRequest, cable: Cable): Promise<Response> {
  const { cables, ledger } = request.context;
  const { referenceId: id, subject } = cable;
  const [context, document, mentions] = await Promise.all([
    contextOf(cable, cables),
    cables.corpus.document(id),
    mentionsOfCable(ledger.db, id, maxMentions),
  ]);
  const found = explainCable(cable);
  const path = ownPath(id);
  const numbers = cable.paragraphs.map(({ number }) => number);
  return await pageResponse(request, {
    title: subject === null ? `Cable ${id}` : `${id}: ${plain(subject)}`,
    description: descriptionOf(cable, request.context.config.replies.excerpts),
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
        ${mentionList(mentions, `${path}/mentions.atom`, numbers)}
        ${discuss({ id, subject, hasParagraphs: numbers.length > 0 }, request)} ${explained(cable, found)}
        ${around(context)} ${elsewhere(cable, document?.body, request.context)}
        <p><a href="${path}.json" type="application/json">This cable as JSON</a></p>
      </div>`,
  });
}

/** What other sites show of the page; of the text the start of its first paragraph, where replies may quote it. */
function descriptionOf(cable: Cable, setting: Excerpts): string {
  const {
    referenceId,
    origin,
    created,
    classification,
    paragraphs: [first],
  } = cable;
  const named = [referenceId, origin, created?.slice(0, 10), classification].filter(Boolean).join(', ');
  const excerpt = first && excerptOf(cable, first.number, setting);
  return excerpt === undefined ? plain(named) : `${plain(named)}: ${excerpt.text}`;
}

/** The table of the old viewer. */
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

/** The numbered paragraphs with their permalinks. `mentions` counts the posts that cite each. Only the paragraph itself carries the id. */
export function paragraphs({ paragraphs: all }: Cable, mentions: ReadonlyMap<number, number>): Html {
  // If a number is printed twice, links lead to its first paragraph.
  const first = new Map(all.toReversed().map((each) => [each.number, each]));
  return html`<section class="text" aria-label="Text">
    ${all.map((each) => paragraph(each, first.get(each.number) === each, mentions.get(each.number) ?? 0))}
  </section>`;
}

function paragraph({ number, marking, text }: Paragraph, isFirst: boolean, mentions: number): Html {
  const anchor = ownAnchor(number);
  return html`<div class="para" ${isFirst && html`id="${anchor}"`}>
    <div class="margin">
      <a class="permalink" href="#${anchor}" title="Link to paragraph ${number}"
        ><span aria-hidden="true">¶</span><span class="hidden">Link to paragraph </span>${number}</a
      >
      ${mentions > 0 && html`<a class="cited" href="#mentions-${number}">cited ${mentions}×</a>`}
    </div>
    <p>${marking !== null && portion(marking)} ${lines(plain(text))}</p>
  </div>`;
}

/** A portion marking, spelt out in a tooltip that screen readers announce. */
function portion(marking: string): Html {
  return html`<abbr class="portion" title="${explainMarking(marking).words}">(${plain(marking)})</abbr>`;
}

/** A text without paragraph numbers is shown unchanged. */
function unnumbered(body: string | null): Html {
  return html`<section class="text" aria-label="Text">
    <p class="dim">The paragraphs of this copy are not numbered, so they have no links.</p>
    ${body !== null && html`<p class="whole">${lines(plain(body))}</p>`}
  </section>`;
}

function warnings({ warnings: all }: Cable): Html {
  if (all.length === 0) return html``;
  return html`<details class="warnings">
    <summary>Damage in this copy (${all.length})</summary>
    <ul>
      ${all.map(({ message }) => html`<li>${plain(message)}</li>`)}
    </ul>
  </details>`;
}

/** Keeps the line breaks of the cable. */
function lines(text: string): Html {
  return html`${text.split('\n').map((line, at) => (at === 0 ? line : html`<br />${line}`))}`;
}
