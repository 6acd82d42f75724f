import { html } from 'hono/html';
import { auditPage } from '../../ledger/operators/audit-log.ts';
import type { Page, PageRequest, View } from '../page.ts';
import { empty, pager, pageTokenIn, table, time } from '../parts.ts';

export const auditPages: readonly Page[] = [
  { method: 'GET', path: '/audit', audience: 'viewer', nav: 'Audit', handle: view },
];

const limit = 50;

async function view({ context, url }: PageRequest): Promise<View> {
  const target = url.searchParams.get('target')?.trim() || undefined;
  const query = { limit, after: pageTokenIn(url), ...(target !== undefined && { target }) };
  const { rows: entries, next } = await auditPage(context.ledger.db, query);
  const rows = entries.map((entry) => [time(entry.at), entry.actor, entry.action, entry.target, entry.note]);
  return {
    title: 'Audit log',
    body: html`<p class="lead">What people did by hand, newest first. Entries are never removed.</p>
      <form class="row filters" method="get" action="/audit" role="search">
        <label>Target <input name="target" value="${target ?? ''}" maxlength="500" /></label>
        <button class="quiet" type="submit">Filter</button>
      </form>
      ${rows.length === 0 ? empty('No entries', 'Approvals, pauses, retries and changes of consent will appear here.') : table('Actions', ['Time', 'Person', 'Action', 'Target', 'Note'], rows)}
      ${pager(url, next)}`,
  };
}
