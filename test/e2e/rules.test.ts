import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { writeWorkplace } from '../support/workplace.ts';

async function workplace() {
  const dir = await tempDir();
  const config = writeWorkplace(dir, []);
  const file = join(dir, 'draft.yaml');
  return {
    dir,
    config,
    file,
    test: (...args: string[]) => command(['rules', 'test', ...args, '--config', config]),
    check: (...args: string[]) => command(['rules', 'check', ...args, '--config', config]),
    write: (text: string) => writeFileSync(file, text),
  };
}

test('rules check finds nothing wrong with the rules that the configuration names', async () => {
  const { check } = await workplace();
  expect(await check()).toMatchObject({ code: 0, out: expect.stringContaining('no mistakes found') });
});

test('rules check FILE marks each fault, and exits with 2; --json says the same to an editor', async () => {
  const { file, check, write } = await workplace();
  write('rules:\n  - { name: a, when: { station: ASTANNA }, action: record }\n');
  const { code, out } = await check(file);
  expect(code).toBe(2);
  expect(out).toMatch(/:2:33: `station: ASTANNA`: expected one of the \d+ known words; did you mean `ASTANA`\?/);
  expect(out).toContain(`      | ${' '.repeat(32)}^^^^^^^\n`);
  const json = await check(file, '--json');
  expect(json.code).toBe(2);
  expect(JSON.parse(json.out)).toMatchObject({ file, line: 2, column: 33, message: expect.stringContaining('ASTANA') });
});

test.each([
  ['[en, de]', 'template `default.de` says at least'],
  ['[en]', 'no mistakes found'],
])('rules check measures the templates of every language that replies have: %s', async (languages, found) => {
  const { dir, config, file, check, write } = await workplace();
  mkdirSync(join(dir, 'templates'));
  const says = '{% for cable in cables %}{{ cable.id }} {{ cable.link }}{% endfor %}.';
  writeFileSync(join(dir, 'templates', 'default.liquid'), says);
  writeFileSync(join(dir, 'templates', 'default.de.liquid'), 'sehr '.repeat(60) + says);
  writeFileSync(config, readFileSync(config, 'utf8').replace(/^templates: .*$/m, 'templates: templates'));
  appendFileSync(config, `replies: { languages: ${languages} }\n`);
  write('rules:\n  - { name: a, when: { platform: x }, action: reply }\n');
  expect((await check(file)).out).toContain(found);
});

test('rules check knows the feeds of the configuration, and reads a file that is not there to its name', async () => {
  const { file, check, write } = await workplace();
  write('rules:\n  - { name: a, when: { feed: nowhere }, action: record }\n');
  expect((await check(file)).out).toContain('`feed: nowhere`: expected posts');
  expect(await check(join(file, 'x'))).toMatchObject({ code: 2, err: expect.stringContaining('x:1:1: ') });
});

test('rules test tries the tests that stand beside the rules of the configuration, and they pass', async () => {
  const { test: tests } = await workplace();
  expect(await tests()).toMatchObject({ code: 0, out: expect.stringMatching(/^(?:ok {5}.+\n)+All \d+ pass\.\n$/) });
});

test('rules test says of a test that fails what was expected, what came, and which condition did not hold', async () => {
  const { file, test: tests, write } = await workplace();
  write(`rules:
  - name: oslo
    when: { station: OSLO, summoned: true }
    action: reply
  - { name: rest, action: record, labels: [late] }
tests:
  - name: Oslo is answered
    post: { text: '#08OSLO461' }
    expect: { rule: oslo, action: reply, labels: [] }
  - name: all else is recorded
    post: { text: '#07ASTANA2244', written: '2026-11-25T22:30:00+01:00' }
    expect: { rule: rest, action: record, clause: null }
`);
  const { code, out } = await tests(file);
  expect(code).toBe(1);
  expect(out).toBe(`FAILED Oslo is answered
       action: expected reply, got record
       rule: expected oslo, got rest
       labels: expected none, got late
       rule \`oslo\` does not match: \`summoned\` does not hold
       cited: #08OSLO461 unverified
ok     all else is recorded
1 of 2 fail.
`);
  const json = (await tests(file, '--json')).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(json).toMatchObject([
    { name: 'Oslo is answered', passed: false },
    { passed: true, verdict: { rule: 'rest' } },
  ]);
});
