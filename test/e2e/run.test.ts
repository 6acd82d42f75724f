import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test, vi } from 'vitest';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { pilcrow, pilcrowOnce, writeWorkplace } from '../support/workplace.ts';
import { wait } from '../support/wait.ts';

function replies(dir: string): { key: string; text: string }[] {
  const file = join(dir, 'data/replies.jsonl');
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { key: string; text: string });
}

describe('first run', () => {
  test('answers the sample, says where things are, waits, stops on SIGTERM, and remembers at the second start', async () => {
    const env = { PILCROW_DATA: await tempDir() };
    const first = pilcrow(['run', '--no-web'], { env });
    await vi.waitFor(() => expect(first.out).toContain('Waiting for more'), wait);
    expect(first.out).toContain('https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par5');
    expect(first.out).toContain('replies.jsonl');
    expect(first.out).toContain('ledger.db');
    expect(first.out).toContain('npx pilcrow catalogue import cablemap');
    first.child.kill('SIGTERM');
    expect(await first.exited).toBe(0);
    expect(first.err).toBe('');

    const second = pilcrow(['run', '--no-web'], { env });
    await vi.waitFor(() => expect(second.out).toContain('Waiting for more'), wait);
    expect(second.out).toMatch(/\d+ repl(?:y|ies) logged \(dry run\), the last to file:/);
    expect(second.out).not.toContain('→');
    second.child.kill('SIGINT');
    expect(await second.exited).toBe(0);
  });
});

/** Rejects a promise that nobody handles, on SIGUSR2: a bug. */
const bug = 'process.on("SIGUSR2",()=>{Promise.reject(new Error("planted"))})';

describe('run', () => {
  test('a bug that rejects a promise is reported, and ends the process in order with exit code 1', async () => {
    const dir = await tempDir();
    const config = writeWorkplace(dir, [{ id: '1', text: '#07ASTANA2244 ¶5' }]);
    const env = { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(bug)}"` };
    const bot = pilcrow(['run', '--config', config], { env });
    await vi.waitFor(() => expect(bot.out).toContain('logged (dry run)'), wait);
    bot.child.kill('SIGUSR2');
    expect(await bot.exited).toBe(1);
    expect(bot.err).toMatch(/^pilcrow: process: an error that nobody handled; the process ends: planted \(at .*\)\n$/);
    expect(bot.out).toContain('Shutting down');
  });

  test('a standard output that cannot be written is reported, and the work goes on', async () => {
    const dir = await tempDir();
    const config = writeWorkplace(dir, [{ id: '1', text: '#07ASTANA2244 ¶5' }]);
    const bot = pilcrow(['run', '--config', config], { stdout: '/dev/full' });
    await vi.waitFor(() => expect(replies(dir)).toHaveLength(1), wait);
    appendFileSync(join(dir, 'posts.jsonl'), '{"id":"2","text":"#07ASTANA2244 ¶7"}\n');
    await vi.waitFor(() => expect(replies(dir)).toHaveLength(2), wait);
    expect(bot.err).toContain('standard output cannot be written');
    bot.child.kill('SIGTERM');
    expect(await bot.exited).toBe(1);
  });

  test('answers what is appended while it runs, and follows a rotated file', async () => {
    const dir = await tempDir();
    const config = writeWorkplace(dir, [{ id: '1', text: '#07ASTANA2244 ¶5' }]);
    const bot = pilcrow(['run', '--config', config]);
    await vi.waitFor(() => expect(replies(dir)).toHaveLength(1), wait);
    appendFileSync(join(dir, 'posts.jsonl'), '{"id":"2","text":"#07ASTANA2244 ¶7"}\n');
    await vi.waitFor(() => expect(replies(dir)).toHaveLength(2), wait);
    rmSync(join(dir, 'posts.jsonl'));
    writeFileSync(join(dir, 'posts.jsonl'), '{"id":"3","text":"#07ASTANA2244 ¶9"}\n');
    await vi.waitFor(() => expect(replies(dir)).toHaveLength(3), wait);
    bot.child.kill('SIGTERM');
    expect(await bot.exited).toBe(0);
  });

  test('a second one on the same ledger says who runs, exit 2; other commands work beside it', async () => {
    const dir = await tempDir();
    const config = writeWorkplace(dir, [{ id: '1', text: '#07ASTANA2244 ¶5' }]);
    const bot = pilcrow(['run', '--config', config]);
    await vi.waitFor(() => expect(replies(dir)).toHaveLength(1), wait);
    const second = await command(['once', '--config', config]);
    expect(second.code).toBe(2);
    expect(second.err).toContain(`process ${bot.child.pid}`);
    expect((await command(['doctor', '--running', '--config', config])).code).toBe(0);
    expect((await command(['replies', 'list', '--config', config])).out).toContain('logged (dry run)');

    const withdrawn = await command(['replies', 'withdraw', 'file:1', '--config', config]);
    expect(withdrawn).toMatchObject({ code: 0, err: '' });
    // The running bot sees the change from outside and takes the reply back.
    await vi.waitFor(async () => {
      const { out } = await command(['replies', 'list', '--state', 'withdrawn', '--config', config]);
      expect(out).toContain('file:1');
    }, wait);
    bot.child.kill('SIGTERM');
    expect(await bot.exited).toBe(0);
    expect((await command(['doctor', '--running', '--config', config])).code).toBe(1);
  });

  test('an error in the configuration is told with file, line and column before anything starts', async () => {
    const dir = await tempDir();
    const config = writeWorkplace(dir, []);
    writeFileSync(config, readFileSync(config, 'utf8').replace('platform: file', 'platform: fil'));
    const { code, err } = await command(['run', '--config', config]);
    expect(code).toBe(2);
    expect(err).toMatch(/pilcrow\.yaml:\d+:\d+: .*file/);
    expect(existsSync(join(dir, 'data'))).toBe(false);
  });
});

