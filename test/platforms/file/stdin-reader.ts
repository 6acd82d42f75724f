import { systemClock } from '../../../src/core/clock.ts';
import { driver } from '../../../src/platforms/file/driver.ts';

/** Prints what the driver reads from standard input: see file.test.ts. */
const warnings: string[] = [];
const texts: string[] = [];
const context = {
  clock: systemClock,
  fetch: () => Promise.reject(new Error('no network here')),
  notices: { warn: (message: string) => warnings.push(message) },
  shared: false,
  configDir: '.',
  dataDir: '.',
};
await using feed = await driver.openFeed!({ stdin: true, maxLineBytes: 1_048_576, every: 1000 }, context);
for await (const { posts } of feed.pages(undefined, new AbortController().signal)) {
  texts.push(...posts.map(({ text }) => text));
}
process.stdout.write(JSON.stringify({ warnings, texts }));
