import { html } from 'hono/html';
import type { Facet, Group, IndexQuery } from '../../cables/corpus/cable-index.ts';
import { plain } from '../../core/storable.ts';
import type { Html, Request } from '../page.ts';
import { count, pager } from '../parts.ts';
import { briefList } from './around.ts';
import { sheet } from './frame.ts';
import { searchPage } from './search.ts';

const most = 50;
/** More names than this are no overview any more. */
const mostNames = 400;
const facets = { station: 'origin', classification: 'classification', tag: 'TAG' } as const;

/** All cables by date, or those of an origin, a classification or a TAG; with `q` what is found; with `by` what they can be listed by. */
export async function indexPage(request: Request): Promise<Response> {
  const { url } = request;
  const q = url.searchParams.get('q')?.trim().slice(0, 300) ?? '';
  if (q !== '') return await searchPage(request, q);
  const by = facetIn(url.searchParams.get('by'));
  return by === undefined ? await listPage(request) : await facetPage(request, by);
}

async function listPage(request: Request): Promise<Response> {
  const { index } = request.context.cables;
  const query = queryOf(request.url);
  const [{ cables, next }, years, months] = await Promise.all([
    index.list({ ...query, most }),
    index.groups('date'),
    query.year === undefined ? [] : index.groups('date', query.year),
  ]);
  const title = titleOf(query);
  return await sheet(request, {
    title,
    path: `/cables${request.url.search}`,
    body: html`<h1>${title}</h1>
      ${query.of === undefined && query.year === undefined && html`<p class="lead">${count(index.size)} cables are known here.</p>`}
      ${dates(request.url, years, 'year', query.year)} ${dates(request.url, months, 'month', query.month)}
      <p class="groups">
        By ${Object.entries(facets).map(([facet, name]) => html`<a href="/cables?by=${facet}">${name}</a> `)}
        ${title !== all && html`<a href="/cables">All cables</a>`}
      </p>
      ${cables.length === 0 ? html`<p class="dim">There is none here.</p>` : briefList(cables)}
      ${pager(request.url, next)}`,
  });
}

const all = 'Cables';

function titleOf({ year, month, of }: Omit<IndexQuery, 'most'>): string {
  const when = year === undefined ? '' : ` of ${month === undefined ? '' : `${monthNames[month - 1]} `}${year}`;
  if (of === undefined) return `${all}${when}`;
  return of.facet === 'station' ? `${all}${when} from ${plain(of.name)}` : `${all}${when}: ${plain(of.name)}`;
}

const monthNames = Array.from({ length: 12 }, (_, month) =>
  new Date(Date.UTC(2000, month)).toLocaleString('en', { month: 'long', timeZone: 'UTC' }),
);

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
    for (const gone of name === 'year' ? ['after', 'month'] : ['after']) next.delete(gone);
    next.set(name, String(Number(group)));
    return `/cables?${next.toString()}`;
  };
  return html`<nav aria-label="By ${name}">
    <ul class="groups">
      ${groups.map(({ name: group, cables }) => {
        const words = name === 'year' ? group : monthNames[Number(group) - 1];
        const current = Number(group) === chosen;
        return html`<li>
          <a href="${to(group)}" ${current && html`aria-current="page"`}>${words}</a> <small>${count(cables)}</small>
        </li>`;
      })}
    </ul>
  </nav>`;
}

async function facetPage(request: Request, by: Facet): Promise<Response> {
  const groups = await request.context.cables.index.groups(by);
  const shown =
    groups.length <= mostNames ? groups : groups.toSorted((a, b) => b.cables - a.cables).slice(0, mostNames);
  const title = `Cables by ${facets[by]}`;
  return await sheet(request, {
    title,
    path: `/cables?by=${by}`,
    body: html`<h1>${title}</h1>
      ${shown.length < groups.length && html`<p class="lead">The ${mostNames} that most cables have, of ${count(groups.length)}.</p>`}
      ${groups.length === 0 && html`<p class="dim">No text of a cable says it.</p>`}
      <ul class="groups">
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