describe('once', () => {
  test('reads a pipe to its end, answers, and exits', async () => {
    const dir = await tempDir();
    const config = writeWorkplace(dir, []);
    writeFileSync(config, readFileSync(config, 'utf8').replace('paths: [posts.jsonl]', 'stdin: true'));
    const { code, out } = await pilcrowOnce(['once', '--config', config], {
      input: '{"id":"a","text":"#07ASTANA2244 ¶5"}\n{"id":"b","text":"nothing"}\n',
    });
    expect(code).toBe(0);
    expect(out).toContain('2 posts read, 1 cites a cable, 1 reply logged (dry run).');
    expect(replies(dir)).toMatchObject([{ key: 'file:a', text: expect.stringContaining('#par5') }]);
  });

  test('exits with 1 when something could not be done, and says what', async () => {
    const dir = await tempDir();
    const config = writeWorkplace(dir, []);
    rmSync(join(dir, 'posts.jsonl'));
    const { code, err } = await command(['once', '--config', config]);
    expect(code).toBe(1);
    expect(err).toContain('posts.jsonl');
    // Its rest is short at first: longer than a busy machine takes to start the next one.
    const ledger = new DatabaseSync(join(dir, 'data/ledger.db'));
    ledger.exec('update feeds set due_at = due_at + 3600000');
    ledger.close();
    const again = await command(['once', '--config', config]);
    expect(again.code).toBe(1);
    expect(again.err).toContain('blocked until');
    const doctor = await command(['doctor', '--config', config]);
    expect(doctor.code).toBe(1);
    expect(doctor.out).toMatch(/FAIL feed posts/);
  });

  test('a log that is not listed is there all the same, since an answer must have somewhere to go', async () => {
    const dir = await tempDir();
    const config = writeWorkplace(dir, [{ id: '1', text: '#07ASTANA2244 ¶5' }]);
    writeFileSync(config, readFileSync(config, 'utf8').replace(/publishers:[^]*platform: log\n/, ''));
    const { code, err } = await command(['once', '--config', config]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(readFileSync(join(dir, 'data/replies.jsonl'), 'utf8')).toContain('#par5');
  });

  test('a ledger that is none is named, with what to look at; doctor still checks the rest', async () => {
    const dir = await tempDir();
    const config = writeWorkplace(dir, []);
    mkdirSync(join(dir, 'data'));
    writeFileSync(join(dir, 'data/ledger.db'), 'this is no database, but a text that is long enough to be looked at');
    const { code, err } = await command(['once', '--config', config]);
    expect(code).toBe(1);
    expect(err).toMatch(/the ledger .*ledger\.db cannot be opened: file is not a database/);
    const doctor = await command(['doctor', '--config', config]);
    expect(doctor.out).toMatch(/FAIL ledger/);
    expect(doctor.out).toMatch(/ok +publisher log/);
  });

  test('a second time there is nothing left to do', async () => {
    const dir = await tempDir();
    const config = writeWorkplace(dir, [{ id: '1', text: '#07ASTANA2244' }]);
    await command(['once', '--config', config]);
    const again = await command(['once', '--config', config]);
    expect(again.out).toContain('0 posts read, 0 cite a cable, no reply.');
    expect(replies(dir)).toHaveLength(1);
  });

  test('lines that are no posts are told by place and kept out, the rest goes on', async () => {
    const dir = await tempDir();
    const config = writeWorkplace(dir, []);
    writeFileSync(join(dir, 'posts.jsonl'), '{"id":"1"\n{"id":"2","text":7}\n{"id":"3","text":"#07ASTANA2244"}\n');
    const { code, err } = await command(['once', '--config', config]);
    expect(code).toBe(0);
    expect(err).toContain('posts.jsonl:1');
    expect(err).toContain('posts.jsonl:2');
    expect(replies(dir)).toHaveLength(1);
  });
});
