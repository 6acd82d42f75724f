import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openApp } from '../src/app.ts';
import { readConfig } from '../src/config/read.ts';
import { findCitations } from '../src/cables/citations/find.ts';
import type { BotEvent } from '../src/core/event.ts';
import { postTexts } from '../test/support/make-posts.ts';
import { writeWorkplace } from '../test/support/workplace.ts';
import { startWorkers } from '../workers/index.ts';
import { type Bench, thousands } from './figure.ts';

const posts = 100_000;

/** The whole way of 100,000 posts, 5 % of them citing, from the file to the answered log, beside the disk's durable commits. */
export const bench: Bench = {
  async run() {
    const dir = mkdtempSync(join(process.cwd(), 'bench/results/pipe-'));
    try {
      const commits = durableCommits(join(dir, 'commits.db'));
      // Once before: a bot that has just started spends a second on compiling its own code.
      await throughPipe(mkdtempSync(join(dir, 'before-')), 1);
      const { seconds, answered } = await throughPipe(mkdtempSync(join(dir, 'measured-')), 2);
      const rate = answered / seconds;
      const ratio = rate / (commits / 3);
      return [
        {
          name: 'cited posts answered, against commits / 3',
          measured: `${thousands(rate)} cited posts/s of ${thousands(posts / seconds)} posts/s; ${thousands(commits)} durable commits/s`,
          value: ratio,
          target: '>= 1.5 x',
          met: ratio >= 1.5,
        },
      ];
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

async function throughPipe(dir: string, seed: number): Promise<{ seconds: number; answered: number }> {
  const texts = postTexts(posts, { citing: 0.05, seed });
  const lines = texts.map((text, i) => ({
    id: String(i),
    author: `user${i % 997}`,
    createdAt: '2026-11-23T10:00:00Z',
    text,
  }));
  const file = writeWorkplace(dir, lines);
  // Without a catalogue, an ID that is only plausible must be answered too.
  writeFileSync(join(dir, 'rules.yaml'), 'rules: [{ name: all, action: reply }]\n');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^rules: .*$/m, 'rules: rules.yaml'));
  const config = readConfig({ config: file });
  const citing = texts.filter(cites).length;
  const { promise: finished, resolve } = Promise.withResolvers<void>();
  const counts = { decided: 0, replies: 0, sent: 0 };
  const emit = (event: BotEvent) => {
    if (event.kind === 'sent') counts.sent += 1;
    if (event.kind === 'decided') {
      counts.decided += 1;
      if (event.verdict.action === 'reply') counts.replies += 1;
    }
    if (counts.decided === citing && counts.sent === counts.replies) resolve();
  };
  const never = new AbortController().signal;
  await using app = await openApp(config, { emit, stopping: never, hurry: never });
  const start = performance.now();
  await using _workers = startWorkers(app);
  const stuck = setTimeout(
    () => process.stderr.write(`no end in sight: ${JSON.stringify({ ...counts, citing })}\n`),
    60_000,
  );
  await finished;
  clearTimeout(stuck);
  return { seconds: (performance.now() - start) / 1000, answered: counts.sent };
}

function cites(text: string): boolean {
  return findCitations({ text, hashtags: [], links: [] }, { weakCounts: false }).citations.length > 0;
}

function durableCommits(file: string): number {
  const db = new DatabaseSync(file);
  db.exec('pragma journal_mode = wal; pragma synchronous = full; create table t (a)');
  const insert = db.prepare('insert into t values (1)');
  const start = performance.now();
  let count = 0;
  for (; performance.now() - start < 2000; count += 1) insert.run();
  db.close();
  return count / 2;
}
