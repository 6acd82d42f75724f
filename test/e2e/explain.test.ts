import { expect, test } from 'vitest';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { writeWorkplace } from '../support/workplace.ts';

const posts = [
  { id: '1', createdAt: '2026-11-23T10:00:00Z', text: '#07ASTANA2244 ¶5', url: 'https://social.example/100%_true/1' },
  {
    id: '2',
    createdAt: '2026-11-23T10:00:00Z',
    text: '#07ASTANA2244 like 99FOOBAR1\n> and 08PARIS12',
    author: { id: 'b', handle: 'b', bot: true },
  },
];

async function workplace() {
  const config = writeWorkplace(await tempDir(), posts);
  return (...args: string[]) => command([...args, '--config', config]);
}

test('a post is told from what it cites to what was sent, by its key and by its URL', async () => {
  const run = await workplace();
  await run('once');
  const { out, code } = await run('explain', 'file:1');
  expect(code).toBe(0);
  for (const chapter of ['The post', 'What it cites', 'The rules', 'Consent', 'The verdict', 'The reply'])
    expect(out).toContain(chapter);
  expect(out).toMatch(/matches and decides: reply/);
  expect(out).toMatch(/logged \(dry run\) through log, logged/);
  expect(out).toContain('Mode dry-run: replies only go to the log');
  expect((await run('explain', 'https://social.example/100%_true/1')).out).toBe(out);
  expect(await run('explain', 'https://social.example/1000_true/1')).toMatchObject({ code: 2 });
});

test('what looked like a citation and counted for nothing is named with the reason, and what lowered the verdict', async () => {
  const run = await workplace();
  await run('once');
  const { out } = await run('explain', 'file:2');
  expect(out).toContain('Not 08PARIS12: is in a quotation');
  expect(out).toContain('Not 99FOOBAR1: has the form of an ID');
  expect(out).toContain('Lowers reply to record: the author is a bot');
  expect(out).toContain('There is none.');
});

test('a cable in the alternative text of an image is cited, and marked so; “stop” beside an image is the whole post', async () => {
  const createdAt = '2026-11-23T10:00:00Z';
  const config = writeWorkplace(await tempDir(), [
    { id: '1', createdAt, text: 'Look at this', altTexts: ['A page', 'Cable 07ASTANA2244, ¶5', 'A page'] },
    { id: '2', createdAt, text: '08PARIS12', altTexts: ['07ASTANA2244'] },
    { id: '3', createdAt, text: '@bot stop', altTexts: ['A hand'], summoned: true },
  ]);
  const run = async (...args: string[]) => (await command([...args, '--config', config])).out;
  await run('once');
  const out = await run('explain', 'file:1');
  expect(out).toContain('07ASTANA2244 as an ID in the text, in the alternative text of an image: the cable is known');
  expect(out).toMatch(/Look at this\s+Alternative texts of its images:\s+A page\s+Cable 07ASTANA2244, ¶5\s+It is/);
  expect(out).toContain('/07ASTANA2244.html#par5');
  expect(await run('explain', 'file:2')).toContain('08PARIS12 as an ID in the text: ');
  expect(await run('explain', 'file:3')).toContain('the author opted out of replies');
});

test('words alone are judged by what is assumed of them, and nothing is written', async () => {
  const run = await workplace();
  const explained = await run('explain', '--text', '--json', '--opted-out', '#07ASTANA2244');
  expect(JSON.parse(explained.out)).toMatchObject({
    state: null,
    verdict: { action: 'record', asked: 'reply', clause: 'the author asked for silence' },
    rules: expect.arrayContaining([expect.objectContaining({ outcome: 'decides', condition: null })]),
    replies: [],
    draft: null,
    drafts: [],
  });
  const { out } = await run('explain', '--text', '#07ASTANA2244 ¶5');
  expect(out).toMatch(/A reply would be planned, on log:\n.*07ASTANA2244\.html#par5\n.*“Tazhenov told Conoff .*”\n/);
  expect(out).toMatch(/counts them: log \d+ \(no limit\), mastodon \d+ of 500/);
  expect(out).toMatch(
    /On bluesky, webmention, x it would be:\n.*#par5\n.*bluesky \d+ of 300, webmention \d+ of 250, x \d+ of 280/,
  );
  expect(out).toContain('Language: en (the platform does not say one; the first of `replies.languages`). Characters');
  const german = await run('explain', '--text', '--language', 'de-AT', '#07ASTANA2244 ¶5');
  expect(german.out).toContain('Its language, as the platform says: de-AT.');
  expect(german.out).toMatch(/\n {4}„Tazhenov .*“\n {2}Language: de \(the platform says so\)\. /);
  expect((await run('explain', '--text', 'no citation')).out).toContain('Nothing that counts');
  expect(await run('explain', 'two', 'words')).toMatchObject({ code: 2, err: expect.stringContaining('--text') });
  expect((await run('replies', 'list')).out).toContain('No replies');
  const { drafts } = JSON.parse((await run('explain', '--text', '--json', '--platform', 'x', '#07ASTANA2244')).out);
  expect(drafts.slice(0, 2)).toEqual([
    expect.objectContaining({ platform: 'log', maxLength: null }),
    {
      platform: 'x',
      text: expect.stringContaining('.html'),
      language: { code: 'en', because: expect.stringContaining('does not say') },
      fault: null,
      length: expect.any(Number),
      maxLength: 280,
    },
  ]);
});
