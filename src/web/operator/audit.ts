import { html } from 'hono/html';
import { auditPage } from '../../ledger/operators/audit-log.ts';
import { tokenOf, writtenToken } from '../page-token.ts';
import type { Page, View, Request } from '../page.ts';
import { empty, pager, table, time } from '../parts.ts';

export const auditPages: readonly Page[] = [
  { method: 'GET', path: '/audit', audience: 'viewer', nav: 'Audit', answer: view },
];

const limit = 50;

async function view({ context, url }: Request): Promise<View> {
  const target = url.searchParams.get('target')?.trim() || undefined;
  const asked = { limit, after: tokenOf(url), ...(target !== undefined && { target }) };
  const { auditLog, next } = await auditPage(context.ledger.db, asked);
  const rows = auditLog.map(({ at, actor, action, target: to, note }) => [time(at), actor, action, to, note]);
  return {
    title: 'Audit log',
    body: html`<p class="lead">What people did by hand, the latest first. Nothing is ever taken out.</p>
      <form class="row filters" method="get" action="/audit" role="search">
        <label>Only what was done to <input name="target" value="${target ?? ''}" maxlength="500" /></label>
        <button class="quiet" type="submit">Show</button>
      </form>
      ${rows.length === 0 ? empty('Nothing was done by hand', 'Approvals, pauses, retries and what people said about being answered will stand here.') : table('Acts', ['When', 'Who', 'Did what', 'To what', 'Words'], rows)}
      ${pager(url, writtenToken(next))}`,
  };
}
