import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../../support/command.ts';
import { tempDir } from '../../support/temp.ts';

/** The findings of `config check` for these files. */
async function findings(files: Readonly<Record<string, string>>, ...options: readonly string[]) {
  const dir = await tempDir();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  const { code, out, err } = await command(['config', 'check', ...options, '--config', join(dir, 'pilcrow.yaml')]);
  return { code, out: out.replaceAll(`${dir}/`, ''), err: err.replaceAll(`${dir}/`, '') };
}

const feeds = 'feeds: [{ name: f, platform: file, paths: [x] }]\n';

test('a configuration without mistakes is told in a line, with its feeds and publishers', async () => {
  const said = 'pilcrow.yaml: no mistakes found. Feeds: f. Publishers: log.\n';
  expect(await findings({ 'pilcrow.yaml': feeds })).toEqual({ code: 0, out: said, err: '' });
});

test('mistakes of configuration, rules and templates come at once', async () => {
  const broken = {
    'rules.yaml': 'rules: [{ name: a, action: shout }]\n',
    'templates/default.liquid': '{{ nothing | here }}',
  };
  const both = await findings({ ...broken, 'pilcrow.yaml': 'feed: []\nchanels: []\n' });
  expect(both.code).toBe(2);
  for (const place of ['pilcrow.yaml:1:1', 'pilcrow.yaml:2:1', 'rules.yaml:1:', 'templates/default.liquid:1:'])
    expect(both.err).toContain(place);
  const sound = await findings({ ...broken, 'pilcrow.yaml': feeds });
  for (const place of ['rules.yaml:1:', 'templates/default.liquid:1:']) expect(sound.err).toContain(place);
});

test('what rules name is looked for in the configuration, also when a template is wrong', async () => {
  const rules = 'rules: [{ name: a, when: { feed: g }, action: reply }]\n';
  const { err } = await findings({
    'pilcrow.yaml': feeds,
    'rules.yaml': rules,
    'templates/default.liquid': '{% oh %}',
  });
  expect(err).toMatch(/rules\.yaml:1:\d+: .*did you mean `f`/);
});

test('as JSON each mistake is an object with its place', async () => {
  const { out, err, code } = await findings({ 'pilcrow.yaml': 'feed: []\n' }, '--json');
  expect({ err, code }).toEqual({ err: '', code: 2 });
  expect(JSON.parse(out)).toMatchObject({
    file: 'pilcrow.yaml',
    line: 1,
    column: 1,
    message: expect.stringContaining('feeds'),
  });
});
