import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import { PermanentError } from '../../src/core/errors.ts';
import type { BotEvent } from '../../src/core/event.ts';
import type { Payload, Published } from '../../src/core/reply.ts';
import type { Publisher, Repeat } from '../../src/platforms/platform.ts';
import { drain } from '../../workers/index.ts';
import { type TestClock, testClock } from './clock.ts';
import { tempDir } from './temp.ts';
import { ownRules, writeWorkplace } from './workplace.ts';

export interface TestApp {
  readonly app: App;
  readonly clock: TestClock;
  readonly events: BotEvent[];
  /** Reads what is new, and works until nothing is due. */
  readonly work: () => Promise<void>;
  /** Appends lines to the file that the feed reads. */
  readonly write: (...lines: readonly object[]) => void;
}

/** The real bot over a real ledger, with the clock and, if given, the platform in the test's hands. */
export async function openTestApp(posts: readonly object[], publisher?: Publisher): Promise<TestApp> {
  const dir = await tempDir();
  const clock = testClock();
  const events: BotEvent[] = [];
  const config = writeWorkplace(dir, posts);
  ownRules(dir);
  // As a bot makes it before it opens the ledger.
  mkdirSync(join(dir, 'data'));
  writeFileSync(join(dir, 'data/ledger.db.lock'), '');
  const stop = new AbortController();
  const opened = await openApp(readConfig({ config }), {
    emit: (event) => events.push(event),
    stopping: stop.signal,
    hurry: stop.signal,
    queue: 'none',
    clock,
  });
  onTestFinished(() => opened[Symbol.asyncDispose]());
  const app: App = publisher === undefined ? opened : { ...opened, publisher: () => Promise.resolve(publisher) };
  const write = (...lines: readonly object[]) => {
    for (const line of lines) appendFileSync(join(dir, 'posts.jsonl'), `${JSON.stringify(line)}\n`);
  };
  return { app, clock, events, work: () => drain(app), write };
}

/** Makes the platform one that edits: each call to `replace` takes the next entry of the script. */
export function letEdit(platform: ReturnType<typeof scriptedPublisher>, script: readonly Step[] = []): void {
  let calls = 0;
  platform.replace = (published, payload) => {
    const step = script[calls] ?? 'ok';
    calls += 1;
    const at = platform.record.findIndex(({ key }) => `on-platform-${key}` === published.id);
    if (step instanceof Error) return Promise.reject(step);
    if (at < 0) return Promise.reject(new PermanentError('404'));
    if (step !== 'lost request') platform.record[at] = { ...payload, key: platform.record[at]!.key };
    return step === 'ok' ? Promise.resolve(published) : Promise.reject(new Error('socket hang up'));
  };
}

type Step = 'ok' | 'lost answer' | 'lost request' | Error;

/** A platform that keeps a record and misbehaves by a script: each call to publish takes the next entry. */
export function scriptedPublisher(
  repeat: Repeat,
  script: readonly Step[],
): Publisher & { readonly record: Payload[]; calls: number; findFails: boolean } {
  const record: Payload[] = [];
  const published = (key: string): Published => ({ id: `on-platform-${key}`, url: null });
  return {
    record,
    calls: 0,
    findFails: false,
    limits: { maxLength: 500, length: (text) => text.length },
    repeat,
    publish(payload) {
      const step = script[this.calls] ?? 'ok';
      this.calls += 1;
      if (step instanceof Error) return Promise.reject(step);
      if (step !== 'lost request' && !(repeat !== 'doubles' && record.some(({ key }) => key === payload.key))) {
        record.push(payload);
      }
      if (step !== 'ok') return Promise.reject(new Error('socket hang up'));
      return Promise.resolve(published(payload.key));
    },
    find(payload) {
      if (this.findFails) return Promise.reject(new Error('503'));
      return Promise.resolve(record.some(({ key }) => key === payload.key) ? published(payload.key) : 'absent');
    },
    withdraw(gone) {
      const index = record.findIndex(({ key }) => published(key).id === gone.id);
      if (index >= 0) record.splice(index, 1);
      return Promise.resolve();
    },
  };
}
