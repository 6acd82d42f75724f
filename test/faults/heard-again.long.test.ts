import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { weakCountsIn } from '../../src/app/read-rules.ts';
import { readConfig } from '../../src/config/read.ts';
import type { Post } from '../../src/core/post.ts';
import { repliesTo } from '../../src/ledger/replies/replies.ts';
import { ingestPage, prefilter } from '../../workers/lib/ingest.ts';
import { resolve } from '../../workers/resolve.ts';
import { post } from '../support/posts.ts';
import { testClock } from '../support/clock.ts';
import { tempDir } from '../support/temp.ts';
import { configuration } from '../support/workplace.ts';

const paragraph = (number: number) => `https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par${number}`;
/** The URL counts only in a feed that is on topic, beside the tag, or for who asks. */
const text = '@bot #07ASTANA2244 ¶5, like https://example.org/07ASTANA2244';

/** What a feed heard of the post. */
interface Hearing extends Pick<Post, 'summoned' | 'visibility' | 'links' | 'hashtags'> {
  readonly feed: string;
}

const hearing: fc.Arbitrary<Hearing> = fc.record({
  feed: fc.constantFrom('tags', 'mentions', 'blogs'),
  summoned: fc.boolean(),
  visibility: fc.constantFrom('public', 'unlisted', 'followers'),
  links: fc.shuffledSubarray([paragraph(6), paragraph(7), 'https://example.org/']),
  hashtags: fc.shuffledSubarray(['cablegate', '07ASTANA2244']),
});

/** A bot that three feeds tell of the same posts, and that answers who asks; nothing is sent. */
async function openListener(): Promise<App> {
  const dir = await tempDir();
  const feeds = ['tags', 'mentions', 'blogs'].map((name) => {
    return `  - { name: ${name}, platform: file, paths: [${name}.jsonl], maxAge: null, onTopic: ${name === 'blogs'} }`;
  });
  const rules = `rules:\n  - { name: answer, mode: summoned, action: reply }\n`;
  writeFileSync(join(dir, 'rules.yaml'), rules);
  const config = join(dir, 'pilcrow.yaml');
  writeFileSync(config, configuration(feeds).replace(/^rules: .*$/m, 'rules: rules.yaml'));
  const { signal } = new AbortController();
  const options = { emit: () => {}, stopping: signal, hurry: signal, queue: 'none', clock: testClock() } as const;
  const app = await openApp(readConfig({ config }), options);
  onTestFinished(() => app[Symbol.asyncDispose]());
  return app;
}

async function hear(app: App, id: string, { feed, ...heard }: Hearing): Promise<void> {
  const source = app.feeds.get(feed)!;
  const one = post({ id, text, ...heard });
  const now = await app.ledger.now();
  const filtered = await prefilter({ posts: [one], rejects: [], cursor: '' }, source, now);
  const weakCounts = (each: Post, name: string) => weakCountsIn(app.config, each, name);
  const terms = { now, withdrawWithSource: true, weakCounts };
  await app.ledger.transact((tx) => ingestPage(tx, feed, filtered, terms));
}

/** The reply that would be sent. */
async function planned(app: App, key: string) {
  const waiting = (await repliesTo(app.ledger.db, key)).filter(({ state }) => state === 'planned');
  return waiting.map(({ payload, summoned }) => {
    const { text: words, replyTo } = JSON.parse(payload) as { text: string; replyTo: { visibility: string } };
    return { words, summoned, visibility: replyTo.visibility };
  });
}

let count = 0;

async function replyAfter(app: App, hearings: readonly Hearing[], isDecidedBetween: boolean) {
  count += 1;
  const [id, key] = [`${count}`, `file:${count}`];
  for (const one of hearings) {
    await hear(app, id, one);
    if (isDecidedBetween) await resolve.work(app, key);
  }
  await resolve.work(app, key);
  return await planned(app, key);
}

test('in whatever order the hearings of a post come, the same reply comes out', async () => {
  const app = await openListener();
  const hearings = fc.array(hearing, { minLength: 2, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(hearings, fc.boolean(), async (heard, isDecidedBetween) => {
      const forward = await replyAfter(app, heard, isDecidedBetween);
      expect(await replyAfter(app, heard.toReversed(), isDecidedBetween)).toEqual(forward);
      const isAsked = heard.some(({ summoned }) => summoned);
      const isNarrow = heard.some(({ visibility }) => visibility === 'followers');
      expect(forward).toHaveLength(isAsked && !isNarrow ? 1 : 0);
    }),
    { numRuns: 100 },
  );
});
