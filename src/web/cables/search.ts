import { html } from 'hono/html';
import { lookUp } from '../../operations/look-up-cable.ts';
import type { Passage } from '../../cables/corpus/corpus.ts';
import { ownAnchor, ownPath } from '../../cables/links/cable-links.ts';
import { plain } from '../../core/storable.ts';
import type { Html, Request } from '../page.ts';
import { sheet } from './frame.ts';
import { candidateList } from './missing.ts';

const most = 20;

/** An ID leads straight to its cable; anything else is looked for in the texts. */
export async function searchPage(request: Request, q: string): Promise<Response> {
  const { cables } = request.context;
  const named = await lookUp(q, cables);
  const { referenceId = null, status, candidates = [] } = named?.resolution ?? {};
  if (named !== undefined && referenceId !== null && status !== 'unknown-cable') {
    const [first] = named.paragraphs;
    return request.c.redirect(`${ownPath(referenceId)}${first === undefined ? '' : `#${ownAnchor(first)}`}`, 303);
  }
  const passages = await cables.corpus.search(q, most);
  const nothing = passages.length === 0 && candidates.length === 0;
  return await sheet(request, {
    title: `Search: ${plain(q)}`,
    q,
    body: html`<h1>Search</h1>
      ${nothing && html`<p class="lead">Nothing that is known here comes near.</p>`}
      ${candidates.length > 0 && candidateList(candidates)}
      ${passages.length > 0 && html`<h2>Paragraphs with these words</h2>`}
      <ol class="passages">
        ${passages.map((passage) => html`<li>${found(passage)}</li>`)}
      </ol>
      <p><a href="/cables">All cables</a></p>`,
  });
}

function found({ referenceId, paragraph, score, exact, text }: Passage): Html {
  const origin = paragraph === null ? '' : `#${ownAnchor(paragraph)}`;
  return html`<p class="meta">
      <a href="${ownPath(referenceId)}${origin}">${referenceId}${paragraph !== null && ` ¶${paragraph}`}</a>
      <small>${exact ? 'word by word' : `${Math.round(score * 100)} % of the words`}</small>
    </p>
    <p class="words">${plain(text.length > longest ? `${text.slice(0, longest)}…` : text)}</p>`;
}

const longest = 700;
