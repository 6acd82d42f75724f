import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { shortId } from '../../src/core/post.ts';
import { tempDir } from '../support/temp.ts';
import { pilcrow, pilcrowOnce, writeWorkplace } from '../support/workplace.ts';
import { wait } from '../support/wait.ts';

const secretText = 'do not show this';

/** A workplace whose bot is observed on a free port. */
async function observedWorkplace(observe: string, texts: readonly string[] = ['#07ASTANA2244 ¶5']) {
  const dir = await tempDir();
  const posts = texts.map((text, id) => ({ id: `${id + 1}`, text: `${text} ${secretText}` }));
  const config = writeWorkplace(dir, posts);
  appendFileSync(config, `observe: { ${observe} }\n`);
  return { dir, config };
}

function running(config: string, args: readonly string[] = []) {
  const bot = pilcrow(['run', '--config', config, ...args]);
  onTestFinished(() => void bot.child.kill('SIGKILL'));
  const said = () => bot.out + bot.err;
  return {
    bot,
    /** Where it listens, once it says so. */
    url: () =>
      vi.waitFor(() => {
        const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said())?.[0];
        if (url === undefined) throw new Error(`no address in ${said()}`);
        return url;
      }, wait),
  };
}

type Line = Record<string, unknown>;

/** Every line of standard error; throws where one is no JSON object. */
function lines(text: string): Line[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}

async function figure(url: string, series: string): Promise<number | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
}

describe('a running bot', () => {
  test('is scraped: what it read, kept and answered, and where its ledger stands', async () => {
    const began = Date.now();
    const { dir, config } = await observedWorkplace("listen: '127.0.0.1:0'", ['#07ASTANA2244 ¶5', 'no cable']);
    const { bot, url } = running(config);
    const at = await url();
    await vi.waitFor(async () => expect(await figure(at, 'pilcrow_replies_sent_total{publisher="log"}')).toBe(1), wait);
    expect(await figure(at, 'pilcrow_posts_seen_total{feed="posts"}')).toBe(2);
    expect(await figure(at, 'pilcrow_posts_ingested_total{feed="posts"}')).toBe(1);
    expect(await figure(at, 'pilcrow_posts_decided_total{action="reply"}')).toBe(1);
    expect(await figure(at, 'pilcrow_replies{state="planned"}')).toBe(0);
    expect(await figure(at, 'pilcrow_oldest_due_age_seconds{kind="planned"}')).toBe(0);
    expect(await figure(at, 'pilcrow_ledger_up')).toBe(1);
    expect(await figure(at, 'pilcrow_feed_read_age_seconds{feed="posts"}')).toBeLessThanOrEqual(
      (Date.now() - began) / 1000 + 1,
    );
    expect(await figure(at, 'process_resident_memory_bytes')).toBeGreaterThan(1e6);
    appendFileSync(join(dir, 'posts.jsonl'), '{"id":"9","text":"#07ASTANA2244 ¶7"}\nno JSON\n');
    await vi.waitFor(async () => expect(await figure(at, 'pilcrow_replies_sent_total{publisher="log"}')).toBe(2), wait);
    expect(await figure(at, 'pilcrow_posts_rejected_total{feed="posts"}')).toBe(1);
    const text = await (await fetch(`${at}/metrics`)).text();
    expect(text).not.toMatch(/ASTANA|file:1|show this/);
    bot.child.kill('SIGTERM');
    expect(await bot.exited).toBe(0);
    await expect(fetch(at)).rejects.toThrow('fetch failed');
  });

  test('is alive and ready, and still says on its screen what it does', async () => {
    const { config } = await observedWorkplace("listen: '127.0.0.1:0'");
    const { bot, url } = running(config);
    const at = await url();
    for (const path of ['/healthz', '/readyz']) {
      const answer = await fetch(at + path);
      expect([path, answer.status, await answer.json()]).toEqual([path, 200, { ok: true, reasons: [] }]);
    }
    await vi.waitFor(() => expect(bot.out).toContain('→'), wait);
    expect(bot.out).toContain(`${at}/metrics`);
    expect(bot.err).toBe('');
  });

  test('listens nowhere unless it is told to', async () => {
    const { config } = await observedWorkplace('log: text');
    const { bot } = running(config);
    await vi.waitFor(() => expect(bot.out).toContain('→'), wait);
    expect(bot.out).not.toContain('http://127.0.0.1');
  });

  test('does not start where its address is taken: exit 2, saying what to do', async () => {
    const first = await observedWorkplace("listen: '127.0.0.1:0'");
    const address = (await running(first.config).url()).replace('http://', '');
    const second = await observedWorkplace(`listen: '${address}'`);
    const { code, err } = await pilcrowOnce(['run', '--config', second.config]);
    expect(code).toBe(2);
    expect(err).toContain(`cannot listen on ${address}: another process uses it`);
  });
});

describe('the log as JSON', () => {
  test('holds one object a line with the short id of the post, no key and no text of anyone, and nothing is said in plain text', async () => {
    const { config } = await observedWorkplace("listen: '127.0.0.1:0'");
    const { bot, url } = running(config, ['--log', 'json']);
    await url();
    await vi.waitFor(() => expect(lines(bot.err).map(({ event }) => event)).toContain('sent'), wait);
    bot.child.kill('SIGTERM');
    expect(await bot.exited).toBe(0);
    const told = lines(bot.err);
    expect(told).toContainEqual(
      expect.objectContaining({ event: 'decided', post: shortId('file:1'), action: 'reply' }),
    );
    expect(told).toContainEqual(expect.objectContaining({ event: 'sent', post: shortId('file:1'), publisher: 'log' }));
    expect(told.at(-1)).toMatchObject({ event: 'info', message: 'stopping' });
    expect(bot.err).not.toContain(secretText);
    expect(bot.out).toBe('');
  });

  test('is written by `once` too, troubles included, and its exit code is the same', async () => {
    const { config } = await observedWorkplace('log: json');
    const good = await pilcrowOnce(['once', '--config', config]);
    expect([good.code, good.out]).toEqual([0, '']);
    expect(lines(good.err).at(-1)).toMatchObject({
      message: '1 post read, 1 cites a cable, 1 reply logged (dry run).',
    });
    writeFileSync(config, readFileSync(config, 'utf8').replace('[posts.jsonl]', '[gone.jsonl]'));
    const bad = await pilcrowOnce(['once', '--config', config]);
    expect(bad.code).toBe(1);
    const trouble = expect.objectContaining({ event: 'error', feed: 'posts', level: 'error' });
    expect(lines(bad.err)).toContainEqual(trouble);
    expect((await pilcrowOnce(['once', '--log', 'text', '--config', config])).err).toMatch(/^pilcrow: /);
  });

  test('goes on without a reader', async () => {
    const { dir, config } = await observedWorkplace("listen: '127.0.0.1:0', log: json");
    const { bot, url } = running(config);
    const at = await url();
    bot.child.stderr.destroy();
    for (let id = 100; id < 400; id += 1) {
      appendFileSync(join(dir, 'posts.jsonl'), `{"id":"${id}","text":"#07ASTANA2244 ¶7","thread":"${id}"}\n`);
    }
    const sent = 'pilcrow_replies_sent_total{publisher="log"}';
    await vi.waitFor(async () => expect(await figure(at, sent)).toBe(301), wait);
    expect((await fetch(`${at}/healthz`)).status).toBe(200);
    bot.child.kill('SIGTERM');
    expect(await bot.exited).toBe(0);
  });
});
