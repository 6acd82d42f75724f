import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { schemaFiles } from '../../src/config/schema-files.ts';
import { readYamlFrom } from '../../src/config/yaml/yaml-file.ts';
import { platforms } from '../../src/platforms/index.ts';
import { readEntry } from '../../src/platforms/shared/post-lines.ts';
import { loadTemplates, templateNames } from '../../src/replies/templates.ts';
import { rulesSchema } from '../../src/rules/schema.ts';

function postOf(line: string, now: number) {
  const entry = readEntry(line, now);
  return 'post' in entry ? entry.post : entry;
}

const root = new URL('../../', import.meta.url).pathname;
const config = loadConfig({ file: `${root}config/pilcrow.yaml`, env: {}, platforms });

describe('the default configuration', () => {
  test('loads, and runs without network or account', () => {
    expect(config.feeds.map(({ platform }) => platform)).toEqual(['file']);
    expect(config.publishers.map(({ platform }) => platform)).toEqual(['log']);
    expect(config.dataDir).toBe(`${root}data`);
  });

  test('answers the sample however old it gets', () => expect(config.feeds[0]?.maxAgeMs).toBeNull());

  test('has rules and templates that fit it', () => {
    const templates = templateNames(loadTemplates(config.templates));
    const vocabulary = {
      platforms: platforms.map(({ id }) => id),
      feeds: config.feeds.map(({ name }) => name),
      templates,
    };
    expect(readYamlFrom(config.rules, rulesSchema(vocabulary)).rules.length).toBeGreaterThan(0);
    expect(templates).toContain('default');
  });

  test('has examples in comments that load when they are uncommented', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pilcrow-default-'));
    cpSync(config.configDir, folder, { recursive: true });
    const file = join(folder, 'pilcrow.yaml');
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, lines.map((line) => line.replace(/^ {2}# (?=- |  )/, '  ')).join('\n'));
    const loaded = loadConfig({ file, env: {}, platforms });
    rmSync(folder, { recursive: true });
    expect(loaded.feeds.map(({ platform }) => platform)).toEqual(['file', 'rss']);
  });

  test('comes with sample posts that can be read', () => {
    const lines = readFileSync(`${config.configDir}/sample/posts.jsonl`, 'utf8').trimEnd().split('\n');
    const posts = lines.map((line) => postOf(line, 0));
    expect(posts.filter((post) => 'fault' in post)).toEqual([]);
    expect(new Set(posts.map((post) => ('key' in post ? post.key : ''))).size).toBe(lines.length);
    expect(lines.length).toBeGreaterThanOrEqual(8);
  });
});

describe('the JSON Schemas for editors', () => {
  const schemas = schemaFiles();

  test.each(Object.entries(schemas))('%s is current: `npm run schemas` writes it', (name, text) => {
    expect(readFileSync(`${root}config/${name}`, 'utf8')).toBe(text);
  });

  test.each(['pilcrow', 'rules'])('are named in %s.yaml', (name) => {
    const first = readFileSync(`${root}config/${name}.yaml`, 'utf8').split('\n')[0];
    expect(first).toBe(`# yaml-language-server: $schema=./${name}.schema.json`);
  });

  test('say something about every option', () => {
    expect(Object.values(schemas).flatMap((text) => undescribed(JSON.parse(text), ''))).toEqual([]);
  });

  test('offer the entries of every platform', () => {
    const missing = platforms.filter(({ id }) => !schemas['pilcrow.schema.json']?.includes(`"const": "${id}"`));
    expect(missing).toEqual([]);
  });
});

function undescribed(node: unknown, path: string): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { properties } = node as { properties?: Record<string, { description?: string }> };
  const missing = Object.entries(properties ?? {}).filter(([, option]) => !option.description);
  const inner = Object.entries(node).flatMap(([key, value]) => undescribed(value, `${path}/${key}`));
  return [...missing.map(([key]) => `${path}/${key}`), ...inner];
}
