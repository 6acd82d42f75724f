import { describe, expect, test } from 'vitest';
import { presetNames, presetText, withPresets } from '../../src/app/read-rules.ts';
import { testRules } from '../../src/app/rule-tests.ts';
import { readConfig } from '../../src/config/read.ts';
import { readYamlFrom } from '../../src/config/yaml/yaml-file.ts';
import { policyOf } from '../../src/app/answering.ts';
import { lint } from '../../src/rules/lint.ts';
import { Rules } from '../../src/rules/schema.ts';
import { fileURLToPath } from 'node:url';

const namesOf = ({ rules }: Rules) => rules.map(({ name }) => name);

describe.each(presetNames())('preset %s', (name) => {
  const file = fileURLToPath(new URL(`../../src/rules/presets/${name}.yaml`, import.meta.url));

  test('says in its first line what it is for, and nothing is odd about it', () => {
    expect(presetText(name)).toMatch(/^# \S.{20,}\n/);
    expect(lint(readYamlFrom({ name, text: presetText(name) }, Rules), { policies: policyOf })).toEqual([]);
  });

  test('passes its own tests', async () => {
    const config = readConfig({ config: fileURLToPath(new URL('../../config/pilcrow.yaml', import.meta.url)) });
    const results = await Array.fromAsync(testRules(config, file));
    expect(results.length).toBeGreaterThan(0);
    expect(results.filter(({ differences }) => differences.length > 0)).toEqual([]);
  });
});

test('presets come after the file’s own rules, in the order in which they are named', () => {
  const rules = Rules.parse({
    extends: ['floods', 'answer'],
    rules: [{ name: 'mine', when: { bot: true }, action: 'ignore' }],
  });
  expect(namesOf(withPresets(rules))).toEqual([
    'mine',
    'flood-of-one-author',
    'flood-in-a-thread',
    'account-of-today',
    'answer',
    'answer-unchecked-when-asked',
    'record-the-rest',
  ]);
});

test('a rule of the file takes the place of one with its name', () => {
  const own = { name: 'record-the-rest', when: { bot: true }, action: 'ignore' };
  const merged = withPresets(Rules.parse({ extends: 'answer', rules: [own] }));
  expect(namesOf(merged)).toEqual(['record-the-rest', 'answer', 'answer-unchecked-when-asked']);
  expect(merged.rules[0]?.action).toBe('ignore');
});
