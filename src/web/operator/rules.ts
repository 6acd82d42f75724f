import { html } from 'hono/html';
import { hash } from 'node:crypto';
import { platformIds } from '../../app/answering.ts';
import { UsageError } from '../../core/errors.ts';
import { rulesSoFar } from '../../operations/compare-rules.ts';
import { installRules, judgeDraft, rulesText, whyNotInstallable } from '../../operations/install-rules.ts';
import { type Html, HttpError, may, type Page, type PageRequest, type PageResult, type View } from '../page.ts';
import { actionHeading, inCode, select, table, time } from '../parts.ts';
import { backtestReport } from './backtest.ts';
import { judgementReport, trial } from './draft.ts';

export const rulesPages: readonly Page[] = [
  { method: 'GET', path: '/rules', audience: 'viewer', nav: 'Rules', handle: view },
  { method: 'POST', path: '/rules', audience: 'operator', maxBytes: 1_500_000, handle: change },
];

const spans = ['1', '7', '30', '90'];

async function view(request: PageRequest): Promise<View> {
  const { config } = request.context;
  const text = rulesText(config);
  const why = whyNotInstallable(config);
  return {
    title: 'Rules',
    body: html`<p class="lead">
        Edit the rules as a draft: check it, try it on a post, backtest it.
        ${why === undefined ? 'Then put it in force from here.' : html`It cannot be put in force from here: ${inCode(why)}.`}
      </p>
      ${draftForm(request, { text, base: text, days: '7' })} ${await history(request, text)}`,
  };
}

/** Former rules, with a button that puts them back. */
async function history({ context, person, token }: PageRequest, text: string): Promise<Html> {
  const past = await rulesSoFar(context.config);
  if (past.length === 0) return html``;
  const canPut = may(person, 'operator') && whyNotInstallable(context.config) === undefined;
  const putBack = (version: string) =>
    html`<form method="post" action="/rules" data-ask="Put version ${version} back in force?">
      ${token} <input type="hidden" name="base" value="${digest(text)}" />
      <input type="hidden" name="version" value="${version}" />
      <button class="quiet" type="submit" name="do" value="put-back" aria-label="Put back: ${version}">Put back</button>
    </form>`;
  const rows = past
    .slice(0, 20)
    .map(({ version, since, last, text: of }) => [
      html`<code>${version}</code>`,
      time(since),
      time(last),
      ...(canPut ? [of === text ? 'in the rules file' : putBack(version)] : []),
    ]);
  const headings = ['Version', 'In force since', 'Last loaded', ...(canPut ? [actionHeading] : [])];
  return table('History of the rules', headings, rows);
}

interface Draft {
  readonly text: string;
  /** The text that it was made from, or its hash. */
  readonly base: string;
  readonly days: string;
  readonly post?: string;
  readonly platform?: string;
  readonly summoned?: boolean;
  readonly passes?: boolean;
}

function draftForm(request: PageRequest, draft: Draft): Html {
  const heading = html`<h2><label for="draft">Draft</label></h2>`;
  const { token, person } = request;
  const isOperator = may(person, 'operator');
  const lines = draft.text.split('\n').length;
  return html`<form method="post" action="/rules" class="card">
    ${token} <input type="hidden" name="base" value="${digest(draft.base)}" />
    ${heading}
    <div class="editor">
      <pre class="numbers" aria-hidden="true">
${Array.from({ length: Math.min(lines, maxNumbers) }, (_, i) => html`<span id="line-${i + 1}">${i + 1} </span>`)}</pre>
      <textarea
        class="code"
        id="draft"
        name="draft"
        rows="${Math.min(Math.max(lines, 12), maxNumbers)}"
        spellcheck="false"
        autocapitalize="off"
        ${!isOperator && html`readonly`}
      >
${draft.text}</textarea>
    </div>
    ${isOperator ? actions(request, draft) : html`<p class="dim">Only operators can try drafts.</p>`}
  </form>`;
}

const maxNumbers = 2000;

