import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { post } from '../rules/facts.ts';
import { openTestApp } from '../support/app.ts';
import { wait } from '../support/wait.ts';

const cited = (id: string) => ({
  id,
  createdAt: '2026-11-23T10:00:00Z',
  text: `#07ASTANA2244 ¶${(Number(id) % 20) + 1}`,
});

async function bot(posts: readonly object[] = []) {
  const opened = await openTestApp(posts);
  const file = opened.app.config.rules;
  const said = (kind: 'info' | 'error') =>
    opened.events.flatMap((event) => (event.kind === kind && event.what === 'rules' ? [event.message] : []));
  return { ...opened, rulebooks: opened.app.rulebooks, file, said };
}

const logAll = 'rules: [{ name: all, action: record }]\n';

describe('rules that change under a running bot', () => {
  test('are taken over, and what is different is told', async () => {
    const { rulebooks, file, said } = await bot();
    const before = rulebooks.current();
    writeFileSync(file, logAll);
    expect(await rulebooks.reload()).toBe(true);
    expect(rulebooks.current().version).not.toBe(before.version);
    expect(said('info').join()).toContain('rule all is new: record');
  });

  test('are found without being told of', async () => {
    const { rulebooks, file } = await bot();
    const { version } = rulebooks.current();
    writeFileSync(file, logAll);
    await vi.waitFor(() => expect(rulebooks.current().version).not.toBe(version), wait);
  });

  test.each([
    ['a fault', 'rules: [{ name: all, action: lug }]\n', 'lug'],
    [
      'a failing test',
      `${logAll}tests: [{ name: answered, post: { text: '#07ASTANA2244' }, expect: { action: reply } }]\n`,
      'test `answered` fails',
    ],
    ['no YAML', 'rules: [', 'rules.yaml'],
  ])('stay as they were for %s, and that is told', async (_, text, message) => {
    const { rulebooks, file, said } = await bot();
    const before = rulebooks.current();
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, text);
    expect(await rulebooks.reload()).toBe(false);
    expect(rulebooks.current()).toBe(before);
    expect(said('error').join()).toContain(message);
    writeFileSync(file, good);
    expect(await rulebooks.reload()).toBe(true);
  });

  test('never mix in one decision: each verdict, its template and its version are of one file', async () => {
    const count = 300;
    const { app, rulebooks, file, work, events } = await bot(Array.from({ length: count }, (_, i) => cited(String(i))));
    const first = rulebooks.current().version;
    const versions = new Map<string, string>();
    const ruleIn = (n: number) => `rules: [{ name: version-${n}, action: ${n % 2 === 0 ? 'record' : 'digest'} }]\n`;
    const working = work();
    let n = 0;
    const progress = { done: false };
    void working.finally(() => (progress.done = true));
    while (!progress.done) {
      n += 1;
      writeFileSync(file, ruleIn(n));
      await rulebooks.reload();
      versions.set(rulebooks.current().version, `version-${n}`);
      await new Promise(setImmediate);
    }
    await working;
    const verdicts = events.flatMap((event) => (event.kind === 'decided' ? [event.verdict] : []));
    expect(verdicts).toHaveLength(count);
    for (const { rules, rule, action } of verdicts) {
      const expected = versions.get(rules);
      if (rules === first) continue;
      expect(rule).toBe(expected);
      expect(action).toBe(Number(expected?.slice(8)) % 2 === 0 ? 'record' : 'digest');
    }
    expect(app.rulebooks.current().version).toBe([...versions.keys()].at(-1));
  });

  test('leave a decision that has begun with what it began with', async () => {
    const { rulebooks, file } = await bot();
    const begun = rulebooks.current();
    writeFileSync(file, logAll);
    await rulebooks.reload();
    expect(begun.version).not.toBe(rulebooks.current().version);
    const question = { feed: 'posts', resolutions: [], seenAt: 0, optedIn: false, optedOut: false };
    expect(begun.decide({ ...question, post: post() }).rules).toBe(begun.version);
  });
});
