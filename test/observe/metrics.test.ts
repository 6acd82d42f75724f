import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { BotEvent } from '../../src/core/event.ts';
import { type Figures, openMetrics } from '../../src/observe/metrics.ts';
import { post } from '../support/posts.ts';

const figures: Figures = {
  replies: new Map([
    ['held', 3],
    ['planned', 0],
  ]),
  overdueMs: { pending: 1500, planned: 0, unknown: 61_000 },
  feeds: [
    { feed: 'a', readMsAgo: 2000, silentMs: 7_200_000 },
    { feed: 'b', readMsAgo: null, silentMs: null },
  ],
  queues: new Map([['respond', 17]]),
  accounts: [{ account: 'x', used: 4, limit: 10, open: true }],
  links: new Map([['dead', 2]]),
};

function opened(ask: () => Promise<Figures> = () => Promise.resolve(figures)) {
  return openMetrics({ version: '0.1.0', feeds: ['a', 'b'], publishers: ['log'], figures: ask });
}

async function lines(metrics: ReturnType<typeof opened>): Promise<string[]> {
  return (await metrics.scrape()).split('\n').filter((line) => line.startsWith('pilcrow_'));
}

test('docs/operations.md lists exactly the metrics that exist', () => {
  const docs = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const table = docs.split('<!-- metrics -->')[1] ?? '';
  const named = [...table.matchAll(/`((?:pilcrow|process|nodejs)_[a-z0-9_]+)(?=[`{])/g)].map((match) => match[1] ?? '');
  expect(named.toSorted()).toEqual(opened().names().toSorted());
});

test('events are counted by feed, action and publisher', async () => {
  const metrics = opened();
  const reply = (state: 'unknown' | 'refused' | 'planned') => ({ state, publisher: 'log' });
  const one = post({ id: '1' });
  const verdict = { action: 'hold', rule: null, template: null, asked: null, clause: null, rules: 'v' } as const;
  const events: BotEvent[] = [
    { kind: 'polled', feed: 'a', seen: 5, ingested: 2 },
    { kind: 'rejected', feed: 'b', reject: { position: 'p', reason: 'r', excerpt: 'e' } },
    { kind: 'decided', post: one, resolutions: [], verdict },
    { kind: 'sent', payload: {} as never, publisher: 'log', published: { id: '1', url: null } },
    { kind: 'error', what: 'w', message: 'm', reply: reply('unknown') },
    { kind: 'error', what: 'w', message: 'm', reply: reply('refused') },
    { kind: 'error', what: 'w', message: 'm', reply: reply('planned') },
    { kind: 'info', what: 'w', message: 'm' },
  ];
  for (const event of events) metrics.emit(event);
  const shown = await lines(metrics);
  for (const line of [
    'pilcrow_posts_seen_total{feed="a"} 5',
    'pilcrow_posts_seen_total{feed="b"} 0',
    'pilcrow_posts_ingested_total{feed="a"} 2',
    'pilcrow_posts_rejected_total{feed="b"} 1',
    'pilcrow_posts_decided_total{action="hold"} 1',
    'pilcrow_posts_decided_total{action="reply"} 0',
    'pilcrow_replies_sent_total{publisher="log"} 1',
    'pilcrow_replies_unknown_total{publisher="log"} 1',
    'pilcrow_replies_refused_total{publisher="log"} 1',
    'pilcrow_errors_total 3',
  ]) {
    expect(shown).toContain(line);
  }
});

test('gauges show the ledger at the scrape, in seconds', async () => {
  const shown = await lines(opened());
  for (const line of [
    'pilcrow_ledger_up 1',
    'pilcrow_replies{state="held"} 3',
    'pilcrow_oldest_due_age_seconds{kind="pending"} 1.5',
    'pilcrow_oldest_due_age_seconds{kind="unknown"} 61',
    'pilcrow_feed_read_age_seconds{feed="a"} 2',
    'pilcrow_feed_silence_seconds{feed="a"} 7200',
    'pilcrow_queue_depth{queue="respond"} 17',
    'pilcrow_budget_used_dollars{account="x"} 4',
    'pilcrow_budget_limit_dollars{account="x"} 10',
    'pilcrow_breaker_open{account="x"} 1',
  ]) {
    expect(shown).toContain(line);
  }
  expect(shown.filter((line) => line.includes('feed="b"') && !line.includes('_total'))).toEqual([]);
});

test('a failing or hanging ledger is shown as down, without old gauges, but with the counters', async () => {
  const answers = [
    () => Promise.resolve(figures),
    () => Promise.reject(new Error('down')),
    () => new Promise<never>(() => {}),
  ];
  const metrics = opened(() => (answers.shift() ?? answers[0] ?? (() => Promise.resolve(figures)))());
  expect(await lines(metrics)).toContain('pilcrow_ledger_up 1');
  for (let i = 0; i < 2; i += 1) {
    const shown = await lines(metrics);
    expect(shown).toContain('pilcrow_ledger_up 0');
    expect(shown).toContain('pilcrow_errors_total 0');
    expect(shown.filter((line) => /pilcrow_(replies\{|oldest|feed_|queue|budget)/.test(line))).toEqual([]);
  }
  expect(await lines(metrics)).toContain('pilcrow_ledger_up 1');
});

test('concurrent scrapes query the ledger once', async () => {
  let queries = 0;
  const metrics = opened(() => {
    queries += 1;
    return Promise.resolve(figures);
  });
  await Promise.all(Array.from({ length: 20 }, () => metrics.scrape()));
  expect(queries).toBe(1);
});