function actions(
  { context }: PageRequest,
  { post = '', platform = 'mastodon', summoned = true, days, passes = false }: Draft,
): Html {
  const canInstall = whyNotInstallable(context.config) === undefined;
  return html`<div class="row">
      <button type="submit" name="do" value="check">Check, test and compare</button>
      <button class="quiet" type="submit" name="do" value="download">Download</button>
      ${canInstall && passes && html`<button type="submit" name="do" value="install" data-ask="Put this draft in force?">Put in force</button>`}
    </div>
    <div class="row">
      ${select('Days', 'days', { values: spans, chosen: days })}
      <button class="quiet" type="submit" name="do" value="backtest">Backtest</button>
    </div>
    <div class="row">
      <label class="wide"
        >Try it on a post <input name="post" value="${post}" maxlength="5000" placeholder="#07ASTANA2244 ¶5"
      /></label>
      ${select('Platform', 'platform', { values: platformIds, chosen: platform })}
      <label class="check"
        ><input type="checkbox" name="summoned" value="yes" ${summoned && html`checked`} /> addresses the bot</label
      >
      <button class="quiet" type="submit" name="do" value="try">Show the reply</button>
    </div>`;
}

/** Of the text that a draft was made from: the form carries it, so that nobody overwrites what changed meanwhile. */
function digest(text: string): string {
  return /^[\da-f]{64}$/.test(text) ? text : hash('sha256', text);
}

async function change(request: PageRequest): Promise<PageResult> {
  const { form, context } = request;
  const what = form.get('do');
  // Forms send CRLF line ends.
  const text = (form.get('draft') ?? '').replaceAll('\r\n', '\n');
  if (what === 'download') return downloaded(text);
  if (what === 'put-back') return await install(request, await former(request, form.get('version') ?? ''));
  if (what === 'install') return await install(request, text);
  if (what !== 'check' && what !== 'backtest' && what !== 'try')
    throw new HttpError(400, 'Unknown action; known: check, try, backtest, download, install, put-back.');
  const days = spans.find((one) => one === form.get('days')) ?? '7';
  const judged = await judgeDraft(context.config, text);
  const post = (form.get('post') ?? '').slice(0, 5000);
  const asked = { text: post, platform: form.get('platform') ?? 'file', summoned: form.get('summoned') === 'yes' };
  const canRun = judged.faults.length === 0;
  const answer = html`${what === 'try' && canRun && (await trial(context.config, text, asked))}
  ${what === 'backtest' && canRun && (await backtestReport(context.config, { name: 'draft', text }, Number(days)))}`;
  const report = judgementReport(context.config, text, judged, answer);
  const draft = { ...asked, text, base: form.get('base') ?? '', days, post, passes: judged.passes };
  return {
    title: 'Rules: a draft',
    body: html`${report} ${draftForm(request, draft)}`,
  };
}

async function former({ context }: PageRequest, version: string): Promise<string> {
  const found = (await rulesSoFar(context.config)).find((one) => one.version === version);
  if (found === undefined) throw new HttpError(409, 'There is no such version. Nothing was done.');
  return found.text;
}

async function install({ context, form, person }: PageRequest, text: string): Promise<PageResult> {
  const expected = rulesText(context.config);
  if (digest(expected) !== form.get('base'))
    throw new HttpError(409, 'The rules file has changed since you opened this page. Nothing was written. Reload it.');
  try {
    const { before, now } = await installRules(context.config, context.ledger, {
      text,
      expected,
      who: person?.name ?? '',
    });
    const back = before === undefined ? '' : ` “Put back” below restores ${before}.`;
    return { location: '/rules', flash: `Version ${now} is written; a running bot reloads it within a second.${back}` };
  } catch (error) {
    if (error instanceof UsageError) throw new HttpError(409, `${error.message}.`);
    throw error;
  }
}

function downloaded(text: string): Response {
  const headers = {
    'Content-Type': 'application/yaml; charset=utf-8',
    'Content-Disposition': 'attachment; filename="rules.yaml"',
  };
  return new Response(text, { headers });
}
