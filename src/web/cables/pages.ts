import { html } from 'hono/html';
import { lookUp } from '../../operations/look-up-cable.ts';
import { ownAnchor, ownPath } from '../../cables/links/cable-links.ts';
import { canonicalReferenceId } from '../../cables/ids/reference-id.ts';
import type { ReferenceId } from '../../core/cable.ts';
import { type Page, Refusal, type Request, type Context } from '../page.ts';
import { outward } from '../parts.ts';
import { cablePage } from './cable.ts';
import { cableData } from './data.ts';
import { fediverseUrl } from './discuss.ts';
import { sheet } from './frame.ts';
import { indexPage } from './index.ts';
import { mentionsFeed } from './mentions-feed.ts';
import { textlessPage, unknownPage } from './missing.ts';

/** The pages of cables, for those who may see them; none where they are switched off. */
export function cablePages({ config: { web } }: Context): readonly Page[] {
  if (web.cables === 'off') return [];
  const who =
    web.cables === 'public' ? ({ audience: 'anyone', sameForAll: true } as const) : ({ audience: 'viewer' } as const);
  const page = (path: string, answer: Page['answer']): Page => ({
    method: 'GET',
    path,
    ...who,
    answer: orRefusal(answer),
  });
  return [
    { ...page('/cables', indexPage), nav: 'Cables' },
    page('/cable/:file{[^/]+\\.json}', data),
    page('/cable/:id', show),
    page('/cable/:id/mentions.atom', async (request) => await mentionsFeed(request, canonical(request.param('id')))),
    page('/cable/:id/share', share),
  ];
}

/** What is refused has the frame of these pages, and is the same for all as well. */
function orRefusal(answer: Page['answer']): Page['answer'] {
  return async (request) => {
    try {
      return await answer(request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const body = html`<h1>That did not work</h1>
        <p class="lead">${error.message}</p>
        <p><a href="/cables">All cables</a></p>`;
      return await sheet(request, { title: 'That did not work', status: error.status, body });
    }
  };
}

/** A cable's page stands at its canonical ID alone; who writes another form is led there, with the paragraph that they name. */
async function show(request: Request): Promise<Response> {
  const written = request.param('id').slice(0, 200);
  const found = await lookUp(written, request.context.cables);
  const id = found?.resolution.referenceId;
  if (found === undefined || id === null || id === undefined || found.resolution.status === 'unknown-cable')
    return await unknownPage(request, written, found?.resolution.candidates ?? []);
  if (written !== id) return moved(request, `${ownPath(id)}${fragmentOf(found.paragraphs)}`);
  return found.cable === undefined
    ? await textlessPage(request, id, found.resolution)
    : await cablePage(request, found.cable);
}

function fragmentOf([first]: readonly number[]): string {
  return first === undefined ? '' : `#${ownAnchor(first)}`;
}

function moved({ c }: Request, to: string): Response {
  return c.redirect(to, 301);
}

async function data(request: Request): Promise<Response> {
  const file = request.param('file');
  const id = canonical(file.slice(0, -'.json'.length));
  if (file !== `${id}.json`) return moved(request, `${ownPath(id)}.json`);
  const cable = await request.context.cables.corpus.cable(id);
  if (cable === undefined) throw new Refusal(404, `The text of ${id} is not at hand.`);
  return await cableData(request, cable);
}

/** Where a form can lead to no other site, a page in between has the link. */
async function share(request: Request): Promise<Response> {
  const id = canonical(request.param('id'));
  const cable = await request.context.cables.corpus.cable(id);
  const url = fediverseUrl(request.url.searchParams.get('server') ?? '', id, cable?.subject ?? null, request);
  if (url === undefined) throw new Refusal(400, 'That is no name of a server, such as mastodon.social.');
  return await sheet(request, {
    title: `Share ${id}`,
    body: html`<h1>Share ${id}</h1>
      <p class="lead">${outward(url.href, `Write about it on ${url.host}`)}</p>
      <p><a href="${ownPath(id)}">Back to the cable</a></p>`,
  });
}

function canonical(written: string): ReferenceId {
  const id = canonicalReferenceId(written);
  if (id === undefined) throw new Refusal(404, 'That is no reference ID of a cable.');
  return id;
}
