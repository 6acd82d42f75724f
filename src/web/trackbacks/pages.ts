import { html } from 'hono/html';
import { ownAnchor, ownPath } from '../../cables/links/cable-links.ts';
import type { ReferenceId } from '../../core/cable.ts';
import { plain } from '../../core/text/strangers.ts';
import type { TrackbackRow, TrackbackState } from '../../ledger/db/schema.ts';
import { trackbackSites, trackbacksIn } from '../../ledger/links/trackback-rows.ts';
import { decideTrackback, decideTrackbacksOf } from '../../operations/review.ts';
import { publicOrigin } from '../cables/response.ts';
import {
  type Context,
  type Html,
  HttpError,
  may,
  type Page,
  type PageRequest,
  type PageResult,
  type View,
} from '../page.ts';
import { badge, decodedField, empty, externalLink, hiddenField, pager, pageTokenIn, time } from '../parts.ts';
import { openReceiver, submissionStatus } from './receiving.ts';

/** The endpoints for Webmentions and Trackbacks and the page for their review; none unless cable pages are public. */
export function trackbackPages(context: Context): readonly Page[] {
  if (!acceptsTrackbacks(context)) return [];
  const receiver = openReceiver();
  const open = { audience: 'anyone', cacheable: true, crossOrigin: true, maxBytes: 16 * 1024 } as const;
  return [
    {
      method: 'GET',
      path: '/trackbacks',
      audience: 'viewer',
      nav: 'Trackbacks',
      waits: ['trackbacks'],
      handle: reviewPage,
    },
    { method: 'POST', path: '/trackbacks', audience: 'reviewer', handle: decide },
    { method: 'POST', path: '/webmention', ...open, handle: (request) => receiver.webmention(request) },
    { method: 'GET', path: '/webmention/:id', ...open, handle: submissionStatus },
    { method: 'POST', path: '/trackback/:id', ...open, handle: (request) => receiver.trackback(request) },
  ];
}

/** The `Link` header by which programs discover the Webmention endpoint. */
export function webmentionHeaders(request: PageRequest): Readonly<Record<string, string>> {
  return acceptsTrackbacks(request.context) ? { Link: `<${publicOrigin(request)}/webmention>; rel="webmention"` } : {};
}

/** The same as an element of the head. */
export function webmentionLink(request: PageRequest): Html {
  return acceptsTrackbacks(request.context)
    ? html`<link rel="webmention" href="${publicOrigin(request)}/webmention" />`
    : html``;
}

/** The same for people. */
export function trackbackAddress(id: ReferenceId, request: PageRequest): Html {
  if (!acceptsTrackbacks(request.context)) return html``;
  return html`<p>
    <label>
      Wrote about it on your own site? Send a Webmention to this page, or a Trackback to
      <input type="text" readonly value="${publicOrigin(request)}${ownPath(id).replace('/cable/', '/trackback/')}" />
    </label>
  </p>`;
}

/** True if other sites may send Webmentions and Trackbacks. */
export function acceptsTrackbacks({ config: { web } }: Context): boolean {
  return web.cables === 'public' && web.trackbacks === 'held';
}

const limit = 25;
/** Sites with several pending pages that get forms of their own. */
const maxSites = 20;
const states: readonly TrackbackState[] = ['pending', 'approved', 'new', 'refused', 'removed', 'rejected'];

