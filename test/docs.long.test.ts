import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { inFolderFor, pages, snippets } from './support/snippets.ts';
import { pilcrowOnce } from './support/workplace.ts';

interface Written {
  readonly feeds?: readonly { platform: string; stdin?: true; paths?: readonly string[] }[];
  readonly publishers?: readonly { platform: string }[];
  readonly rules?: unknown;
  readonly ledger?: unknown;
}

const here = ['file', 'log'];

/** Those that need no network and no server. */
function local(page: string): string[] {
  return snippets(page, 'yaml').filter((snippet) => {
    const { feeds = [], publishers = [], rules, ledger } = parse(snippet) as Written;
    return (
      rules === undefined &&
      ledger === undefined &&
      [...feeds, ...publishers].every((one) => here.includes(one.platform))
    );
  });
}

const post = '{"id":"1","author":"@ada","text":"#cablegate #07ASTANA2244 ¶5"}\n';

describe.each(pages.filter((page) => local(page).length > 0))('%s', (page) => {
  test.each(local(page))('its configuration runs in an empty folder, and answers a post: %j', async (snippet) => {
    await inFolderFor(snippet);
    writeFileSync('pilcrow.yaml', snippet);
    const { feeds = [] } = parse(snippet) as Written;
    for (const path of feeds.flatMap(({ paths = [] }) => paths)) writeFileSync(path, post);
    expect(await pilcrowOnce(['once'], { cwd: process.cwd(), input: post })).toMatchObject({ code: 0 });
    if (feeds.length > 0) expect(readFileSync('data/replies.jsonl', 'utf8')).toContain('#par5');
  });
});
