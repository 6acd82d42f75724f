import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../src/config/read.ts';
import { readYamlFrom } from '../src/config/yaml/yaml-file.ts';
import { rulesSchema } from '../src/rules/schema.ts';
import { command } from './support/command.ts';
import { tempDir } from './support/temp.ts';

const root = new URL('..', import.meta.url).pathname;
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'RELEASING.md',
  'SECURITY.md',
  ...globSync('docs/**/*.md', { cwd: root }),
];

function blocks(page: string, language: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map((match) => match[1] ?? '');
}

describe.each(pages)('%s', (page) => {
  test.each(blocks(page, 'yaml'))('its YAML is valid: %j', async (block) => {
    const dir = await tempDir();
    const file = join(dir, 'block.yaml');
    writeFileSync(file, block);
    // What a block names as a secret stands beside it.
    for (const [, secret = ''] of block.matchAll(/\{ file: (secrets\/\S+) \}/g)) {
      mkdirSync(join(dir, 'secrets'), { recursive: true });
      writeFileSync(join(dir, secret), 'postgres://me@localhost/pilcrow');
    }
    if ('rules' in (parse(block) as object)) expect(readYamlFrom(file, rulesSchema()).rules.length).toBeGreaterThan(0);
    else
      expect(
        readConfig({ config: file }).feeds.length + readConfig({ config: file }).publishers.length,
      ).toBeGreaterThan(0);
  });

  test.each(blocks(page, 'sh').filter((block) => block.includes('pilcrow')))('its commands work: %j', async (block) => {
    const data = await tempDir();
    for (const line of block.trim().split('\n')) {
      expect(await runLine(line, data), line).toBe(0);
    }
  });

  test('its links lead to files that are there', () => {
    const text = readFileSync(join(root, page), 'utf8');
    const targets = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1] ?? '');
    const missing = targets.filter((target) => globSync(join(root, page, '..', target)).length === 0);
    expect(missing).toEqual([]);
  });

  test('the files of the checkout that it names are there', () => {
    const text = readFileSync(join(root, page), 'utf8');
    const named = [...text.matchAll(/`((?:bench|bin|config|prove|src|test|workers)\/[\w./-]+)`/g)].map(
      ([, path = '']) => path,
    );
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

/** A command of ours runs in this process; what needs a shell gets one. */
async function runLine(line: string, data: string): Promise<number | null> {
  const env = { PILCROW_DATA: data };
  const [, args] = /^npx pilcrow ((?:'[^']*'|"[^"$]*"|[^'"|&;<>$*\s]+|[ ])+)$/.exec(line) ?? [];
  if (args !== undefined) return (await command(wordsOf(args), { env })).code;
  const shell = spawn('bash', ['-c', line.replaceAll('npx pilcrow', `"${process.execPath}" bin/pilcrow.js`)], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: 'ignore',
  });
  return await new Promise((resolve) => shell.once('exit', resolve));
}

function wordsOf(args: string): string[] {
  return [...args.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
}
