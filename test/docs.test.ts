import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { command } from './support/command.ts';
import { inFolderFor, pages, snippets } from './support/snippets.ts';

const root = new URL('..', import.meta.url).pathname;
function commandsOf(page: string): string[] {
  return snippets(page, 'sh').filter((block) => block.includes('pilcrow'));
}

test('docs/index.md leads to every page', () => {
  const index = readFileSync(join(root, 'docs/index.md'), 'utf8');
  const others = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/index.md');
  expect(others.filter((page) => !index.includes(`](${page.slice('docs/'.length)})`))).toEqual([]);
});

describe.each(pages)('%s', (page) => {
  test.each(snippets(page, 'yaml'))('its YAML works as it stands in an empty folder: %j', async (block) => {
    await inFolderFor(block);
    const isRules = 'rules' in (parse(block) as object);
    writeFileSync(isRules ? 'rules.yaml' : 'pilcrow.yaml', block);
    if (block.includes('to: desk')) writeFileSync('pilcrow.yaml', desk);
    expect(await command(['rules', 'check', ...(isRules ? ['rules.yaml'] : [])])).toMatchObject({ code: 0, err: '' });
  });

  test.each(commandsOf(page))('its commands work as they stand in an empty folder: %j', async (block) => {
    await inFolderFor(block);
    for (const line of block.trim().split('\n')) expect(await runLine(line), line).toBe(0);
  });

  test('the files of the checkout that it names are there', () => {
    const text = readFileSync(join(root, page), 'utf8');
    const named = [...text.matchAll(/`((?:bench|bin|config|prove|src|test|workers)\/[\w./-]+)`/g)].map(
      ([, path = '']) => path,
    );
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

const desk = 'channels: [{ name: desk, type: webhook, url: { env: HOME } }]\n';

/** A command of ours runs in this process; what needs a shell gets one. */
async function runLine(written: string): Promise<number | null> {
  const line = written.replace(/ {2,}#.*/, '');
  const [, args] = /^npx pilcrow ((?:'[^']*'|"[^"$]*"|[^'"|&;<>$*\s]+|[ ])+)$/.exec(line) ?? [];
  if (args !== undefined) return (await command(wordsOf(args))).code;
  const shell = spawn('bash', ['-c', line.replaceAll('npx pilcrow', `"${process.execPath}" "${root}bin/pilcrow.js"`)], {
    stdio: 'ignore',
  });
  return await new Promise((resolve) => shell.once('exit', resolve));
}

function wordsOf(args: string): string[] {
  return [...args.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
}
