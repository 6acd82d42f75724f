import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readYamlFrom } from '../../src/config/yaml/yaml-file.ts';
import { decide } from '../../src/rules/decide.ts';
import { Rules } from '../../src/rules/schema.ts';
import { facts, post, resolution } from './facts.ts';

const folder = join(import.meta.dirname, 'older');

// Files as they were given to people at their dates. A change of the language that one of these does not survive needs a migration.
test.each(globSync('*.yaml', { cwd: folder }).toSorted())('rules of %s mean today what they meant then', (file) => {
  const rules = readYamlFrom({ name: file, text: readFileSync(join(folder, file), 'utf8') }, Rules);
  const verdicts = [
    facts(),
    facts({ resolutions: [resolution({ status: 'unknown-paragraph' })] }),
    facts({ resolutions: [resolution({ status: 'unverified' })] }),
    facts({ resolutions: [resolution({ status: 'unverified' })], post: post({ summoned: true }) }),
    facts({ resolutions: [resolution({ status: 'ambiguous' })] }),
  ].map((valuesList) => decide(valuesList, rules));
  expect(verdicts.map(({ rule, action }) => `${rule}: ${action}`)).toEqual([
    'answer: reply',
    'answer: reply',
    'record-the-rest: record',
    'answer-unchecked-when-asked: reply',
    'record-the-rest: record',
  ]);
});
