import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import type { BotEvent } from '../../src/core/event.ts';
import { drain } from '../../workers/index.ts';
import { testClock } from './clock.ts';
import { serve } from './serve.ts';
import { tempDir } from './temp.ts';
import { ownRules, writeWorkplace } from './workplace.ts';

export interface HookedOptions {
  readonly posts?: readonly object[];
  readonly rules?: string;
  /** What becomes of the configuration, which has the channel already. */
  readonly configured?: (text: string) => string;
  /** The server behind the channel. */
  readonly hook: RequestListener;
}

/** A bot that has a channel `hook`, to a webhook that listens. Its clock stands at 12:00 UTC until it is moved. */
export async function openHooked({ posts = [], rules, configured = (text) => text, hook }: HookedOptions) {
  const server = await serve(hook);
  const dir = await tempDir();
  const config = writeWorkplace(dir, posts);
  if (rules !== undefined) writeFileSync(ownRules(dir), rules);
  writeFileSync(join(dir, 'url'), server.url);
  const channel = `channels: [{ name: hook, type: webhook, url: { file: url } }]\nnetwork: { allowPrivate: ['${server.allow}'] }\n`;
  writeFileSync(config, configured(readFileSync(config, 'utf8') + channel));
  const clock = testClock();
  const stop = new AbortController();
  const events: BotEvent[] = [];
  const app = await openApp(readConfig({ config }), {
    emit: (event) => events.push(event),
    stopping: stop.signal,
    hurry: stop.signal,
    queue: 'none',
    clock,
  });
  onTestFinished(async () => {
    await app[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  const write = (post: object) => appendFileSync(join(dir, 'posts.jsonl'), `${JSON.stringify(post)}\n`);
  return { app, clock, events, write, work: () => drain(app) };
}
