import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import { bot } from '../platforms/nostr/events.ts';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { writeWorkplace } from '../support/workplace.ts';

type Line = Readonly<Record<string, unknown>>;
const cites = (id: string, more: Line = {}): Line => ({ id, text: '#07ASTANA2244 ¶5', ...more });

/** Replies wait for the log of a configuration that is changed afterwards. */
async function workplace(posts: readonly Line[], change: (yaml: string) => string) {
  const dir = await tempDir();
  const config = writeWorkplace(dir, posts);
  const run = (...args: string[]) => command([...args, '--config', config], { env: { PUBLISHER_GONE_KEY: bot.hex } });
  await run('pause');
  await run('once', '--quiet');
  writeFileSync(config, change(readFileSync(config, 'utf8')));
  await run('resume');
  return { dir, config, run };
}

const renamed = (yaml: string) => yaml.replace('- name: log', '- name: journal');

test('a publisher that is gone is named by once and doctor, and its replies move to another', async () => {
  const { run } = await workplace([cites('1'), cites('2', { thread: 'b' })], renamed);
  const named = '`log`, which is not configured: configure it again, or `pilcrow replies move --from log --to NAME`';
  for (let start = 0; start < 2; start += 1)
    expect(await run('once', '--quiet')).toMatchObject({ code: 1, err: expect.stringContaining(named) });
  expect(await run('doctor')).toMatchObject({ code: 1, out: expect.stringContaining(named) });
  const tried = await run('replies', 'move', '--from', 'log', '--to', 'journal', '--dry-run');
  expect(tried).toMatchObject({ code: 0, out: '2 replies of log would go to journal.\n' });
  expect(await run('once', '--quiet')).toMatchObject({ code: 1 });
  const moved = await run('replies', 'move', '--from', 'log', '--to', 'journal');
  expect(moved).toMatchObject({ code: 0, out: '2 replies of log now go to journal.\n' });
  expect((await run('audit')).out).toContain('replies move');
  expect(await run('once', '--quiet')).toMatchObject({ code: 0, err: '' });
  expect((await run('replies', 'list', '--state', 'sent', '--json')).out.match(/"publisher":"journal"/g)).toHaveLength(
    2,
  );
});

test('replies move only where the other publisher may send them', async () => {
  const nostr = { platform: 'nostr', summoned: true };
  const posts = [
    cites('may', nostr),
    cites('unasked', { platform: 'nostr', thread: 'b' }),
    cites('direct', { ...nostr, visibility: 'direct', thread: 'c' }),
    cites('elsewhere', { platform: 'mastodon', summoned: true }),
    cites('tried', { ...nostr, thread: 'd' }),
  ];
  const key = '{ env: PUBLISHER_GONE_KEY }';
  const publisher = `  - { name: notes, platform: nostr, mode: summoned, relays: ['ws://127.0.0.1:9'], key: ${key} }`;
  const { dir, run } = await workplace(posts, (yaml) =>
    renamed(yaml).replace('publishers:\n', `publishers:\n${publisher}\n`),
  );
  {
    await using ledger = await openSqliteLedger({ file: join(dir, 'data/ledger.db'), clock: systemClock });
    await ledger.transact((tx) =>
      tx.updateTable('replies').set({ first_attempt_at: 1 }).where('key', '=', 'nostr:tried').execute(),
    );
  }
  const { code, out } = await run('replies', 'move', '--from', 'log', '--to', 'notes');
  expect({ code, lines: out.trim().split('\n').toSorted() }).toEqual({
    code: 0,
    lines: [
      '1 reply of log now goes to notes.',
      '1 stays: an earlier attempt may have arrived',
      expect.stringMatching(/^1 stays: mode summoned: the author did not address the bot \(/),
      '1 stays: notes does not answer posts of mastodon',
      expect.stringMatching(/^1 stays: the post is for its addressees only/),
    ],
  });
  expect(await run('replies', 'move', '--from', 'log', '--to', 'note')).toMatchObject({
    code: 2,
    err: expect.stringContaining('did you mean'),
  });
  expect(await run('replies', 'move', '--from', 'nobody', '--to', 'journal')).toMatchObject({ code: 2 });
});

test('a reply that quotes a cable does not move to where that is not permitted', async () => {
  const posts = [cites('quotes'), { id: 'whole', text: '#07ASTANA2244', thread: 'b' }];
  const { run } = await workplace(posts, (yaml) =>
    renamed(yaml).replace('platform: log', 'platform: log\n    excerpts: never'),
  );
  const { out } = await run('replies', 'move', '--from', 'log', '--to', 'journal');
  expect(out).toContain('1 reply of log now goes to journal.\n');
  expect(out).toContain('1 stays: it quotes more than `excerpts: never` of journal permits\n');
});

test('all refused replies of a publisher are counted by reason, and planned again', async () => {
  const { dir, run } = await workplace(
    [cites('1'), cites('2', { thread: 'b' }), cites('3', { thread: 'c' })],
    (yaml) => yaml,
  );
  const refused = async (reason: string, keys: readonly string[]) => {
    await using ledger = await openSqliteLedger({ file: join(dir, 'data/ledger.db'), clock: systemClock });
    await ledger.transact((tx) =>
      tx.updateTable('replies').set({ state: 'refused', due_at: null, reason }).where('key', 'in', keys).execute(),
    );
  };
  await refused('401 Unauthorized', ['file:1', 'file:2']);
  await refused('403 blocked', ['file:3']);
  const bulk = ['replies', 'retry', '--state', 'refused', '--publisher', 'log'];
  const counts = '2  401 Unauthorized\n1  403 blocked\n';
  expect(await run(...bulk, '--dry-run')).toMatchObject({
    code: 0,
    out: `${counts}3 refused replies of log would be planned again.\n`,
  });
  expect((await run('replies', 'list', '--state', 'refused', '--json')).out.trim().split('\n')).toHaveLength(3);
  expect(await run(...bulk)).toMatchObject({
    code: 0,
    out: `${counts}3 refused replies of log planned again; a running bot handles them now.\n`,
  });
  expect((await run('audit')).out).toMatch(/replies retry\s.*log/);
  expect(await run('once', '--quiet')).toMatchObject({ code: 0 });
  expect((await run('replies', 'list', '--state', 'sent', '--json')).out.trim().split('\n')).toHaveLength(3);
  expect(await run(...bulk)).toMatchObject({
    code: 2,
    err: expect.stringContaining('no refused replies of publisher log'),
  });
  expect(await run('replies', 'retry')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--state refused --publisher NAME'),
  });
});
