import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../src/config/read.ts';
import { policyOf } from '../src/app/answering.ts';
import { backtest } from '../src/operations/backtest-rules.ts';
import { findCitations } from '../src/cables/citations/find.ts';
import { systemClock } from '../src/core/clock.ts';
import { decidePosts } from '../src/ledger/replies/decide-posts.ts';
import { ingestPosts } from '../src/ledger/posts/posts.ts';
import { openSqliteLedger } from '../src/ledger/db/sqlite.ts';
import { decide } from '../src/rules/decide.ts';
import { Rules } from '../src/rules/schema.ts';
import { resolution } from '../test/rules/facts.ts';
import { verdict } from '../test/support/ledger.ts';
import { writeWorkplace } from '../test/support/workplace.ts';
import { citedPosts } from './distributed/posts.ts';
import { type Bench, rate, thousands } from './figure.ts';

const stored = 100_000;

/** A hundred rules beside finding citations in the same posts; and a backtest of a ledger of 100,000 posts. */
export const bench: Bench = {
  async run() {
    const { finding, matching } = paces();
    const seconds = await backtestSeconds();
    return [
      {
        name: '100 rules, against finding the citations',
        measured: `${thousands(matching)} posts/s through 100 rules; found in ${thousands(finding)} posts/s`,
        value: matching / finding,
        target: '> 1 x',
        met: matching > finding,
      },
      {
        name: '100,000 posts backtested',
        measured: `${seconds.toFixed(1)} s, ${thousands(stored / seconds)} posts/s through old and new rules`,
        value: seconds,
        target: '<= 2 s',
        met: seconds <= 2,
      },
    ];
  },
};

function paces() {
  const posts = citedPosts(20_000).map(({ post }) => post);
  const finding = rate(posts.length, () => {
    for (const post of posts) findCitations(post, { weakCounts: true });
  });
  const rules = hundredRules();
  const facts = posts.map((post) => {
    const resolutions = [resolution()];
    return { post, feed: 'sample', resolutions, mode: 'dry-run' as const, policy: policyOf('file'), self: [] };
  });
  const matching = rate(posts.length, () => {
    for (const one of facts) decide(one, rules);
  });
  return { finding, matching };
}

/** As an operator with many stations, words and people to tell apart would write; the last one decides, so all are asked. */
function hundredRules(): Rules {
  const rules = Array.from({ length: 99 }, (_, i) => ({
    name: `rule-${i}`,
    when: [
      { author: `nobody${i}`, status: 'resolved' },
      { text: [`word${i}`, `a phrase ${i}`], status: 'resolved' },
      { origin: `Embassy Nowhere ${i}`, classification: 'secret' },
      { hashtags: `tag${i}`, summoned: true },
      { status: 'resolved', year: { from: 1966, to: 1970 + (i % 30) }, language: 'en' },
    ][i % 5],
    action: 'reply',
  }));
  return Rules.parse({ rules: [...rules, { name: 'rest', action: 'record' }] });
}

async function backtestSeconds(): Promise<number> {
  const dir = mkdtempSync(join(process.cwd(), 'bench/results/rules-'));
  try {
    const file = writeWorkplace(dir, []);
    const draft = join(dir, 'draft.yaml');
    writeFileSync(
      draft,
      'rules: [{ name: secrets, when: { classification: secret }, action: reply }, { name: rest, action: record }]\n',
    );
    const config = readConfig({ config: file });
    await fill(join(config.dataDir, 'ledger.db'));
    const start = performance.now();
    const found = await backtest(config, { sinceMs: 24 * 3_600_000, source: draft, progress: () => {} });
    if (found.posts !== stored) throw new Error(`${found.posts} of ${stored} posts were compared`);
    return (performance.now() - start) / 1000;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function fill(file: string): Promise<void> {
  await using ledger = await openSqliteLedger({ file, clock: systemClock });
  const posts = citedPosts(stored);
  const end = await ledger.now();
  // A page of a feed at a time, as polls keep them.
  for (let i = 0; i < posts.length; i += 500) {
    const now = end - posts.length + i;
    const some = posts.slice(i, i + 500);
    await ledger.transact((tx) => ingestPosts(tx, 'posts', some, now));
    const decided = some.map(({ post: { key } }) => {
      const decision = { key, revision: 0, resolutions: [resolution()], verdict, reply: undefined };
      return ledger.transactEach(decidePosts, { ...decision, at: now });
    });
    await Promise.all(decided);
  }
}
