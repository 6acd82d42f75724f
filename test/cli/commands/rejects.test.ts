import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLedger } from '../../../src/app/open-ledger.ts';
import { readConfig } from '../../../src/config/read.ts';
import { command } from '../../support/command.ts';
import { tempDir } from '../../support/temp.ts';
import { writeWorkplace } from '../../support/workplace.ts';

async function workplace() {
  const dir = await tempDir();
  const config = writeWorkplace(
    dir,
    [1, 2, 3].map((id) => ({ id: String(id), text: `#07ASTANA2244 ¶${id}` })),
  );
  return { dir, config, run: (...args: string[]) => command([...args, '--config', config]) };
}

test('what a feed could not read is listed with its place, reason and beginning, the latest first', async () => {
  const { dir, run } = await workplace();
  expect((await run('rejects', 'list')).out).toBe('No rejects.\n');
  appendFileSync(join(dir, 'posts.jsonl'), '{"id": "9", oops\u001b[31m}\n');
  await run('once');
  const { out, code } = await run('rejects', 'list');
  expect(code).toBe(0);
  expect(out).toMatch(/posts\.jsonl:4 .*feed posts\n {2}\S.*\n {2}\{"id": "9", oops/);
  expect(out).not.toContain('\u001b');
  expect(JSON.parse((await run('rejects', 'list', '--json', '--feed', 'posts')).out)).toEqual({
    at: expect.any(String),
    feed: 'posts',
    position: expect.stringContaining('posts.jsonl:4'),
    reason: expect.any(String),
    excerpt: expect.stringContaining('oops'),
  });
  expect((await run('rejects', 'list', '--feed', 'none')).err).toContain('unknown feed `none`; ');
});

test('`replies list --failed` shows failed posts too, and `replies retry --failed` retries all but abandoned replies', async () => {
  const { config, run } = await workplace();
  await run('once');
  expect((await run('replies', 'list', '--failed')).out).toBe('No failed posts.\nNo refused or abandoned replies.\n');
  {
    await using ledger = await openLedger(readConfig({ config }));
    await ledger.transact(async (tx) => {
      const empty = { due_at: null, reason: '403', published: null, published_id: null, sent_at: null };
      const reply = (state: 'refused' | 'abandoned', key: string) =>
        tx
          .updateTable('replies')
          .set({ state, ...empty })
          .where('key', '=', key)
          .execute();
      await reply('refused', 'file:1');
      await reply('abandoned', 'file:2');
      await tx.updateTable('posts').set({ state: 'failed', error: 'disk error' }).where('key', '=', 'file:3').execute();
    });
  }
  const listed = (await run('replies', 'list', '--failed', '--json')).out.trim().split('\n');
  expect(
    listed.map((line): { key: string } => JSON.parse(line)).toSorted((a, b) => a.key.localeCompare(b.key)),
  ).toEqual([
    expect.objectContaining({ key: 'file:1', state: 'refused' }),
    expect.objectContaining({ key: 'file:2', state: 'abandoned' }),
    { key: 'file:3', state: 'failed', reason: 'disk error' },
  ]);
  expect((await run('replies', 'retry', '--failed', '--dry-run')).code).toBe(2);
  expect((await run('replies', 'retry', '--failed')).out).toContain('Retrying 1 post, 1 reply; a running bot');
  expect((await run('replies', 'list', '--failed', '--json')).out).toContain('"file:2"');
  expect((await run('replies', 'list', '--state', 'planned', '--json')).out).toContain('"file:1"');
  expect((await run('replies', 'retry', '--failed')).out).toContain('Nothing to retry');
  expect((await run('replies', 'list', '--failed', '--state', 'sent')).code).toBe(2);
});
