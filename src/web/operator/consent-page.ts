import { html } from 'hono/html';
import { mayBeAnswered, platformIds } from '../../app/answering.ts';
import { removeConsent, recordConsent } from '../../operations/record-consent.ts';
import { type Consent, consentsPage } from '../../ledger/operators/consents.ts';
import { type Html, HttpError, may, type Page, type PageRequest, type PageResult, type View } from '../page.ts';
import {
  actionHeading,
  backTo,
  badge,
  decodedField,
  empty,
  hiddenField,
  pager,
  pageTokenIn,
  select,
  table,
  time,
} from '../parts.ts';

export const consentPages: readonly Page[] = [
  { method: 'GET', path: '/consent', audience: 'viewer', nav: 'Consent', handle: view },
  { method: 'POST', path: '/consent', audience: 'operator', handle: add },
  { method: 'POST', path: '/consent/remove', audience: 'operator', handle: remove },
];

const limit = 50;

async function view({ context, person, token, url }: PageRequest): Promise<View> {
  const { rows: consents, next } = await consentsPage(context.ledger.db, { after: pageTokenIn(url), limit });
  const operator = may(person, 'operator');
  const rows = consents.map((one) => [
    one.person,
    one.choice === 'in' ? badge('opted in', 'good') : badge('opted out', 'warn'),
    one.source,
    time(one.at),
    ...(operator ? [removeForm(one, token)] : []),
  ]);
  const headings = ['Person', 'Choice', 'Source', 'Time', ...(operator ? [actionHeading] : [])];
  return {
    title: 'Consent',
    body: html`<p class="lead">
        People who opted in may be answered without addressing the bot; people who opted out never are. A source that
        names a post says that they wrote “follow” or “stop” to the bot themselves; “unfollow” and “start” end that.
      </p>
      ${rows.length === 0 ? empty('No opt-ins or opt-outs yet', 'People who write “stop” to the bot are opted out, and those who write “follow” opted in.') : table('Opt-ins and opt-outs', headings, rows)}
      ${pager(url, next)} ${operator && addForm(token)}`,
  };
}

function removeForm({ person }: Consent, token: Html): Html {
  return html`<form method="post" action="/consent/remove" data-ask="Remove the choice of ${person}?">
    ${token} ${hiddenField('person', person)}
    <button class="quiet" type="submit" aria-label="Remove the choice of ${person}">Remove</button>
  </form>`;
}

function addForm(token: Html): Html {
  return html`<form class="card narrow" method="post" action="/consent">
    <h2>Record a choice</h2>
    ${token} ${select('Platform', 'platform', { values: platformIds })}
    <label
      >Account ID <small>the permanent ID, not the handle</small> <input name="id" required maxlength="500"
    /></label>
    <label
      >Choice
      <select name="choice">
        <option value="out">Opted out</option>
        <option value="in">Opted in</option>
      </select></label
    >
    <label>Source <small>how they told you</small> <input name="reason" required maxlength="500" /></label>
    <button type="submit">Save</button>
  </form>`;
}

async function add({ context, person: by, form }: PageRequest): Promise<PageResult> {
  const [platform, id, reason, choice] = ['platform', 'id', 'reason', 'choice'].map((name) =>
    (form.get(name) ?? '').trim().slice(0, 500),
  );
  if (!platform || !platformIds.includes(platform) || !id || !reason || (choice !== 'in' && choice !== 'out'))
    throw new HttpError(400, 'Platform, account ID, choice and source are required.');
  const person = `${platform}:${id}`;
  if (!(await recordConsent(context.ledger, { platform, id, reason, choice, who: by?.name ?? '' })))
    throw new HttpError(409, `${person} opted out. If that has changed, remove the opt-out first.`);
  return {
    location: backTo(form, '/consent'),
    flash: choice === 'out' ? `${person} will no longer be answered.` : mayBeAnswered(person, platform, context.config),
  };
}

async function remove({ context, person: by, form }: PageRequest): Promise<PageResult> {
  const [, platform, id] = /^([^:]+):(.+)$/s.exec(decodedField(form, 'person') ?? '') ?? [];
  if (platform === undefined || id === undefined) throw new HttpError(400, 'No person given.');
  if (!(await removeConsent(context.ledger, { platform, id, reason: '', who: by?.name ?? '' })))
    throw new HttpError(409, 'There is no such choice, or it was removed already.');
  return { location: '/consent', flash: `Removed the choice of ${platform}:${id}.` };
}
