import { html } from 'hono/html';
import { decideTrackback } from '../../operations/review.ts';
import { ownAnchor, ownPath } from '../../cables/links/cable-links.ts';
import type { ReferenceId } from '../../core/cable.ts';
import { plain } from '../../core/storable.ts';
import type { TrackbackRow, TrackbackState } from '../../ledger/db/schema.ts';
import { trackbacksIn } from '../../ledger/links/trackback-rows.ts';
import { tokenOf, writtenToken } from '../page-token.ts';
import { type Answer, type Html, may, Refusal, type View, type Request } from '../page.ts';
import { badge, empty, pager, outward, time } from '../parts.ts';

const limit = 25;
const states: readonly TrackbackState[] = ['pending', 'approved', 'new', 'refused', 'removed', 'rejected'];

/** Pages that told us of their link: those that wait for a word first. */
export async function reviewPage({ context, person, url, token }: Request): Promise<View> {
  const state = states.find((one) => one === url.searchParams.get('state')) ?? 'pending';
  const { rows, next } = await trackbacksIn(context.ledger.db, state, { after: tokenOf(url), limit });
  return {
    title: 'Trackbacks',
    body: html`<p class="lead">
        Pages elsewhere that link to a cable and told us so. Approved, they stand among its mentions.
      </p>
      <p class="meta">
        ${states.map((one) => html`<a href="/trackbacks?state=${one}" ${one === state && html`aria-current="page"`}>${one}</a> `)}
      </p>
      ${rows.length === 0 ? empty('None here', 'What other sites send is looked at, and waits here for a person.') : rows.map((row) => page(row, may(person, 'reviewer') ? token : undefined))}
      ${pager(url, writtenToken(next))}`,
  };
}

function page(row: TrackbackRow, token: Html | undefined): Html {
  const { cable, paragraph, source, host, site, title, excerpt, kind, state, error, at } = row;
  const origin = paragraph === null ? '' : `#${ownAnchor(paragraph)}`;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the ledger has canonical IDs only
  const path = `${ownPath(cable as ReferenceId)}${origin}`;
  return html`<article>
    <p class="meta">
      <strong>${plain(title || host)}</strong> <span>${plain(site || host)}</span> ${time(at)} ${badge(state)}
      <span>${kind}</span>
    </p>
    ${excerpt !== '' && html`<blockquote class="words">${plain(excerpt)}</blockquote>`}
    <p class="meta">
      ${outward(source)}
      <span>about <a href="${path}">${cable}${paragraph !== null && ` ¶${paragraph}`}</a></span>
    </p>
    ${error !== null && html`<p class="dim">${plain(error)}</p>`} ${token !== undefined && forms(row, token)}
  </article>`;
}

function forms({ id, state, title, host }: TrackbackRow, token: Html): Html {
  const button = (choice: string, words: string, kind: string) =>
    html`<button
      class="${kind}"
      type="submit"
      name="choice"
      value="${choice}"
      aria-label="${words}: ${plain(title || host)}"
    >
      ${words}
    </button> `;
  return html`<form method="post" action="/trackbacks">
    ${token} <input type="hidden" name="id" value="${id}" />
    ${state === 'pending' && button('approve', 'Approve', '')}
    ${(state === 'pending' || state === 'approved') && button('reject', 'Reject', 'danger')}
  </form>`;
}

export async function decide({ context, person, form }: Request): Promise<Answer> {
  const choice = form.get('choice');
  if (choice !== 'approve' && choice !== 'reject') throw new Refusal(400, 'Approve it, or reject it.');
  const id = (form.get('id') ?? '').slice(0, 100);
  if (!(await decideTrackback(context.ledger, { id, choice, who: person?.name ?? '' })))
    throw new Refusal(409, 'It does not wait for a word any more. Nothing was done.');
  context.nudge();
  return {
    location: '/trackbacks',
    flash: choice === 'approve' ? 'It is shown on the cable’s page.' : 'It is not shown.',
  };
}
