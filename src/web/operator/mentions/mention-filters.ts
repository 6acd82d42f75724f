import { html } from 'hono/html';
import { canonicalReferenceId } from '../../../cables/ids/reference-id.ts';
import type { Config } from '../../../config/config.ts';
import { isDryRun } from '../../../config/ledger-config.ts';
import { dayMs } from '../../../core/durations.ts';
import { ReplyState } from '../../../core/reply.ts';
import type { PostState } from '../../../ledger/db/schema.ts';
import type { ReplySearch, Search } from '../../../ledger/posts/search-posts.ts';
import { lastDayStart } from '../../../operations/overview.ts';
import type { Html } from '../../page.ts';
import { select } from '../../parts.ts';

const states: readonly PostState[] = ['pending', 'decided', 'failed'];
/** A reply in the log is never called sent. */
const replies = [...ReplyState.options, 'logged (dry run)'] as const;

/** Ranges of time: when a post was written, found, or answered; `today` is since midnight, UTC. */
const ranges = {
  'written today': (now) => ({ since: midnight(now) }),
  'written, last 24 hours': (now) => ({ since: now - dayMs }),
  'written, last 7 days': (now) => ({ since: now - 7 * dayMs }),
  'written, last 30 days': (now) => ({ since: now - 30 * dayMs }),
  'found today': (now) => ({ foundSince: midnight(now) }),
  'found, last 24 hours': (now) => ({ foundSince: lastDayStart(now) }),
  'answered today': (now) => ({ reply: { since: midnight(now) } }),
  'answered, last 24 hours': (now) => ({ reply: { since: lastDayStart(now) } }),
} satisfies Readonly<Record<string, (now: number) => Search>>;

interface Filters {
  readonly range?: keyof typeof ranges;
  readonly state?: PostState;
  readonly reply?: (typeof replies)[number];
  readonly feed?: string;
}

/** The address of the mentions that match. */
export function mentionsPath(filters: Filters): string {
  return `/mentions?${new URLSearchParams({ ...filters }).toString()}`;
}

/** The search field takes an ID, `@` and a handle, or words. */
export function searchOf({ searchParams }: URL, config: Config, now: number): Search {
  const field = (name: string) => searchParams.get(name)?.trim().slice(0, 200) || undefined;
  const q = field('q');
  const referenceId = q && canonicalReferenceId(q.replace(/^#/, ''));
  const state = states.find((one) => one === field('state'));
  const [platform, feed] = [field('platform'), field('feed')];
  const range: Search = Object.entries(ranges).find(([name]) => name === field('range'))?.[1](now) ?? {};
  const reply = { ...range.reply, ...replyOf(field('reply'), config) };
  return {
    ...range,
    ...(q !== undefined && (referenceId !== undefined && referenceId !== '' ? { referenceId } : wordsIn(q))),
    ...(platform !== undefined && { platform }),
    ...(feed !== undefined && { feed }),
    ...(state !== undefined && { state }),
    ...(Object.keys(reply).length > 0 && { reply }),
  };
}

function replyOf(asked: string | undefined, config: Config): ReplySearch {
  const state = replies.find((one) => one === asked);
  if (state === undefined) return {};
  const names = config.publishers.map(({ name }) => name).filter((name) => isDryRun(config, name));
  if (state === 'logged (dry run)') return { state: 'sent', publishers: { names, are: 'in' } };
  return state === 'sent' ? { state, publishers: { names, are: 'not in' } } : { state };
}

function midnight(now: number): number {
  return now - (now % dayMs);
}

function wordsIn(q: string): Search {
  return /^@\S+$/.test(q) ? { author: q.slice(1) } : { text: q };
}

/** The form that narrows the list. */
export function filterForm({ searchParams }: URL, feeds: Config['feeds']): Html {
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
      ${choice('State', 'state', states)} ${choice('Reply', 'reply', replies)}
      ${choice('Time', 'range', Object.keys(ranges))}
      <button type="submit">Search</button>
    </div>
  </form>`;
}
