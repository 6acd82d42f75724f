import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { withExcerpts } from '../../src/config/explain-findings.ts';
import { inspectYaml } from '../../src/config/yaml/yaml-file.ts';
import { policyOf } from '../../src/app/answering.ts';
import { lint } from '../../src/rules/lint.ts';
import { rulesSchema } from '../../src/rules/schema.ts';

const folder = join(import.meta.dirname, 'golden');
const files = globSync('*.yaml', { cwd: folder }).toSorted();
const schema = rulesSchema({
  platforms: ['bluesky', 'file', 'mastodon', 'rss', 'x'],
  feeds: ['sample'],
  templates: ['default', 'long'],
  channels: ['on-call'],
  presets: ['answer', 'floods'],
  stations: ['ASTANA', 'ALMATY'],
  countries: ['Kazakhstan', 'Norway'],
});

/** As a template that says too much for X. */
const misfit = (template: string, platform: string) =>
  template === 'long' && platform === 'x' ? 'template `long` says at least 300, and x takes 280' : undefined;

test('there are at least 60 files of rules that are wrong', () => {
  expect(files.length).toBeGreaterThanOrEqual(60);
});

/** With GOLDEN=write the texts are written anew: read them before you commit them. */
test.each(files)('%s gets its exact findings, each with a mark under what it is about', (file) => {
  const path = join(folder, file);
  const findings = inspectYaml(path, schema, (rules) => lint(rules, { policies: policyOf, misfit }));
  const text = `${withExcerpts(file, readFileSync(path, 'utf8'), findings).join('\n')}\n`;
  const golden = join(folder, `${basename(file, '.yaml')}.txt`);
  if (process.env['GOLDEN'] === 'write') writeFileSync(golden, text);
  expect(text).toBe(readFileSync(golden, 'utf8'));
  expect(findings.length).toBeGreaterThan(0);
});
