import { html } from 'hono/html';
import type { Hour, lastDay } from '../../operations/overview.ts';
import type { Html } from '../page.ts';
import { count, table, time } from '../parts.ts';
import { lastDayPath } from './last-day.ts';
import { mentionsPath } from './mentions/mention-filters.ts';

interface Measure {
  readonly key: 'read' | 'cited' | 'sent' | 'failed' | 'unreadable';
  readonly one: string;
  readonly many: string;
  /** The list that the figure counts; left out: nothing keeps it. */
  readonly path?: string;
}

function measuresOf(isDryRun: boolean): readonly Measure[] {
  const replies = isDryRun ? ' logged (dry run)' : ' sent';
  return [
    { key: 'read', one: 'post read', many: 'posts read' },
    { key: 'cited', one: 'cites a cable', many: 'cite a cable', path: mentionsPath({ range: 'found, last 24 hours' }) },
    {
      key: 'sent',
      one: `reply${replies}`,
      many: `replies${replies}`,
      path: mentionsPath({ range: 'answered, last 24 hours', reply: isDryRun ? 'logged (dry run)' : 'sent' }),
    },
    { key: 'failed', one: 'failure', many: 'failures', path: lastDayPath('/dead-letters') },
    { key: 'unreadable', one: 'unreadable item', many: 'unreadable items', path: lastDayPath('/rejects') },
  ];
}

/** The last 24 hours, a chart for each figure, and all of it as a table. Empty: nothing happened. */
export function sparklines({ hours, isDryRun }: Awaited<ReturnType<typeof lastDay>>): Html {
  const measures = measuresOf(isDryRun).filter(({ key }) => hours.some((hour) => hour[key] > 0));
  if (measures.length === 0) return html``;
  const rows = hours
    .filter((hour) => measures.some(({ key }) => hour[key] > 0))
    .toReversed()
    .map((hour) => [time(hour.from), ...measures.map(({ key }) => count(hour[key]))]);
  const headings = ['Hour from', ...measures.map(({ many }) => capitalized(many))];
  return html`<section aria-labelledby="last-day">
    <h2 id="last-day">Last 24 hours</h2>
    <ul class="sparklines">
      ${measures.map((measure, number) => sparkline(measure, number, hours))}
    </ul>
    <details class="hours">
      <summary>Hour by hour</summary>
      ${table('Hour by hour', headings, rows, { compact: true, unseenCaption: true })}
    </details>
  </section>`;
}

/** A bar for each hour, the current one last; the highest one fills the height. */
function sparkline({ key, one, many, path }: Measure, number: number, hours: readonly Hour[]): Html {
  const values = hours.map((hour) => hour[key]);
  const total = values.reduce((sum, n) => sum + n, 0);
  const most = Math.max(...values);
  const figure = html`<strong>${count(total)}</strong> ${total === 1 ? one : many}`;
  const peak = `at most ${count(most)} in an hour`;
  return html`<li>
    ${path === undefined ? figure : html`<a href="${path}">${figure}</a>`} <small>${peak}</small>
    <svg
      class="sparkline ${key === 'failed' || key === 'unreadable' ? 'failed' : ''}"
      viewBox="0 0 ${hours.length * 10} 40"
      preserveAspectRatio="none"
      role="img"
      aria-labelledby="chart-${number} chart-${number}-counts"
    >
      <title id="chart-${number}">${capitalized(many)}, by hour</title>
      <desc id="chart-${number}-counts">${count(total)} in the last 24 hours, ${peak}.</desc>
      <rect class="base" y="39" width="${hours.length * 10}" height="1" />
      ${values.map((n, at) => n > 0 && html`<rect x="${at * 10 + 1}" y="${40 - height(n, most)}" width="8" height="${height(n, most)}" />`)}
    </svg>
  </li>`;
}

/** Of 40; the smallest bar can still be seen. */
function height(n: number, most: number): number {
  return Math.max(2, Math.round((n / most) * 40));
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
