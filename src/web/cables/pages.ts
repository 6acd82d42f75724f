import { html } from 'hono/html';
import { contextOf } from '../../cables/citations/citation-context.ts';
import type { CableDocument } from '../../cables/corpus/corpus.ts';
import { earlierTelegram } from '../../cables/ids/earlier-telegrams.ts';
import { canonicalReferenceId } from '../../cables/ids/reference-id.ts';
import { ownAnchor, ownPath } from '../../cables/links/cable-links.ts';
import { cableData } from '../../cables/parse/cable-data.ts';
import type { ReferenceId } from '../../core/cable.ts';
import { mentionsOfCable } from '../../ledger/posts/mentions.ts';
import { lookUp } from '../../operations/look-up-cable.ts';
import { type Context, type Html, HttpError, type Page, type PageRequest } from '../page.ts';
import { externalLink } from '../parts.ts';
import { openRateLimit, type RateLimit } from '../rate-limit.ts';
import { apiPages } from './api.ts';
import { indexPage, searchIn, searchPage } from './browse.ts';
import { cablePage } from './cable-page.ts';
import { fediverseUrl } from './discuss.ts';
import { citedParagraphs, maxMentions, mentionsFeed } from './mentions-section.ts';
import { textlessPage, unknownPage } from './missing.ts';
import { cacheableResponse, pageResponse } from './response.ts';

/** The cable pages; none if they are off. */
export function cablePages({ config: { web } }: Context): readonly Page[] {
  if (web.cables === 'off') return [];
  const access =
    web.cables === 'public' ? ({ audience: 'anyone', cacheable: true } as const) : ({ audience: 'viewer' } as const);
  const page = (path: string, handle: Page['handle']): Page => ({
    method: 'GET',
    path,
    ...access,
    handle: withErrorPage(handle),
  });
  const limit = openRateLimit({ burst: 20, refillMs: 3000 });
  const limited = withRateLimit(limit);
  const search = limited(searchPage);
  const index = (request: PageRequest) => (searchIn(request.url) === '' ? indexPage(request) : search(request));
  return [
    { ...page('/cables', index), nav: 'Cables' },
    page('/cable/:file{[^/]+\\.json}', json),
    page('/cable/:id', show),
    page(
      '/cable/:id/mentions.atom',
      limited(async (request) => await mentionsFeed(request, canonical(request.param('id')))),
    ),
    page('/cable/:id/share', share),
    ...(web.cables === 'public' ? apiPages(limit) : []),
  ];
}

/** Renders errors in the layout of the cable pages, which is cacheable too. */
function withErrorPage(handle: Page['handle']): Page['handle'] {
  return async (request) => {
    try {
      return await handle(request);
    } catch (error) {
      // Nobody gets this response.
      if (request.c.req.raw.signal.aborted) return new Response(null, { status: 499 });
      if (!(error instanceof HttpError)) throw error;
      const body = html`<h1>Request failed</h1>
        <p class="lead">${error.message}</p>
        ${wayOn(request)}`;
      return await pageResponse(request, { title: 'Request failed', status: error.status, body });
    }
  };
}

/** To the cable that the address names, otherwise to all of them. */
function wayOn({ url }: PageRequest): Html {
  const id = canonicalReferenceId(/^\/cable\/([^/]+)\/share$/.exec(url.pathname)?.[1] ?? '');
  return id === undefined
    ? html`<p><a href="/cables">All cables</a></p>`
    : html`<p><a href="${ownPath(id)}">Back to the cable</a></p>`;
}

/** Bounds the work that one client can cause: 429 says when to come back. */
function withRateLimit(limit: RateLimit) {
  return (handle: (request: PageRequest) => Promise<Response>) =>
    async (request: PageRequest): Promise<Response> => {
      const waitMs = limit.take(request.client);
      if (waitMs === 0) return await handle(request);
      const seconds = Math.ceil(waitMs / 1000);
      return await pageResponse(request, {
        title: 'Too many requests',
        status: 429,
        headers: { 'Retry-After': String(seconds) },
        body: html`<h1>Too many requests</h1>
          <p class="lead">Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.</p>
          <p><a href="/cables">All cables</a></p>`,
      });
    };
}

/** Redirects other written forms of an ID to the canonical one, with the paragraph that they name. */
async function show(request: PageRequest): Promise<Response> {
  const written = request.param('id').slice(0, 200);
  // In a post two digits of such a year are another cable's; here they are the address to which other forms redirect.
  const known = canonicalReferenceId(written);
  const found = await lookUp((known && earlierTelegram(known)) ?? written, request.context.cables);
  const id = found?.resolution.referenceId;
  if (found === undefined || id === null || id === undefined || found.resolution.status === 'unknown-cable')
    return await unknownPage(request, written, found?.resolution ?? { status: 'unknown-cable', candidates: [] });
  if (written !== id) return moved(request, `${ownPath(id)}${fragmentOf(found.paragraphs)}`);
  return found.cable === undefined
    ? await textlessPage(request, id, found.resolution)
    : await cablePage(request, found.cable);
}

function fragmentOf([first]: readonly number[]): string {
  return first === undefined ? '' : `#${ownAnchor(first)}`;
}

function moved({ c }: PageRequest, to: string): Response {
  return c.redirect(to, 301);
}

async function json(request: PageRequest): Promise<Response> {
  const file = request.param('file');
  const id = canonical(file.slice(0, -'.json'.length));
  if (file !== `${id}.json`) return moved(request, `${ownPath(id)}.json`);
  const document = await request.context.cables.corpus.document(id);
  if (document === undefined) throw new HttpError(404, `The text of ${id} is not imported.`);
  return await dataResponse(request, document);
}

/** The output of `parse --json`, with the cables around it and the number of its mentions. */
async function dataResponse(request: PageRequest, { cable, body: text }: CableDocument): Promise<Response> {
  const { cables, ledger } = request.context;
  const [{ references, citedBy, before, after }, mentions] = await Promise.all([
    contextOf(cable, cables),
    mentionsOfCable(ledger.db, cable.referenceId, maxMentions),
  ]);
  const body = JSON.stringify({
    ...cableData(cable, text),
    references,
    citedBy,
    before,
    after,
    mentions: { total: mentions.length, paragraphs: Object.fromEntries(citedParagraphs(mentions)) },
  });
  return cacheableResponse(request, { type: 'application/json; charset=utf-8', body: `${body}\n` });
}

/** The Content-Security-Policy forbids forms to other sites, so this page shows the link instead. */
async function share(request: PageRequest): Promise<Response> {
  const id = canonical(request.param('id'));
  const cable = await request.context.cables.corpus.cable(id);
  const url = fediverseUrl(request.url.searchParams.get('server') ?? '', id, cable?.subject ?? null, request);
  if (url === undefined) throw new HttpError(400, 'Not a server name; an example: mastodon.social.');
  return await pageResponse(request, {
    title: `Share ${id}`,
    body: html`<h1>Share ${id}</h1>
      <p class="lead">${externalLink(url.href, `Write about it on ${url.host}`)}</p>
      <p><a href="${ownPath(id)}">Back to the cable</a></p>`,
  });
}

function canonical(written: string): ReferenceId {
  const id = canonicalReferenceId(written);
  if (id === undefined) throw new HttpError(404, 'Not a reference ID of a cable.');
  return id;
}
