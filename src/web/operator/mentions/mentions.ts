import { html } from 'hono/html';
import { readEach } from '../../../ledger/db/json-column.ts';
import { searchPosts } from '../../../ledger/posts/search-posts.ts';
import { may, type Page, type PageRequest, type View } from '../../page.ts';
import { empty, pager, pageTokenIn, time } from '../../parts.ts';
import { mentionCard } from './mention-card.ts';
import { filterForm, searchOf } from './mention-filters.ts';

export const mentionPages: readonly Page[] = [
  { method: 'GET', path: '/mentions', audience: 'viewer', nav: 'Mentions', handle: view },
];

const limit = 25;

async function view(request: PageRequest): Promise<View> {
  const { context, url, person } = request;
  const search = {
    ...searchOf(url, context.config, await context.ledger.now()),
    ...(!may(person, 'reviewer') && { limited: false as const }),
  };
  const { posts, next } = await searchPosts(context.ledger.db, search, { after: pageTokenIn(url), limit });
  const cards = await Promise.all(readEach(posts, (row) => mentionCard(request, row, { why: true, search })));
  const isNarrowed = [...url.searchParams.values()].some((value) => value !== '');
  const searchedTo = next !== undefined && posts.length < limit ? next.at : undefined;
  const none = isNarrowed
    ? searchedTo === undefined
      ? empty('No mentions here', 'No stored post matches.')
      : empty('No mentions here', 'None of the posts that were searched matches.')
    : empty('No mentions yet', 'A post that cites a cable will appear here as soon as a feed brings it.');
  return {
    title: 'Mentions',
    body: html`<p class="lead">Posts that cite a cable, the latest first.</p>
      ${filterForm(url, context.config.feeds)}
      <div data-live id="live-mentions">${posts.length === 0 ? none : cards}</div>
      ${searchedTo !== undefined && html`<p class="dim">Searched back to ${time(searchedTo)}; older posts may match.</p>`}
      ${pager(url, next, searchedTo === undefined ? undefined : 'Search older posts →')}`,
  };
}
