import { html } from 'hono/html';
import type { Passage } from '../../cables/corpus/corpus.ts';
import type { Facet, Group, IndexQuery } from '../../cables/corpus/cable-index.ts';
import { ownAnchor, ownPath } from '../../cables/links/cable-links.ts';
import type { Cables } from '../../app/open-cables.ts';
import { plain, shortenedAtWord } from '../../core/text/strangers.ts';
import { lookUp } from '../../operations/look-up-cable.ts';
import type { Html, PageRequest } from '../page.ts';
import { count, pager } from '../parts.ts';
import { briefList } from './around.ts';
import { candidateList } from './missing.ts';
import { pageResponse } from './response.ts';

const pageSize = 50;
/** A facet with more names lists only the most frequent ones. */
const maxNames = 400;
/** Results of a search on a page. */
const pageOfPassages = 20;
/** Characters of a passage. */
const maxExcerpt = 700;
const facets = { station: 'origin', classification: 'classification', tag: 'TAG' } as const;

/** `/cables`: all cables by date, or those of one origin, classification or TAG; `by` lists the values of a facet. */
export async function indexPage(request: PageRequest): Promise<Response> {
  const { url } = request;
  const by = facetIn(url.searchParams.get('by'));
  return by === undefined ? await listPage(request) : await facetPage(request, by);
}

async function listPage(request: PageRequest): Promise<Response> {
  const { index } = request.context.cables;
  const query = queryOf(request.url);
  const [{ cables, next }, years, months] = await Promise.all([
    index.list({ ...query, most: pageSize }),
    index.groups('date'),
    query.year === undefined ? [] : index.groups('date', query.year),
  ]);
  const title = titleOf(query);
  return await pageResponse(request, {
    title,
    path: `/cables${request.url.search}`,
    body: html`<h1>${title}</h1>
      ${query.of === undefined && query.year === undefined && html`<p class="lead">${count(index.size)} known ${index.size === 1 ? 'cable' : 'cables'}.</p>`}
      ${dates(request.url, years, 'year', query.year)} ${dates(request.url, months, 'month', query.month)}
      <p class="groups">
        By ${Object.entries(facets).map(([facet, name]) => html`<a href="/cables?by=${facet}">${name}</a> `)}
        ${title !== all && html`<a href="/cables">All cables</a>`}
      </p>
      ${cables.length === 0 ? html`<p class="dim">No cables.</p>` : html`<div class="index">${briefList(cables)}</div>`}
      ${pager(request.url, next)}`,
  });
}

const all = 'Cables';

function titleOf({ year, month, of }: Omit<IndexQuery, 'most'>): string {
  const when = year === undefined ? '' : ` of ${month === undefined ? '' : `${monthName(month)} `}${year}`;
  if (of === undefined) return `${all}${when}`;
  return of.facet === 'station' ? `${all}${when} from ${plain(of.name)}` : `${all}${when}: ${plain(of.name)}`;
}

function monthName(month: number): string {
  return new Date(Date.UTC(2000, month - 1)).toLocaleString('en', { month: 'long', timeZone: 'UTC' });
}

function queryOf({ searchParams }: URL): Omit<IndexQuery, 'most'> {
  const number = (name: string, low: number, high: number) => {
    const value = Number(searchParams.get(name) ?? Number.NaN);
    return Number.isInteger(value) && value >= low && value <= high ? value : undefined;
  };
  const facet = (Object.keys(facets) as Facet[]).find((one) => searchParams.has(one));
  const name = facet && searchParams.get(facet)?.slice(0, 200);
  const year = number('year', 1966, 2010);
  return {
    year,
    month: year === undefined ? undefined : number('month', 1, 12),
    of: facet === undefined || name === undefined ? undefined : { facet, name },
    after: searchParams.get('after')?.slice(0, 200),
  };
}

function facetIn(name: string | null): Facet | undefined {
  return (Object.keys(facets) as Facet[]).find((one) => one === name);
}

function dates(url: URL, groups: readonly Group[], name: 'year' | 'month', chosen: number | undefined): Html {
  if (groups.length === 0) return html``;
  const to = (group: string) => {
    const next = new URLSearchParams(url.searchParams);
    for (const param of name === 'year' ? ['after', 'month'] : ['after']) next.delete(param);
    next.set(name, String(Number(group)));
    return `/cables?${next.toString()}`;
  };
  return html`<nav aria-label="By ${name}">
    <ul class="groups">
      ${groups.map(({ name: group, cables }) => {
        const words = name === 'year' ? group : monthName(Number(group));
        const current = Number(group) === chosen;
        return html`<li>
          <a href="${to(group)}" ${current && html`aria-current="page"`}>${words}</a> <small>${count(cables)}</small>
        </li>`;
      })}
    </ul>
  </nav>`;
}

