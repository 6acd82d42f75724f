import { html } from 'hono/html';
import { canonicalReferenceId } from '../../cables/ids/reference-id.ts';
import { dayMs } from '../../core/durations.ts';
import { ReplyState } from '../../core/reply.ts';
import { readEach } from '../../ledger/db/json-column.ts';
import { type Search, searchPosts } from '../../ledger/posts/search-posts.ts';
import type { PostState } from '../../ledger/db/schema.ts';
import { type Html, may, type Page, type PageRequest, type View } from '../page.ts';
import { empty, pager, pageTokenIn, select, time } from '../parts.ts';
import { mentionCard } from './mention-card.ts';

export const mentionPages: readonly Page[] = [
  { method: 'GET', path: '/mentions', audience: 'viewer', nav: 'Mentions', handle: view },
];

const limit = 25;
const states: readonly PostState[] = ['pending', 'decided', 'failed'];

async function view(request: PageRequest): Promise<View> {
  const { context, url, person } = request;
  const search = {
    ...searchOf(url, await context.ledger.now()),
    ...(!may(person, 'reviewer') && { limited: false as const }),
  };
  const { posts, next } = await searchPosts(context.ledger.db, search, { after: pageTokenIn(url), limit });
  const cards = await Promise.all(readEach(posts, (row) => mentionCard(request, row, { why: true })));
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
      ${filters(url, context.config.feeds)}
      <div data-live id="live-mentions">${posts.length === 0 ? none : cards}</div>
      ${searchedTo !== undefined && html`<p class="dim">Searched back to ${time(searchedTo)}; older posts may match.</p>`}
      ${pager(url, next, searchedTo === undefined ? undefined : 'Search older posts →')}`,
  };
}

/** The search field takes an ID, `@` and a handle, or words. */
function searchOf({ searchParams }: URL, now: number): Search {
  const field = (name: string) => searchParams.get(name)?.trim().slice(0, 200) || undefined;
  const q = field('q');
  const referenceId = q && canonicalReferenceId(q.replace(/^#/, ''));
  const state = states.find((one) => one === field('state'));
  const [platform, feed] = [field('platform'), field('feed')];
  const reply = ReplyState.safeParse(field('reply')).data;
  const since = sinceOf(field('range'), now);
  return {
    ...(q !== undefined && (referenceId !== undefined && referenceId !== '' ? { referenceId } : wordsIn(q))),
    ...(platform !== undefined && { platform }),
    ...(feed !== undefined && { feed }),
    ...(state !== undefined && { state }),
    ...(reply !== undefined && { reply }),
    ...(since !== undefined && { since }),
  };
}

/** Time ranges, by the length of each in milliseconds; `today` is since midnight, UTC. */
const ranges = { 'last 24 hours': dayMs, 'last 7 days': 7 * dayMs, 'last 30 days': 30 * dayMs };

function sinceOf(range: string | undefined, now: number): number | undefined {
  if (range === 'today') return now - (now % dayMs);
  const length = Object.entries(ranges).find(([name]) => name === range)?.[1];
  return length === undefined ? undefined : now - length;
}

function wordsIn(q: string): Search {
  return /^@\S+$/.test(q) ? { author: q.slice(1) } : { text: q };
}

function filters({ searchParams }: URL, feeds: PageRequest['context']['config']['feeds']): Html {
  const chosen = (name: string) => searchParams.get(name) ?? '';
  const choice = (label: string, name: string, values: readonly string[]) =>
    select(label, name, { values, chosen: chosen(name), none: 'any' });
  const platforms = [...new Set(feeds.map(({ platform }) => platform))];
  return html`<form class="card filters" method="get" action="/mentions" role="search">
    <div class="row">
      <label
        >Search <small>ID, @author or words</small>
        <input type="search" name="q" value="${chosen('q')}" maxlength="200"
      /></label>
      ${choice('Platform', 'platform', platforms)}
      ${choice(
        'Feed',
        'feed',
        feeds.map(({ name }) => name),
      )}
      ${choice('State', 'state', states)} ${choice('Reply', 'reply', ReplyState.options)}
      ${choice('Written', 'range', ['today', ...Object.keys(ranges)])}
      <button type="submit">Search</button>
    </div>
  </form>`;
}
