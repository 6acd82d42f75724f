import { html } from 'hono/html';
import { readFileSync } from 'node:fs';
import { rulesSoFar } from '../../operations/compare-rules.ts';
import { ConfigError, messageOf } from '../../core/errors.ts';
import { type Html, HttpError, type Page, type PageRequest, type PageResult, type View } from '../page.ts';
import { select, table, time } from '../parts.ts';
import { draftReport } from './draft.ts';

export const rulesPages: readonly Page[] = [
  { method: 'GET', path: '/rules', audience: 'viewer', nav: 'Rules', handle: view },
  { method: 'POST', path: '/rules', audience: 'operator', maxBytes: 1_500_000, handle: change },
];

const spans = ['1', '7', '30', '90'];

async function view(request: PageRequest): Promise<View> {
  const { config } = request.context;
  const text = textInForce(config.rules);
  const past = await rulesSoFar(config);
  const rows = past
    .slice(0, 20)
    .map(({ version, since, last }) => [html`<code>${version}</code>`, time(since), time(last)]);
  return {
    title: 'Rules',
    body: html`<p class="lead">
        Edit a draft, check it, backtest it, and download it. This page never writes the rules file: replace the file
        with the draft, and a running bot reloads it.
      </p>
      ${draftForm(request, text, '7')}
      ${rows.length > 0 && table('History of the rules', ['Version', 'In force since', 'Last loaded'], rows)}`,
  };
}

function textInForce(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError([`${file}: ${messageOf(error)}`], { cause: error });
  }
}

function draftForm({ token, person }: PageRequest, text: string, days: string): Html {
  const buttons = html`<div class="row">
    <button type="submit" name="do" value="check">Check, test and compare</button>
    ${select('Days', 'days', { values: spans, chosen: days })}
    <button class="quiet" type="submit" name="do" value="backtest">Backtest</button>
    <button class="quiet" type="submit" name="do" value="download">Download</button>
  </div>`;
  return html`<form method="post" action="/rules" class="card">
    ${token}
    <label
      >Draft
      <textarea
        class="code"
        name="draft"
        rows="24"
        spellcheck="false"
        autocapitalize="off"
        ${person?.role !== 'operator' && html`readonly`}
      >
${text}</textarea>
    </label>
    ${person?.role === 'operator' ? buttons : html`<p class="dim">Only operators can try drafts.</p>`}
  </form>`;
}

async function change(request: PageRequest): Promise<PageResult> {
  const { form } = request;
  // Forms send CRLF line ends.
  const text = (form.get('draft') ?? '').replaceAll('\r\n', '\n');
  const days = spans.find((one) => one === form.get('days')) ?? '7';
  const what = form.get('do');
  if (what === 'download') return downloaded(text);
  if (what !== 'check' && what !== 'backtest')
    throw new HttpError(400, 'Unknown action; known: check, backtest, download.');
  const body = await draftReport(request.context.config, { text, ...(what === 'backtest' && { days: Number(days) }) });
  return {
    title: 'Rules: a draft',
    body: html`${body}
      <h2>The draft</h2>
      ${draftForm(request, text, days)}`,
  };
}

function downloaded(text: string): Response {
  const headers = {
    'Content-Type': 'application/yaml; charset=utf-8',
    'Content-Disposition': 'attachment; filename="rules.yaml"',
  };
  return new Response(text, { headers });
}
