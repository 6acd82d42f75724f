import { html } from 'hono/html';
import { type AccountHealth, type FeedHealth, lastDay, overview, type Overview } from '../../operations/overview.ts';
import type { Html, Page, PageRequest, View } from '../page.ts';
import { badge, count, empty, table, time } from '../parts.ts';
import { acceptsTrackbacks } from '../trackbacks/pages.ts';
import { mentionsPath } from './mentions/mention-filters.ts';
import { sparklines } from './sparklines.ts';
import { isClear, waitingList } from './waiting.ts';

export const overviewPages: readonly Page[] = [
  { method: 'GET', path: '/', audience: 'viewer', nav: 'Overview', handle: view },
];

async function view({ context }: PageRequest): Promise<View> {
  const all = await overview(context.config, context.ledger);
  const day = await lastDay(context.config, context.ledger, all);
  // Nobody can review what came before trackbacks were turned off.
  const found = acceptsTrackbacks(context) ? all : { ...all, waiting: { ...all.waiting, trackbacks: 0 } };
  return {
    title: 'Overview',
    body: html`<div data-live id="live-overview" aria-live="polite">
      ${botState(found)} ${alerts(found)} ${waitingList(found.waiting)} ${flow(found)} ${sparklines(day)}
      ${repliesUnderWay(found)} ${feeds(found.feeds)} ${accounts(found.accounts)}
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
  const found = 'found today';
  const range = 'answered today';
  const logged = mentionsPath({ range, reply: 'logged (dry run)' });
  const steps: readonly (readonly [string, number, string, string?])[] = [
    ['seen', today.seen, 'posts read'],
    ['ingested', today.ingested, 'cite a cable', mentionsPath({ range: found })],
    ['decided', today.decided, 'have a verdict', mentionsPath({ range: found, state: 'decided' })],
    ...(dryRuns.length === all.length
      ? []
      : [['answered', today.sent - today.logged, 'replies sent', mentionsPath({ range, reply: 'sent' })] as const]),
    ...(dryRuns.length > 0 ? [['logged', today.logged, 'replies in the log (dry run)', logged] as const] : []),
  ];
  const step = ([name, n, what]: (typeof steps)[number]) =>
    html`<span class="figure">${count(n)}</span> <span class="name">${name}</span> <small>${what}</small>`;
  return html`<section aria-labelledby="today">
    <h2 id="today">Today</h2>
    <ol class="flow">
      ${steps.map((one) => html`<li>${one[3] === undefined ? html`<div>${step(one)}</div>` : html`<a href="${one[3]}">${step(one)}</a>`}</li>`)}
    </ol>
  </section>`;
}

/** Those that wait for a person are above. */
function repliesUnderWay({ replies, waiting }: Overview): Html {
  const open = [...replies].filter(([state, n]) => n > 0 && !(state in waiting));
  if (open.length === 0) return html``;
  return html`<section aria-labelledby="open">
    <h2 id="open">Replies under way</h2>
    <ul class="chips">
      ${open.map(
        ([name, n]) =>
          html`<li>
            <a href="${mentionsPath({ reply: name })}">${badge(name)} <span>${count(n)}</span></a>
          </li>`,
      )}
    </ul>
  </section>`;
}

function feeds(all: readonly FeedHealth[]): Html {
  if (all.length === 0) return empty('No feeds', html`Configure where posts come from under <code>feeds</code>.`);
  const tones = { ok: 'good', failing: 'bad', silent: 'warn', partial: 'warn', new: 'calm' } as const;
  const rows = all.map(({ name, platform, state: its, message, polledAt, seen, ingested, unreadable, spent }) => [
    html`<a href="${mentionsPath({ feed: name })}">${name}</a> <small>${platform}</small>`,
    html`${badge(its, tones[its])} ${message !== undefined && html`<small>${message}</small>`}`,
    polledAt === null ? '–' : time(polledAt),
    count(seen),
    count(ingested),
    unreadable === 0 ? '0' : html`<a href="/rejects?feed=${encodeURIComponent(name)}">${count(unreadable)}</a>`,
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
