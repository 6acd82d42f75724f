import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { writeWorkplace } from '../support/workplace.ts';

const posts = Array.from({ length: 3 }, (_, i) => ({
  id: String(i),
  createdAt: '2026-11-23T10:00:00Z',
  text: `#07ASTANA2244 ¶${i + 1} <script>alert(1)</script>`,
}));

async function workplace() {
  const dir = await tempDir();
  const config = writeWorkplace(dir, posts);
  const draft = join(dir, 'draft.yaml');
  writeFileSync(
    draft,
    "rules: [{ name: second, when: { text: '¶2' }, action: reply }, { name: rest, action: record }]\n",
  );
  return { dir, draft, run: (...args: string[]) => command([...args, '--config', config]) };
}

test('new rules are tried on what has happened, and nothing is sent or changed', async () => {
  const { dir, draft, run } = await workplace();
  await run('once');
  const before = readFileSync(join(dir, 'data/replies.jsonl'), 'utf8');
  const { out, code } = await run('rules', 'backtest', '--rules', draft, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    posts: 3,
    differences: { lost: 2, changed: 1 },
    actions: { reply: { old: 3, new: 1 } },
    quotas: [{ publisher: 'log', perDay: null }],
  });
  expect((await run('rules', 'backtest', '--rules', draft)).out).toMatch(/2 no longer answered/);
  expect((await run('rules', 'backtest')).out).toContain('No verdict differs');
  expect(readFileSync(join(dir, 'data/replies.jsonl'), 'utf8')).toBe(before);
});

test('the page holds what posts say as text, never as markup', async () => {
  const { dir, draft, run } = await workplace();
  await run('once');
  const page = join(dir, 'page.html');
  const { out } = await run('rules', 'backtest', '--rules', draft, '--html', page);
  expect(out).toContain(`Written to ${page}.`);
  const html = readFileSync(page, 'utf8');
  expect(html).toContain('&lt;script&gt;alert(1)');
  expect(html).not.toContain('<script');
});

test('faults are told as such: no history, a span that is none, rules that are wrong', async () => {
  const { dir, draft, run } = await workplace();
  expect(await run('rules', 'backtest')).toMatchObject({ code: 2, err: expect.stringContaining('no ledger yet') });
  expect(existsSync(join(dir, 'data/ledger.db'))).toBe(false);
  await run('once');
  expect(await run('rules', 'backtest', '--since', 'yesterday')).toMatchObject({
    code: 2,
    err: expect.stringContaining('30s, 15m'),
  });
  expect((await run('rules', 'backtest', '--since', '1ms')).out).toContain('nothing to compare');
  writeFileSync(draft, 'rules: [{ name: a, action: repl }]\n');
  expect(await run('rules', 'backtest', '--rules', draft)).toMatchObject({
    code: 2,
    err: expect.stringContaining('reply'),
  });
});
