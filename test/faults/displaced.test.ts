import { appendFileSync, copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { App } from '../../src/app.ts';
import type { Failpoint } from '../../src/core/failpoints.ts';
import { replyRow } from '../../src/ledger/replies/replies.ts';
import { requestWithdrawal } from '../../src/ledger/replies/withdraw-reply.ts';
import { drain } from '../../workers/index.ts';
import { openTestApp, scriptedPublisher } from '../support/app.ts';
import { tempDir } from '../support/temp.ts';
import { pilcrow, writeWorkplace } from '../support/workplace.ts';

const cited = (id: number) => ({ id: String(id), createdAt: '2026-11-23T10:00:00Z', text: `#07ASTANA2244 ¶${id}` });
const key = 'file:1';

/** Ways in which a ledger is pulled away, each given its file. */
const ways: Readonly<Record<string, (file: string) => void>> = {
  'its folder is removed': (file) => rmSync(dirname(file), { recursive: true }),
  'it is removed': (file) => rmSync(file),
  'another file takes its place': (file) => {
    copyFileSync(file, `${file}.copy`);
    renameSync(`${file}.copy`, file);
  },
  'its folder is moved': (file) => renameSync(dirname(file), `${dirname(file)}-old`),
  'its lock is removed, and another bot makes its own': (file) => {
    renameSync(`${file}.lock`, `${file}.old-lock`);
    writeFileSync(`${file}.lock`, '');
  },
};

/** The bot, under which the ledger is pulled away at a failpoint. */
function pulledAt(app: App, at: Failpoint, pull: (file: string) => void) {
  const stop = new AbortController();
  const fail = vi.fn<(reason: string) => void>(() => stop.abort());
  const failpoint = (passed: Failpoint) => {
    if (passed === at) pull(app.ledger.place);
  };
  return { fail, work: () => drain({ ...app, fail, failpoint, stopping: stop.signal }) };
}

describe.each(Object.entries(ways))('when %s', (_way, pull) => {
  test('a reply that is claimed is not sent, and the process ends', async () => {
    const platform = scriptedPublisher('harmless', []);
    const { app } = await openTestApp([cited(1)], platform);
    const { fail, work } = pulledAt(app, 'respond: claimed', pull);
    await work();
    expect(platform.calls).toBe(0);
    expect(fail.mock.calls[0]?.[0]).toMatch(/ledger\.db(\.lock)? was (removed|replaced) while the bot worked/);
  });

  test('a reply is not withdrawn', async () => {
    const platform = scriptedPublisher('harmless', []);
    const { app, work: begin } = await openTestApp([cited(1)], platform);
    await begin();
    await app.ledger.transact(async (tx) => await requestWithdrawal(tx, key, await app.ledger.now()));
    const { fail, work } = pulledAt(app, 'withdraw: reply read', pull);
    await work();
    expect(platform.record).toHaveLength(1);
    expect((await replyRow(app.ledger.db, key))?.state).toBe('withdrawing');
    expect(fail).toHaveBeenCalled();
  });
});

test('`run` ends with 1 and says why when its folder is removed, and a second bot answers alone', async () => {
  const dir = await tempDir();
  const config = writeWorkplace(dir, [cited(1)]);
  const [log, ledger] = [join(dir, 'data/replies.jsonl'), join(dir, 'data/ledger.db')];
  const answered = () =>
    (existsSync(log) ? [...readFileSync(log, 'utf8').matchAll(/^\{"key":"file:(\d)"/gm)] : []).map(([, id]) => id);
  const first = pilcrow(['run', '--config', config, '--quiet']);
  await vi.waitFor(() => expect(answered()).toEqual(['1']), { timeout: 60_000 });
  rmSync(dirname(ledger), { recursive: true });
  appendFileSync(join(dir, 'posts.jsonl'), `${JSON.stringify(cited(2))}\n`);
  expect(await first.exited).toBe(1);
  expect(first.err).toMatch(/ledger\.db was removed while the bot worked on it: nothing more is sent/);
  const written = answered();
  expect(written).not.toContain('2');
  const second = pilcrow(['run', '--config', config, '--quiet']);
  await vi.waitFor(() => expect(answered()).toContain('2'), { timeout: 60_000 });
  expect(new Set(answered()).size).toBe(answered().length);
  second.child.kill('SIGTERM');
  expect(await second.exited).toBe(0);
});
