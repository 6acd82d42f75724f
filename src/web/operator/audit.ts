import { html } from 'hono/html';
import { auditPage } from '../../ledger/operators/audit-log.ts';
import { demandsToken, endAllSessions } from '../access-token.ts';
import { type Html, may, type Page, type PageRequest, type PageResult, type View } from '../page.ts';
import { empty, pager, pageTokenIn, table, time } from '../parts.ts';

export const auditPages: readonly Page[] = [
  { method: 'GET', path: '/audit', audience: 'viewer', nav: 'Audit', handle: view },
  { method: 'POST', path: '/sessions/end', audience: 'operator', handle: endSessions },
];

const limit = 50;

async function view(request: PageRequest): Promise<View> {
  const { context, url } = request;
  const target = url.searchParams.get('target')?.trim() || undefined;
  const query = { limit, after: pageTokenIn(url), ...(target !== undefined && { target }) };
  const { rows: entries, next } = await auditPage(context.ledger.db, query);
  const rows = entries.map((entry) => [time(entry.at), entry.actor, entry.action, entry.target, entry.note]);
  return {
    title: 'Audit log',
    body: html`<p class="lead">What people did by hand, newest first. Entries are never removed.</p>
      <form class="card filters" method="get" action="/audit" role="search">
        <div class="row">
          <label
            >Target <small>a reply, an account, a person</small>
            <input type="search" name="target" value="${target ?? ''}" maxlength="500"
          /></label>
          <button type="submit">Filter</button>
        </div>
      </form>
      ${rows.length === 0 ? empty('No entries', target === undefined ? 'Approvals, pauses, retries and changes of consent will appear here.' : 'No entry is about exactly this target.') : table('Actions', ['Time', 'Person', 'Action', 'Target', 'Note'], rows, { unseenCaption: true })}
      ${pager(url, next)} ${endForm(request)}`,
  };
}

function endForm({ context, person, token }: PageRequest): Html {
  const { web } = context.config;
  if (!may(person, 'operator') || (web.users.length === 0 && !demandsToken(web))) return html``;
  return html`<form class="card narrow" method="post" action="/sessions/end" data-ask="End all sessions?">
    <h2>End all sessions</h2>
    <p>
      Everybody, you too, must log in again.
      ${demandsToken(web) && html`The token is replaced: <code>npx pilcrow web --url</code> prints the new address.`}
    </p>
    ${token}
    <button class="danger" type="submit">End all sessions</button>
  </form>`;
}

async function endSessions({ context, person }: PageRequest): Promise<PageResult> {
  await endAllSessions(context, person?.name);
  return { location: '/' };
}