async function facetPage(request: PageRequest, by: Facet): Promise<Response> {
  const groups = await request.context.cables.index.groups(by);
  const shown = groups.length <= maxNames ? groups : groups.toSorted((a, b) => b.cables - a.cables).slice(0, maxNames);
  const title = `Cables by ${facets[by]}`;
  return await pageResponse(request, {
    title,
    path: `/cables?by=${by}`,
    body: html`<h1>${title}</h1>
      ${shown.length < groups.length && html`<p class="lead">The ${maxNames} most frequent of ${count(groups.length)}.</p>`}
      ${groups.length === 0 && html`<p class="dim">No imported text has this field.</p>`}
      <ul class="names">
        ${shown.map(
          ({ name, cables }) =>
            html`<li>
              <a href="/cables?${by}=${encodeURIComponent(name)}">${plain(name)}</a> <small>${count(cables)}</small>
            </li>`,
        )}
      </ul>
      <p><a href="/cables">All cables</a></p>`,
  });
}

/** The search of `/cables?q=…`; empty: none. */
export function searchIn({ searchParams }: URL): string {
  return searchParams.get('q')?.trim().slice(0, 300) ?? '';
}

/** An ID redirects to its cable; anything else searches the texts. Errors: the reason of the request's signal, if the client has left. */
export async function searchPage(request: PageRequest): Promise<Response> {
  const { cables } = request.context;
  const q = searchIn(request.url);
  const { signal } = request.c.req.raw;
  const named = await lookUp(q, cables, signal);
  const { referenceId = null, status, candidates = [] } = named?.resolution ?? {};
  if (named !== undefined && referenceId !== null && status !== 'unknown-cable') {
    const [first] = named.paragraphs;
    return request.c.redirect(`${ownPath(referenceId)}${first === undefined ? '' : `#${ownAnchor(first)}`}`, 303);
  }
  const page = pageIn(request.url);
  const found = await cables.corpus.search(q, page * pageOfPassages + 1, signal);
  const passages = found.slice((page - 1) * pageOfPassages, page * pageOfPassages);
  const items = await Promise.all(passages.map((passage) => passageItem(passage, q, cables)));
  const nothing = passages.length === 0 && candidates.length === 0;
  return await pageResponse(request, {
    title: `Search: ${plain(q)}`,
    q,
    body: html`<h1>Search</h1>
      ${nothing && html`<p class="lead">No paragraph of the imported cables has these words, and they name no cable.</p>`}
      ${candidates.length > 0 && candidateList(candidates)}
      ${passages.length > 0 && html`<h2>Paragraphs with these words</h2>`}
      ${passages.length > 0 && html`<p class="dim">${countOf(page, passages.length, found.length)}</p>`}
      <ol class="passages">
        ${items.map((item) => html`<li>${item}</li>`)}
      </ol>
      ${resultPages(q, page, found.length > page * pageOfPassages)}
      <p><a href="/cables">All cables</a></p>`,
  });
}

const mostPages = 10;

function pageIn({ searchParams }: URL): number {
  const page = Number(searchParams.get('page') ?? 1);
  return Number.isInteger(page) && page >= 1 && page <= mostPages ? page : 1;
}

function countOf(page: number, shown: number, found: number): string {
  const first = (page - 1) * pageOfPassages + 1;
  const last = first + shown - 1;
  if (page === 1 && found <= shown) return shown === 1 ? '1 result' : `${shown} results`;
  return found > last ? `Results ${first} to ${last} of more than ${last}` : `Results ${first} to ${last} of ${last}`;
}

function resultPages(q: string, page: number, more: boolean): Html {
  const to = (n: number) => `/cables?${new URLSearchParams({ q, page: String(n) }).toString()}`;
  const hasNext = more && page < mostPages;
  if (page === 1 && !hasNext) return html``;
  return html`<nav class="paging" aria-label="Pages of results">
    ${page > 1 && html`<a href="${to(page - 1)}" rel="prev">← Previous page</a>`}
    ${hasNext && html`<a href="${to(page + 1)}" rel="next">Next page →</a>`}
  </nav>`;
}

async function passageItem(
  { referenceId, paragraph, score, exact, text }: Passage,
  q: string,
  { corpus }: Cables,
): Promise<Html> {
  const fragment = paragraph === null ? '' : `#${ownAnchor(paragraph)}`;
  const cable = await corpus.cable(referenceId);
  return html`<p class="meta">
      <a class="id" href="${ownPath(referenceId)}${fragment}"
        >${referenceId}${paragraph !== null && ` ¶${paragraph}`}</a
      >
      ${cable?.subject && html`<strong>${plain(cable.subject)}</strong>`}
      ${cable?.created && html`<span>${cable.created.slice(0, 10)}</span>`}
      <small>${exact ? 'exact words' : `${Math.round(score * 100)} % of the words`}</small>
    </p>
    <p class="words">${highlighted(shortenedAtWord(plain(text), maxExcerpt), q)}</p>`;
}

/** The words of a search where they stand in a text. */
function highlighted(text: string, q: string): readonly (string | Html)[] {
  const words = (q.match(/[\p{L}\p{N}]{2,}/gu) ?? []).slice(0, 40);
  if (words.length === 0) return [text];
  const any = new RegExp(
    `(?<![\\p{L}\\p{N}])(${words.map((word) => RegExp.escape(word)).join('|')})(?![\\p{L}\\p{N}])`,
    'giu',
  );
  return text.split(any).map((part, i) => (i % 2 === 1 ? html`<mark>${part}</mark>` : part));
}
