import { html } from 'hono/html';
import { listRejects } from '../../ledger/feeds/feed-rows.ts';
import { may, type Page, type PageRequest, type View } from '../page.ts';
import { lastDayRange, sinceIn } from './last-day.ts';
import { empty, select, table, time } from '../parts.ts';

export const rejectPages: readonly Page[] = [{ method: 'GET', path: '/rejects', audience: 'viewer', handle: view }];

const limit = 200;

/** What feeds brought and nobody could read. An item may be of a direct post: its words are for reviewers and operators alone. */
async function view({ context, person, url }: PageRequest): Promise<View> {
  const feed = url.searchParams.get('feed') || undefined;
  const since = await sinceIn(url, context.ledger);
  const found = await listRejects(context.ledger.db, { feed, since, limit });
  const isReviewer = may(person, 'reviewer');
  const rows = found.map((one) => [
    html`<span class="mono">${one.position}</span>`,
    one.feed,
    time(one.at),
    one.reason,
    ...(isReviewer ? [html`<code>${one.excerpt}</code>`] : []),
  ]);
  const headings = ['Where', 'Feed', 'When', 'Reason', ...(isReviewer ? ['Begins with'] : [])];
  const none =
    feed === undefined && since === undefined
      ? empty('Nothing here', 'Items that a feed brings and that cannot be read will appear here for 30 days.')
      : empty('Nothing here', 'No stored item matches.');
  return {
    title: 'Unreadable items',
    body: html`<p class="lead">
        Items that feeds brought and that could not be read. The bot skipped them and went on. Newest ${limit}.
      </p>
      <form class="card filters" method="get" action="/rejects">
        <div class="row">
          ${select('Feed', 'feed', {
            values: context.config.feeds.map(({ name }) => name),
            ...(feed !== undefined && { chosen: feed }),
            none: 'any',
          })}
          ${select('Time', 'range', {
            values: [lastDayRange],
            ...(since !== undefined && { chosen: lastDayRange }),
            none: 'any',
          })}
          <button type="submit">Filter</button>
        </div>
      </form>
      <div data-live id="live-rejects">
        ${rows.length === 0 ? none : table('Items', headings, rows, { unseenCaption: true })}
      </div>`,
  };
}
