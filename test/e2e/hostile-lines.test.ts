import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { command } from '../support/command.ts';
import { hostile } from '../support/strangers.ts';
import { tempDir } from '../support/temp.ts';
import { openClient, openSite, heldRules } from '../support/web.ts';
import { ownRules, pilcrow, writeWorkplace } from '../support/workplace.ts';

/** Posts of strangers who write something hostile wherever a text is taken. */
const posts = hostile.map((text, i) => {
  const word = text.slice(0, 900);
  return {
    id: `${i} ${word}`,
    author: { id: `${i} ${word}`, handle: word, name: word },
    text: `#07ASTANA2244 ¶5 “one two three four five six seven eight ${word}” ${text}`,
    url: `https://site.example/${word}`,
    hashtags: [word],
    links: [word],
    language: word.slice(0, 20),
    createdAt: '2026-11-23T10:00:00Z',
    summoned: true,
  };
});
const unreadable = hostile.map((text) => ({ id: `x${text.slice(0, 900)}`, text: 5 }));

const more = 'digests: [{ name: daily, timezone: UTC, formats: [txt, md] }]\n';

/** What moves a cursor, reverses a line or cannot be seen. */
const control = /(?![\n\t\u200C\u200D])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;

/** No line begins with what a stranger put behind a line break of a name, an id or a URL, and none is without end. */
function expectClean(out: string, what: string): void {
  expect(out, what).not.toMatch(control);
  for (const line of out.split('\n')) {
    expect(line, what).not.toMatch(/^(?:@admin|Bcc:|separator|paragraph|next|vertical|form)/);
    expect(line.length, what).toBeLessThan(9000);
  }
}

async function workplace(rules: string) {
  const dir = await tempDir();
  const config = writeWorkplace(dir, [...posts, ...unreadable]);
  writeFileSync(ownRules(dir), rules);
  writeFileSync(config, readFileSync(config, 'utf8') + more);
  return { dir, config, run: (...args: string[]) => command([...args, '--config', config]) };
}

describe('hostile words of strangers stay on their line', () => {
  test.each([
    ['reply', [['replies', 'list'], ['digest', '--date', '2026-11-23', '--preview'], ['doctor']]],
    ['hold', [['review', 'list'], ['audit'], ['replies', 'list']]],
  ])('on the terminal, where a rule says %s', async (action, commands) => {
    const { run, dir } = await workplace(`rules: [{ name: ask, action: ${action} }]\n`);
    const once = await run('once');
    expect(once.out).toContain('07ASTANA2244');
    expectClean(once.out + once.err, 'once');
    for (const args of commands) {
      const { code, out, err } = await run(...args);
      expect(code, args.join(' ')).toBeLessThan(2);
      expectClean(out + err, args.join(' '));
    }
    for (const { id } of posts) {
      const { out } = await run('explain', `file:${id}`);
      expectClean(out, 'explain');
      if (action === 'hold') expectClean((await run('review', 'show', `file:${id.toWellFormed()}`)).out, 'review show');
    }
    expect(dir).not.toBe('');
  });

  test('on the pages', async () => {
    const site = await openSite({ posts, rules: heldRules });
    const client = openClient(site);
    for (const path of ['/', '/mentions', '/review', '/dead-letters', '/audit'])
      expect(await client.page(path), path).not.toMatch(control);
  });

  test('in the log as JSON: each line of the process is an object', async () => {
    const { config } = await workplace('rules: [{ name: ask, action: reply }]\n');
    const bot = pilcrow(['run', '--log', 'json', '--config', config]);
    await expect.poll(() => bot.err.split('"state":"sent"').length, { timeout: 60_000 }).toBeGreaterThan(5);
    bot.child.kill('SIGTERM');
    await bot.exited;
    for (const line of bot.err.trimEnd().split('\n')) {
      expect(JSON.parse(line), line).toBeTypeOf('object');
      expect(line).not.toMatch(control);
    }
    expectClean(bot.out, 'run');
  });
});
