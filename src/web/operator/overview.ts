import { html } from 'hono/html';
import { type AccountHealth, type FeedHealth, lastDay, overview, type Overview } from '../../operations/overview.ts';
import type { Html, Page, PageRequest, View } from '../page.ts';
import { badge, count, empty, table, time } from '../parts.ts';
import { sparklines } from './sparklines.ts';
import { isClear, waitingList } from './waiting.ts';

export const overviewPages: readonly Page[] = [
  { method: 'GET', path: '/', audience: 'viewer', nav: 'Overview', handle: view },
];

async function view({ context }: PageRequest): Promise<View> {
  const [found, day] = await Promise.all([
    overview(context.config, context.ledger),
    lastDay(context.config, context.ledger),
  ]);
  return {
    title: 'Overview',
    body: html`<div data-live id="live-overview" aria-live="polite">
      ${botState(found)} ${alerts(found)} ${waitingList(found.waiting)} ${flow(found)} ${sparklines(day)}
      ${openReplies(found)} ${feeds(found.feeds)} ${accounts(found.accounts)}
    </div>`,
  };
}

function botState({ bot }: Overview): Html {
  const state = bot.alive ? 'Running' : 'Not running';
  return html`<p class="lead">
    ${badge(state, bot.alive ? 'good' : 'bad')} ${bot.message !== state.toLowerCase() && withTimes(bot.message)}
  </p>`;
}

/** Since when it runs, as a time of the page. */
function withTimes(message: string): readonly (string | Html)[] {
  return message
    .split(/since (\d{4}-\d\d-\d\dT[\d:.]+Z)/)
    .map((part, i) => (i % 2 === 1 ? html`started ${time(Date.parse(part))}` : part));
}

function alerts({ alerts: all, waiting }: Overview): Html {
  if (all.length === 0 && isClear(waiting)) return html`<p class="all-clear">All clear.</p>`;
  if (all.length === 0) return html``;
  return html`<section class="alerts" aria-labelledby="alerts">
    <h2 id="alerts">Alerts</h2>
    <ul>
      ${all.map((alert) => html`<li>${alert}</li>`)}
    </ul>
  </section>`;
}

/** Today's posts by stage. */
function flow({ today, accounts: all }: Overview): Html {
  const dryRuns = all.filter(({ isDryRun }) => isDryRun);
  const logged = dryRuns.reduce((sum, { sentToday }) => sum + sentToday, 0);
  const steps: readonly (readonly [string, number, string, string])[] = [
    ['seen', today.seen, 'posts read', '#feeds'],
    ['ingested', today.ingested, 'cite a cable', '/mentions?range=today'],
    ['decided', today.decided, 'have a verdict', '/mentions?range=today&state=decided'],
    ...(dryRuns.length === all.length
      ? []
      : [['answered', today.sent - logged, 'replies sent', '/mentions?reply=sent'] as const]),
    ...(dryRuns.length > 0
      ? [['logged', logged, 'replies in the log (dry run)', '/mentions?reply=sent'] as const]
      : []),
  ];
  return html`<section aria-labelledby="today">
    <h2 id="today">Today</h2>
    <ol class="flow">
      ${steps.map(
        ([name, n, what, path]) =>
          html`<li>
            <a href="${path}">
              <span class="figure">${count(n)}</span> <span class="name">${name}</span> <small>${what}</small>
            </a>
          </li>`,
      )}
    </ol>
  </section>`;
}

function openReplies({ replies }: Overview): Html {
  const open = [...replies].filter(([, n]) => n > 0);
  if (open.length === 0) return html``;
  return html`<section aria-labelledby="open">
    <h2 id="open">Open replies</h2>
    <ul class="chips">
      ${open.map(([name, n]) => html`<li><a href="/mentions?reply=${name}">${badge(name)} ${count(n)}</a></li>`)}
    </ul>
  </section>`;
}

function feeds(all: readonly FeedHealth[]): Html {
  if (all.length === 0) return empty('No feeds', html`Configure where posts come from under <code>feeds</code>.`);
  const tones = { ok: 'good', failing: 'bad', silent: 'warn', new: 'calm' } as const;
  const rows = all.map(({ name, platform, state: its, message, polledAt, seen, ingested, rejected, spent }) => [
    html`<strong>${name}</strong> <small>${platform}</small>`,
    html`${badge(its, tones[its])} ${message !== undefined && html`<small>${message}</small>`}`,
    polledAt === null ? '–' : time(polledAt),
    count(seen),
    linked(`/mentions?feed=${encodeURIComponent(name)}`, ingested),
    linked(`/rejects?feed=${encodeURIComponent(name)}`, rejected),
    spent === 0 ? '–' : dollars(spent),
  ]);
  return html`<section id="feeds" aria-label="Feeds">
    ${table('Feeds', ['Feed', 'Health', 'Last poll', 'Seen', 'Ingested', 'Unreadable', 'Cost this month'], rows)}
  </section>`;
}

function accounts(all: readonly AccountHealth[]): Html {
  if (all.length === 0) return html``;
  const tones = { ok: 'good', paused: 'warn', blocked: 'bad' } as const;
  const rows = all.map(({ name, platform, mode, isDryRun, sentToday, perDay, spent, budget, ...account }) => {
    const { state: health, message } = account;
    return [
      html`<strong>${name}</strong> <small>${platform}, mode ${mode}</small>`,
      html`${badge(health, tones[health])} ${message !== undefined && html`<small>${message}</small>`}`,
      isDryRun ? `${count(sentToday)} logged (dry run)` : share(sentToday, perDay, count),
      spent === undefined ? '–' : share(spent, budget, dollars),
    ];
  });
  return html`<section aria-label="Accounts">
    ${table('Accounts', ['Account', 'State', 'Replies today', 'Spent this month'], rows)}
  </section>`;
}

function linked(path: string, n: number): Html {
  return n === 0 ? html`0` : html`<a href="${path}">${count(n)}</a>`;
}

/** A figure and its limit, with a meter if there is one. */
function share(used: number, limit: number | null, format: (n: number) => string): Html {
  if (limit === null) return html`${format(used)} <small>no limit</small>`;
  return html`${format(used)}
    <small>of ${format(limit)}</small>
    ${limit > 0 && html`<meter min="0" max="${limit}" high="${limit * 0.8}" value="${Math.min(used, limit)}" aria-label="used"></meter>`}`;
}

function dollars(micros: number): string {
  return `$${(micros / 1e6).toFixed(2)}`;
}
