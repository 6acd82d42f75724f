import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../../support/command.ts';
import { tempDir } from '../../support/temp.ts';

test('a file that is not there is told without the words of the file system', async () => {
  expect(await command(['parse', 'nofile'])).toMatchObject({ code: 1, err: 'pilcrow: nofile: no such file\n' });
});

test('a line without text is told what it lacks', async () => {
  const dir = await tempDir();
  const config = join(dir, 'pilcrow.yaml');
  writeFileSync(config, 'feeds: [{ name: a, platform: file, paths: [posts.jsonl] }]\n');
  writeFileSync(join(dir, 'posts.jsonl'), '{"id":"1"}\n{"id":"2","text":5}\n');
  const { err } = await command(['once', '--config', config]);
  expect(err).toContain('posts.jsonl:1: text: missing, expected text');
  expect(err).toContain('posts.jsonl:2: text: expected text, got a number');
});

test('mode open where it is not permitted gets one answer', async () => {
  const dir = await tempDir();
  const config = join(dir, 'pilcrow.yaml');
  const publisher = '{ name: m, platform: mastodon, mode: open, server: "https://a.example", token: { env: HOME } }';
  writeFileSync(config, `publishers:\n  - ${publisher}\nfeeds: [{ name: a, platform: twitter }]\n`);
  const { out } = await command(['doctor', '--config', config]);
  expect(out.match(/mode/g)).toHaveLength(1);
  expect(out).toContain('did you mean `x`?');
});
