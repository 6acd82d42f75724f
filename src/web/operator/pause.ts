import { html } from 'hono/html';
import { pauseScopes, pauseSending, resumeSending } from '../../operations/pause-sending.ts';
import { stoppedBecause } from '../../app/pause-file.ts';
import { type Pause, pauses, type PauseScope } from '../../ledger/accounts/accounts.ts';
import { type Html, HttpError, may, type Page, type PageRequest, type PageResult, type View } from '../page.ts';
import { badge, empty, time } from '../parts.ts';

export const pausePages: readonly Page[] = [
  { method: 'GET', path: '/pause', audience: 'viewer', nav: 'Pause', handle: view },
  { method: 'POST', path: '/pause', audience: 'operator', handle: pause },
  { method: 'POST', path: '/pause/resume', audience: 'operator', handle: resume },
];

async function view({ context, person, token }: PageRequest): Promise<View> {
  const found = await pauses(context.ledger.db);
  const file = stoppedBecause(context.config);
  const operator = may(person, 'operator');
  const free = pauseScopes(context.config).filter((scope) => found.every((one) => one.scope !== scope));
  return {
    title: 'Pause',
    body: html`<p class="lead">
        A pause stops sending. Replies wait and nothing is lost; reading and resolving continue.
      </p>
      ${file !== undefined && html`<p class="fault">${file}. Remove the file to resume.</p>`}
      ${found.length === 0 ? empty('Nothing is paused', 'Replies are sent as the rules, consent and limits allow.') : found.map((one) => paused(one, operator ? token : undefined))}
      ${operator && free.length > 0 && pauseForm(free, token)}`,
  };
}

function paused({ scope, reason, since }: Pause, token: Html | undefined): Html {
  const resumeForm = html`<form method="post" action="/pause/resume">
    ${token} <input type="hidden" name="scope" value="${scope}" />
    <button type="submit">Resume ${inWords(scope)}</button>
  </form>`;
  return html`<article>
    <p class="meta">${badge('paused', 'warn')} <strong>${inWords(scope)}</strong> <span>since ${time(since)}</span></p>
    <p class="words">${reason}</p>
    ${token !== undefined && resumeForm}
  </article>`;
}

function pauseForm(scopes: readonly PauseScope[], token: Html): Html {
  return html`<form class="card narrow" method="post" action="/pause" data-ask="Pause sending?">
    <h2>Pause sending</h2>
    ${token}
    <label
      >Scope
      <select name="scope">
        ${scopes.map((scope) => html`<option value="${scope}">${inWords(scope)}</option>`)}
      </select></label
    >
    <label>Reason <input name="reason" required maxlength="500" /></label>
    <button class="danger" type="submit">Pause</button>
  </form>`;
}

async function pause({ context, person, form }: PageRequest): Promise<PageResult> {
  const scope = scopeOf(form, pauseScopes(context.config));
  const reason = (form.get('reason') ?? '').trim().slice(0, 500);
  if (reason === '') throw new HttpError(400, 'A pause needs a reason.');
  await pauseSending(context.ledger, { scope, reason, who: person?.name ?? '' });
  return { location: '/pause', flash: `Paused: ${inWords(scope)}.` };
}

async function resume({ context, person, form }: PageRequest): Promise<PageResult> {
  const known = (await pauses(context.ledger.db)).map(({ scope }) => scope);
  const scope = scopeOf(form, known);
  if (!(await resumeSending(context.ledger, { scope, who: person?.name ?? '' })))
    throw new HttpError(409, 'It is no longer paused.');
  context.nudge();
  return { location: '/pause', flash: `Resumed: ${inWords(scope)}.` };
}

function scopeOf(form: URLSearchParams, known: readonly PauseScope[]): PauseScope {
  const scope = known.find((one) => one === form.get('scope'));
  if (scope === undefined) throw new HttpError(409, 'This scope does not exist or is not paused.');
  return scope;
}

function inWords(scope: PauseScope): string {
  return scope === 'all' ? 'everything' : scope.replace(':', ' ');
}
