import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import { drain } from '../../workers/index.ts';
import { testClock } from './clock.ts';
import { command } from './command.ts';
import { openFakeMastodon } from './fake-mastodon/fake-mastodon.ts';
import type { FakeOptions } from './fake-mastodon/state.ts';
import { tempDir } from './temp.ts';
import { configuration } from './workplace.ts';

/** A bot on a server of Mastodon's kind that answers each mention. */
export async function openAnsweringBot(options: Partial<FakeOptions> = {}, more = '') {
  const fake = await openFakeMastodon({ limit: 10_000, ...options });
  const [ada, pilcrow] = [fake.join('ada'), fake.join('pilcrow')];
  const dir = await tempDir();
  const config = join(dir, 'pilcrow.yaml');
  const account = `token: { file: token }`;
  const feed = `  - { name: masto, platform: mastodon, every: 1s, hashtags: [cablegate], firstRun: 30d, stream: false, servers: [{ url: '${fake.url}', ${account} }] }`;
  const limits = `limits: { authorCooldown: 0s, threadCooldown: 0s, perAuthorPerDay: null }`;
  const publisher = `  - { name: bot, platform: mastodon, mode: summoned, server: '${fake.url}', ${account}, ${limits} }\n`;
  const text = configuration([feed], `network: { allowPrivate: ['${fake.allow}'] }\n${more}`);
  writeFileSync(config, text.replace('publishers:\n', `publishers:\n${publisher}`));
  writeFileSync(join(dir, 'token'), pilcrow.token);
  const mentions: string[] = [];
  const run = (...args: string[]) => command([...args, '--config', config]);
  return {
    fake,
    dir,
    config,
    /** From now on replies begin with another word. */
    reword(): void {
      const templates = join(dir, 'templates');
      cpSync('config/templates', templates, { recursive: true });
      const main = join(templates, 'default.en.liquid');
      writeFileSync(main, readFileSync(main, 'utf8').replace(/^(?=\S)/m, 'Hello. '));
      writeFileSync(config, readFileSync(config, 'utf8').replace(/^templates: .*$/m, 'templates: templates'));
    },
    ledger: join(dir, 'data', 'ledger.db'),
    run,
    mention: () => mentions.push(fake.write(ada, `@pilcrow #cablegate #07ASTANA2244 ¶${mentions.length + 1}`).id),
    /** Replies to each mention. */
    answers: () =>
      mentions.map((id) => fake.statuses.filter(({ by, inReplyToId }) => by === pilcrow && inReplyToId === id).length),
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
}

/** The bot at work after a restore, three minutes later: what was on its way has arrived. */
export async function workLater(bot: Awaited<ReturnType<typeof openAnsweringBot>>): Promise<void> {
  const { signal } = new AbortController();
  const clock = testClock(Date.now() + 200_000);
  const options = { emit: () => {}, stopping: signal, hurry: signal, queue: 'none', clock } as const;
  await using app = await openApp(readConfig({ config: bot.config }), options);
  await drain(app);
}
