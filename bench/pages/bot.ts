import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import { findCitations } from '../../src/cables/citations/find.ts';
import type { BotEvent } from '../../src/core/event.ts';
import { type IncomingPost, ingestPosts } from '../../src/ledger/posts/posts.ts';
import { post } from '../../test/support/posts.ts';
import { writeWorkplace } from '../../test/support/workplace.ts';
import { startWorkers } from '../../workers/index.ts';

const groupSize = 100;

/** Makes a folder for a bot with a copy of a ledger, which answers all. Returns its configuration. */
export function workplaceOn(ledger: string, dir: string): string {
  mkdirSync(join(dir, 'data'));
  cpSync(ledger, join(dir, 'data/ledger.db'));
  const file = writeWorkplace(dir, []);
  writeFileSync(join(dir, 'rules.yaml'), 'rules: [{ name: all, action: reply }]\n');
  const written = readFileSync(file, 'utf8')
    .replace(/^rules: .*$/m, 'rules: rules.yaml')
    .replace(/^web: .*$/m, 'digests: [{ name: daily, timezone: UTC }]\nretention: { texts: null }');
  writeFileSync(file, `${written}web: { listen: "127.0.0.1:18196", cables: public }\n`);
  return file;
}

/** A bot in this process that gets posts as fast as it answers. */
export async function openBusyBot(file: string) {
  const waiting = new Map<string, () => void>();
  const emit = (event: BotEvent) => {
    if (event.kind === 'sent') waiting.get(event.payload.replyTo.key)?.();
    if (event.kind === 'error') process.stderr.write(`${event.what}: ${event.message}\n`);
  };
  const never = new AbortController().signal;
  const app = await openApp(readConfig({ config: file }), { emit, stopping: never, hurry: never });
  const workers = startWorkers(app);
  let made = 0;
  return {
    /** Posts in groups, the next one when the one before is answered. Returns how long each took, in milliseconds. */
    async answer(seconds: number): Promise<number[]> {
      const took: number[] = [];
      const end = performance.now() + seconds * 1000;
      while (performance.now() < end) {
        const posts = Array.from({ length: groupSize }, () => postOf((made += 1)));
        const now = await app.ledger.now();
        const began = performance.now();
        const answered = posts.map(async ({ post: { key } }) => {
          await new Promise<void>((resolve) => waiting.set(key, resolve));
          waiting.delete(key);
          took.push(performance.now() - began);
        });
        await app.ledger.transact((tx) => ingestPosts(tx, 'posts', posts, now));
        await Promise.all(posts.map((one) => app.queue.enqueue('resolve', one.post.key)));
        await Promise.all(answered);
      }
      return took;
    },
    async [Symbol.asyncDispose]() {
      await workers[Symbol.asyncDispose]();
      await app[Symbol.asyncDispose]();
    },
  };
}

function postOf(n: number): IncomingPost {
  const text = `#07ASTANA2244 ¶${(n % 24) + 1}`;
  const { citations, surplus } = findCitations({ text, hashtags: [], links: [] }, { weakCounts: false });
  // Nobody whom the ledger knows: some of those asked for silence.
  const author = { id: `reader${n}`, handle: `reader${n}`, name: null, bot: false };
  return { post: post({ id: `pages-${n}`, text, author, createdAt: Date.now() }), citations, surplus };
}