/** Submitted pages by state, the default is `pending`; `?site=` shows those of one site. */
async function reviewPage({ context, person, url, token }: PageRequest): Promise<View> {
  const state = states.find((one) => one === url.searchParams.get('state')) ?? 'pending';
  const domain = url.searchParams.get('site') ?? undefined;
  const { rows, next } = await trackbacksIn(context.ledger.db, state, { domain, after: pageTokenIn(url), limit });
  const decider = may(person, 'reviewer') ? token : undefined;
  const sites = state === 'pending' ? await trackbackSites(context.ledger.db, state, maxSites) : [];
  return {
    title: 'Trackbacks',
    body: html`<p class="lead">
        Pages on other sites that link to a cable and notified this site. Approved pages appear among its mentions.
      </p>
      <nav class="meta actions" aria-label="Trackbacks by state">
        ${states.map((one) => html`<a href="/trackbacks?state=${one}" ${one === state && html`aria-current="page"`}>${one}</a> `)}
      </nav>
      ${sites.filter(({ pages }) => pages > 1).map((site) => siteCard(site, decider))}
      ${rows.length === 0 ? empty('No trackbacks', state === 'pending' ? 'Verified submissions of other sites will appear here for review.' : `None is ${state}.`) : rows.map((row) => card(row, decider))}
      ${pager(url, next)}`,
  };
}

/** A site with several pending pages, to decide about all of them. */
function siteCard({ domain, pages }: { domain: string; pages: number }, token: Html | undefined): Html {
  return html`<article>
    <p class="meta">
      <strong>${plain(domain)}</strong>
      <a href="/trackbacks?site=${encodeURIComponent(domain)}">${pages} pages</a>
    </p>
    ${
      token !== undefined &&
      html`<form class="row" method="post" action="/trackbacks">
        ${token} ${hiddenField('domain', domain)}
        <button type="submit" name="choice" value="approve">Approve all of ${plain(domain)}</button>
        <button class="danger" type="submit" name="choice" value="reject">Reject all of ${plain(domain)}</button>
      </form>`
    }
  </article>`;
}

function card(row: TrackbackRow, token: Html | undefined): Html {
  const { cable, paragraph, source, host, site, title, excerpt, kind, state, error, at } = row;
  const fragment = paragraph === null ? '' : `#${ownAnchor(paragraph)}`;
  const path = `${ownPath(cable as ReferenceId)}${fragment}`;
  return html`<article>
    <p class="meta">
      <strong>${plain(title || host)}</strong>
      ${(title || host) !== (site || host) && html`<span>${plain(site || host)}</span>`} ${time(at)} ${badge(state)}
      <span>${kind}</span>
    </p>
    ${excerpt !== '' && html`<blockquote class="words">${plain(excerpt)}</blockquote>`}
    <p class="meta">
      ${externalLink(source)}
      <span>about <a href="${path}">${cable}${paragraph !== null && ` ¶${paragraph}`}</a></span>
    </p>
    ${error !== null && html`<p class="dim">${plain(error)}</p>`} ${token !== undefined && forms(row, token)}
  </article>`;
}

function forms({ id, state, title, host }: TrackbackRow, token: Html): Html {
  const button = (choice: string, label: string, kind: string) =>
    html`<button
      class="${kind}"
      type="submit"
      name="choice"
      value="${choice}"
      aria-label="${label}: ${plain(title || host)}"
    >
      ${label}
    </button> `;
  return html`<form class="row" method="post" action="/trackbacks">
    ${token} <input type="hidden" name="id" value="${id}" />
    ${state === 'pending' && button('approve', 'Approve', '')}
    ${(state === 'pending' || state === 'approved') && button('reject', 'Reject', 'danger')}
  </form>`;
}

async function decide({ context, person, form }: PageRequest): Promise<PageResult> {
  const choice = form.get('choice');
  if (choice !== 'approve' && choice !== 'reject') throw new HttpError(400, 'Unknown choice; known: approve, reject.');
  const who = person?.name ?? '';
  const id = (form.get('id') ?? '').slice(0, 100);
  const domain = decodedField(form, 'domain');
  const isDone =
    domain === undefined
      ? await decideTrackback(context.ledger, { id, choice, who })
      : (await decideTrackbacksOf(context.ledger, { domain, choice, who })) > 0;
  if (!isDone) throw new HttpError(409, 'Already decided. Nothing was done.');
  context.nudge();
  return {
    location: '/trackbacks',
    flash: choice === 'approve' ? 'Approved: the cable’s page will show it.' : 'Rejected: it will not be shown.',
  };
}
