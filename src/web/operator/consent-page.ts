import { html } from 'hono/html';
import { platformIds } from '../../app/answering.ts';
import { dropConsent, mayBeAnswered, noteConsent } from '../../operations/record-consent.ts';
import { type Consent, consentsBefore } from '../../ledger/operators/consents.ts';
import { tokenOf, writtenToken } from '../page-token.ts';
import { type Answer, type Html, may, type Page, Refusal, type View, type Request } from '../page.ts';
import { badge, empty, pager, hidden, namedIn, options, table, time } from '../parts.ts';

export const consentPages: readonly Page[] = [
  { method: 'GET', path: '/consent', audience: 'viewer', nav: 'Consent', answer: view },
  { method: 'POST', path: '/consent', audience: 'operator', answer: add },
  { method: 'POST', path: '/consent/remove', audience: 'operator', answer: remove },
];

const limit = 50;

async function view({ context, person, token, url }: Request): Promise<View> {
  const { consents, next } = await consentsBefore(context.ledger.db, { after: tokenOf(url), limit });
  const operator = may(person, 'operator');
  const rows = consents.map((one) => [
    one.person,
    one.choice === 'in' ? badge('may be answered', 'good') : badge('wants silence', 'warn'),
    one.source,
    time(one.at),
    operator ? removeForm(one, token) : '–',
  ]);
  return {
    title: 'Consent',
    body: html`<p class="lead">Who may be answered without addressing the bot, and who never is.</p>
      ${rows.length === 0 ? empty('Nobody has said anything', 'Who writes “stop” to the bot is noted here by itself, for good.') : table('What people said', ['Person', 'Choice', 'How they said so', 'When', 'Forget'], rows)}
      ${pager(url, writtenToken(next))} ${operator && addForm(token)}`,
  };
}

function removeForm({ person }: Consent, token: Html): Html {
  return html`<form method="post" action="/consent/remove" data-ask="Forget what ${person} said?">
    ${token} ${hidden('person', person)}
    <button class="quiet" type="submit" aria-label="Forget what ${person} said">Forget</button>
  </form>`;
}

function addForm(token: Html): Html {
  return html`<form class="card narrow" method="post" action="/consent">
    <h2>Note what somebody said</h2>
    ${token}
    <label
      >Platform
      <select name="platform">
        ${options(platformIds, '')}
      </select></label
    >
    <label
      >Id of the account <small>which never changes: not the handle</small> <input name="id" required maxlength="500"
    /></label>
    <label
      >They
      <select name="choice">
        <option value="out">want silence</option>
        <option value="in">may be answered</option>
      </select></label
    >
    <label>How they said so <input name="reason" required maxlength="500" /></label>
    <button type="submit">Note it</button>
  </form>`;
}

async function add({ context, person: by, form }: Request): Promise<Answer> {
  const [platform, id, reason, choice] = ['platform', 'id', 'reason', 'choice'].map((name) =>
    (form.get(name) ?? '').trim().slice(0, 500),
  );
  if (!platform || !platformIds.includes(platform) || !id || !reason || (choice !== 'in' && choice !== 'out'))
    throw new Refusal(400, 'Platform, id, choice and how they said so are all needed.');
  const person = `${platform}:${id}`;
  if (!(await noteConsent(context.ledger, { platform, id, reason, choice, who: by?.name ?? '' })))
    throw new Refusal(409, `${person} asked for silence, and that holds. If it has changed, forget that first.`);
  return {
    location: '/consent',
    flash: choice === 'out' ? `${person} is not answered any more.` : mayBeAnswered(person, platform),
  };
}

async function remove({ context, person: by, form }: Request): Promise<Answer> {
  const [, platform, id] = /^([^:]+):(.+)$/s.exec(namedIn(form, 'person') ?? '') ?? [];
  if (platform === undefined || id === undefined) throw new Refusal(400, 'Whose word is to be forgotten?');
  if (!(await dropConsent(context.ledger, { platform, id, reason: '', who: by?.name ?? '' })))
    throw new Refusal(409, 'They have said nothing, or it is forgotten already.');
  return { location: '/consent', flash: `${platform}:${id} is treated like anybody again.` };
}
