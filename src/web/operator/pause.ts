import { html } from 'hono/html';
import { pauseScopes, pauseSending, resumeSending } from '../../operations/pause-sending.ts';
import { stoppedBecause } from '../../app/account-limits.ts';
import { type Pause, pauses, type PauseScope } from '../../ledger/accounts/pauses.ts';
import { type Answer, type Html, may, type Page, Refusal, type View, type Request } from '../page.ts';
import { badge, empty, time } from '../parts.ts';

export const pausePages: readonly Page[] = [
  { method: 'GET', path: '/pause', audience: 'viewer', nav: 'Pause', answer: view },
  { method: 'POST', path: '/pause', audience: 'operator', answer: stop },
  { method: 'POST', path: '/pause/resume', audience: 'operator', answer: goOn },
];

async function view({ context, person, token }: Request): Promise<View> {
  const found = await pauses(context.ledger.db);
  const file = stoppedBecause(context.config);
  const operator = may(person, 'operator');
  const free = pauseScopes(context.config).filter((scope) => found.every((one) => one.scope !== scope));
  return {
    title: 'Pause',
    body: html`<p class="lead">
        What is paused is not sent; it waits, and nothing is lost. Reading and resolving go on.
      </p>
      ${file !== undefined && html`<p class="fault">${file}. Remove the file to go on.</p>`}
      ${found.length === 0 ? empty('Nothing is paused', 'Replies go out as rules, consent and brakes allow.') : found.map((one) => paused(one, operator ? token : undefined))}
      ${operator && free.length > 0 && stopForm(free, token)}`,
  };
}

function paused({ scope, reason, since }: Pause, token: Html | undefined): Html {
  const resume = html`<form method="post" action="/pause/resume">
    ${token} <input type="hidden" name="scope" value="${scope}" />
    <button type="submit">Go on with ${inWords(scope)}</button>
  </form>`;
  return html`<article>
    <p class="meta">${badge('paused', 'warn')} <strong>${inWords(scope)}</strong> <span>since ${time(since)}</span></p>
    <p class="words">${reason}</p>
    ${token !== undefined && resume}
  </article>`;
}

function stopForm(scopes: readonly PauseScope[], token: Html): Html {
  return html`<form class="card narrow" method="post" action="/pause" data-ask="Stop sending?">
    <h2>Stop sending</h2>
    ${token}
    <label
      >What
      <select name="scope">
        ${scopes.map((scope) => html`<option value="${scope}">${inWords(scope)}</option>`)}
      </select></label
    >
    <label>Reason <small>for whoever asks later</small> <input name="reason" required maxlength="500" /></label>
    <button class="danger" type="submit">Pause</button>
  </form>`;
}

async function stop({ context, person, form }: Request): Promise<Answer> {
  const scope = scopeOf(form, pauseScopes(context.config));
  const reason = (form.get('reason') ?? '').trim().slice(0, 500);
  if (reason === '') throw new Refusal(400, 'A pause needs a reason.');
  await pauseSending(context.ledger, { scope, reason, who: person?.name ?? '' });
  return { location: '/pause', flash: `Paused: ${inWords(scope)}.` };
}

async function goOn({ context, person, form }: Request): Promise<Answer> {
  const known = (await pauses(context.ledger.db)).map(({ scope }) => scope);
  const scope = scopeOf(form, known);
  if (!(await resumeSending(context.ledger, { scope, who: person?.name ?? '' })))
    throw new Refusal(409, 'It was not paused any more.');
  context.nudge();
  return { location: '/pause', flash: `No longer paused: ${inWords(scope)}.` };
}

function scopeOf(form: URLSearchParams, known: readonly PauseScope[]): PauseScope {
  const scope = known.find((one) => one === form.get('scope'));
  if (scope === undefined) throw new Refusal(409, 'There is no such thing to pause, or it is not paused.');
  return scope;
}

function inWords(scope: PauseScope): string {
  return scope === 'all' ? 'everything' : scope.replace(':', ' ');
}
