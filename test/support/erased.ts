import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import { dayMs, hourMs } from '../../src/core/durations.ts';
import { drain } from '../../workers/index.ts';
import { testClock } from './clock.ts';
import { command } from './command.ts';
import { tempDir } from './temp.ts';
import { configuration } from './workplace.ts';

const digests = `digests: [{ name: daily, timezone: UTC, time: '00:05', formats: [md, json, atom] }]\n`;

/** The marks in all bytes of the files of a folder: parts of words that begin with MARK, in any case. */
function marksIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap(({ name, parentPath }) => {
    const found = readFileSync(join(parentPath, name), 'latin1').match(/mark[a-z0-9-]+/gi) ?? [];
    return found.filter((word) => !/^mark(ings?|down|ed|s)$/i.test(word)).map((word) => `${name}: ${word}`);
  });
}

/** The bot with a clock that the test moves. `work` does all due work and the tidying of the hour. */
export async function openMarkedBot({
  feed,
  publisher = '',
  more = '',
}: {
  feed: string;
  publisher?: string;
  more?: string;
}) {
  const dir = await tempDir();
  const config = join(dir, 'pilcrow.yaml');
  const text = configuration([feed], digests + more);
  writeFileSync(config, text.replace('publishers:\n', `publishers:\n${publisher}`));
  const clock = testClock(Date.now());
  const { signal } = new AbortController();
  const events: unknown[] = [];
  const emit = (event: unknown) => void events.push(event);
  const open = (queue: 'configured' | 'none' = 'none'): Promise<App> =>
    openApp(readConfig({ config }), { emit, stopping: signal, hurry: signal, queue, clock });
  return {
    dir,
    now: () => clock.now(),
    run: (...args: string[]) => command([...args, '--config', config]),
    open,
    advance: (ms: number) => clock.advance(ms),
    async work(ms = 1000) {
      clock.advance(ms);
      await using app = await open();
      await drain(app);
    },
    marks: () => marksIn(join(dir, 'data')),
  };
}

/** Reads and answers; `afterMs` later, by default when the digest of the day is issued, `remove`; then what an hour does. */
export async function isErased(
  it: Awaited<ReturnType<typeof openMarkedBot>>,
  remove: () => unknown,
  afterMs = dayMs,
): Promise<void> {
  await it.work();
  await it.work(afterMs);
  expect(it.marks()).not.toEqual([]);
  await remove();
  await it.work(5 * 60_000);
  // The reply is deleted, and looked up once more.
  await it.work(5 * 60_000);
  await it.work(hourMs);
  expect(it.marks()).toEqual([]);
}
