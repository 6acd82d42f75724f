import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { openApp, readConfig } from '../src/app.ts';
import { countReplies } from '../src/ledger/replies.ts';
import { postTexts } from '../test/support/make-posts.ts';
import { writeWorkplace } from '../test/support/workplace.ts';
import { startWorkers } from '../workers/index.ts';
import { type Bench, thousands } from './figure.ts';

const posts = 100_000;

/** The whole way of 100,000 posts, 5 % of them citing, from the file to the answered log, beside the disk's durable commits. */
export const pipe: Bench = {
  name: 'pipe',
  async run() {
    const dir = mkdtempSync(join(process.cwd(), 'bench/results/pipe-'));
    try {
      const commits = durableCommits(join(dir, 'commits.db'));
      const { seconds, answered } = await throughPipe(dir);
      const rate = answered / seconds;
      const ratio = rate / (commits / 3);
      return [
        {
          name: 'cited posts answered, against commits / 3',
          measured: `${thousands(rate)} cited posts/s of ${thousands(posts / seconds)} posts/s; ${thousands(commits)} durable commits/s`,
          value: ratio,
          target: '>= 1 x',
          met: ratio >= 1,
        },
      ];
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

async function throughPipe(dir: string): Promise<{ seconds: number; answered: number }> {
  const texts = postTexts(posts, { citing: 0.05, seed: 2 });
  const config = readConfig({
    config: writeWorkplace(
      dir,
      texts.map((text, i) => ({ id: String(i), author: `user${i % 997}`, createdAt: '2026-11-23T10:00:00Z', text })),
    ),
  });
  const never = new AbortController().signal;
  let decided = 0;
  const start = performance.now();
  await using app = await openApp(config, {
    tell: (event) => {
      if (event.kind === 'decided' && event.verdict.action === 'reply') decided += 1;
    },
    stopping: never,
    hurry: never,
  });
  await using _workers = startWorkers(app);
  let sent = 0;
  for (let idle = 0; idle < 3;) {
    await delay(20);
    const now = (await countReplies(app.ledger.db))['sent'] ?? 0;
    idle = now > 0 && now === sent && now === decided ? idle + 1 : 0;
    sent = now;
  }
  // The last three looks only saw that nothing more came.
  return { seconds: (performance.now() - start - 3 * 20) / 1000, answered: sent };
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
