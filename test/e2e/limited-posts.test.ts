import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dayMs } from '../../src/core/durations.ts';
import { shortId } from '../../src/core/post.ts';
import { drain } from '../../workers/index.ts';
import { openTestApp } from '../support/app.ts';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { heldRules, openClient, openSite } from '../support/web.ts';
import { writeWorkplace } from '../support/workplace.ts';

const words = '#07ASTANA2244 ¶5 between us';
const posts = (['public', 'followers', 'direct'] as const).map((visibility) => {
  return { id: visibility, author: `${visibility}-ada`, text: `${words}: ${visibility}`, visibility, summoned: true };
});

test('the terminal shows neither words nor names of direct and followers-only posts, but the short id', async () => {
  const dir = await tempDir();
  const config = writeWorkplace(dir, posts);
  const { code, out } = await command(['once', '--config', config]);
  expect(code).toBe(0);
  expect(out).toContain('between us: public');
  expect(out).not.toMatch(/us: (direct|followers)|(direct|followers)-ada/);
  for (const { id } of posts) expect(out).toContain(shortId(`file:${id}`));
  const explained = await command(['explain', shortId('file:direct'), '--config', config]);
  expect(explained.out).toContain('between us: direct');
  expect(readFileSync(join(dir, 'data/replies.jsonl'), 'utf8')).toContain('file:public');
});

test('the page shows their words to reviewers and operators alone', async () => {
  const site = await openSite({ login: true, posts, rules: heldRules });
  const seen = async (name: 'vera' | 'rita') => {
    const client = openClient(site);
    await client.login(name);
    const pages = ['/mentions', '/mentions?q=between', '/review', '/dead-letters'].map((path) => client.page(path));
    const text = (await Promise.all(pages)).join('\n');
    const why = await client.get(`/posts/${encodeURIComponent('file:direct')}`);
    return { text, why: why.status };
  };
  const [viewer, reviewer] = [await seen('vera'), await seen('rita')];
  expect(viewer.text).toContain('between us: public');
  expect(viewer.text).not.toMatch(/us: (direct|followers)|(direct|followers)-ada/);
  expect(viewer.why).toBe(403);
  expect(reviewer.text).toMatch(/us: direct[^]*direct-ada|direct-ada[^]*us: direct/);
  expect(reviewer.why).toBe(200);
});

test('their texts are purged after 30 days, those of public posts are not', async () => {
  const bot = await openTestApp(posts);
  await bot.work();
  bot.clock.advance(31 * dayMs);
  await drain(bot.app);
  const stored = JSON.stringify(await bot.app.ledger.db.selectFrom('posts').select('post').execute());
  expect(stored).toContain('between us: public');
  expect(stored).not.toMatch(/us: (direct|followers)|"(direct|followers)-ada","name/);
  const log = readFileSync(join(bot.app.config.dataDir, 'replies.jsonl'), 'utf8');
  expect(log).toContain('"author":"public-ada"');
  expect(log).not.toMatch(/(direct|followers)-ada/);
});
