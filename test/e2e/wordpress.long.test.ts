import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import { drain } from '../../workers/index.ts';
import { startWordpress, wordpressIsHere } from '../servers/wordpress.ts';
import { tempDir } from '../support/temp.ts';
import { configuration, pilcrowOnce } from '../support/workplace.ts';

/** The real bot, which reads the tag feed of a real WordPress and may comment there. */
async function openBot() {
  const site = await startWordpress();
  onTestFinished(() => site[Symbol.asyncDispose]());
  const { username, password } = await site.addUser('pilcrow', 'editor');
  const dir = await tempDir();
  mkdirSync(join(dir, 'secrets'));
  writeFileSync(join(dir, 'secrets/password'), password, { mode: 0o600 });
  const feed = `  - { name: blog, platform: rss, url: '${site.url}/tag/cablegate/feed/', publisher: blog-bot, onTopic: true }`;
  const publisher = `  - { name: blog-bot, platform: wordpress, mode: opted-in, site: '${site.url}', username: ${username}, password: { file: secrets/password } }`;
  const config = join(dir, 'pilcrow.yaml');
  const network = `network: { allowPrivate: ['${site.allow}'] }\n`;
  writeFileSync(config, configuration([feed], network).replace('publishers:\n', `publishers:\n${publisher}\n`));
  const work = async () => {
    const { signal } = new AbortController();
    const world = { emit: () => {}, stopping: signal, hurry: signal, queue: 'none' as const };
    await using app = await openApp(readConfig({ config }), world);
    await drain(app);
  };
  return { site, work, run: (...args: string[]) => pilcrowOnce([...args, '--config', config]) };
}

describe.skipIf(!wordpressIsHere)('on a real WordPress', () => {
  test(
    'a post is answered by a comment with the link once its author has agreed, once, and not before',
    { timeout: 240_000 },
    async () => {
      const { site, work, run } = await openBot();
      const ask = (title: string) =>
        site.post({ title, content: 'See #07ASTANA2244 ¶5', tags: ['cablegate', '07ASTANA2244'] });
      const before = await ask('before');
      await work();
      expect(await site.comments(before)).toEqual([]);
      const { code } = await run('consent', 'add', 'rss', `${site.allow}/admin`, '--reason', 'agreed by mail');
      expect(code).toBe(0);
      const after = await ask('after');
      await work();
      await work();
      expect(await site.comments(before)).toEqual([]);
      expect(await site.comments(after)).toMatchObject([
        { content: expect.stringMatching(/https:\/\/\S*07ASTANA2244/) },
      ]);
      expect((await run('doctor')).out).not.toContain('blog-bot: ');
    },
  );
});
