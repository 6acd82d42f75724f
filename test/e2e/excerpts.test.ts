import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import type { Payload } from '../../src/core/reply.ts';
import { drain } from '../../workers/index.ts';
import { scriptedPublisher } from '../support/app.ts';
import { command } from '../support/command.ts';
import { textsForTheLog } from '../support/log-texts.ts';
import { tempDir } from '../support/temp.ts';
import { openClient, openSite } from '../support/web.ts';
import { writeWorkplace } from '../support/workplace.ts';

/** A cable as it was re-posted, invented: its paragraphs with their markings. */
function textOf(id: string, classification: string, ...paragraphs: readonly string[]): string {
  const numbered = paragraphs.map((paragraph, at) => `${at + 1}. ${paragraph}`);
  return `Reference ID Created Released Classification Origin
${id} 2007-08-19 23:55 2011-08-30 01:44 ${classification} Embassy Astana

DE RUEHTA #${id.slice(-4)}/01 2312355
R 192355Z AUG 07

E.O. 12958: N/A
${numbered.join('\n')}
`;
}

const cables = {
  '07ASTANA2301': textOf(
    '07ASTANA2301',
    'SECRET',
    '(U) Summary: The hidden heron was seen in the harbour of the city. It flew.',
  ),
  '07ASTANA2302': textOf(
    '07ASTANA2302',
    'CONFIDENTIAL',
    '(C) The quoted quail was seen in the garden of the embassy. It sang.',
    '(S) The hidden hawk was seen over the garden of the embassy. It left.',
  ),
};

/** The start of the configuration’s list of texts, and the same with a folder of these cables. */
async function withCables(): Promise<[string, string]> {
  const dir = await tempDir();
  for (const [id, text] of Object.entries(cables)) writeFileSync(join(dir, `${id}.txt`), text);
  return ['corpus: [', `corpus: [${dir}, `];
}

const posts = Object.keys(cables).flatMap((id) => [1, 2].map((number) => `#${id} ¶${number}`));

function* filesOf(folder: string): Iterable<string> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) yield join(entry.parentPath, entry.name);
}

/** The payloads of replies to posts of these platforms, by `ID of the cable ¶number platform`. */
async function repliesOn(platforms: readonly string[], publishers: string): Promise<Map<string, Payload>> {
  const dir = await tempDir();
  const lines = platforms.flatMap((platform) =>
    posts.map((text) => ({ id: `${text.slice(1)} ${platform}`, platform, author: text, text, summoned: true })),
  );
  const config = writeWorkplace(dir, lines);
  const text = readFileSync(config, 'utf8').replace(...(await withCables()));
  writeFileSync(config, text.replace('publishers:\n', `publishers:\n${publishers}`));
  writeFileSync(join(dir, 'secret'), 'secret');
  const stop = new AbortController();
  const opened = await openApp(readConfig({ config }), {
    emit: () => {},
    stopping: stop.signal,
    hurry: stop.signal,
    queue: 'none',
  });
  onTestFinished(() => opened[Symbol.asyncDispose]());
  const publisher = scriptedPublisher('harmless', []);
  const rulebooks = textsForTheLog(opened.rulebooks);
  await drain({ ...opened, rulebooks, publisher: () => Promise.resolve(publisher) });
  return new Map(publisher.record.map((payload) => [payload.replyTo.id, payload]));
}

const secret = '{ file: secret }';
const limits = 'limits: { authorCooldown: 0s, threadCooldown: 0s }';
const account = `platform: bluesky, identifier: bot.example, password: ${secret}`;
const keys = ['appKey', 'appSecret', 'accessToken', 'accessSecret'].map((key) => `${key}: ${secret}`).join(', ');
const x = `  - { name: x, platform: x, mode: summoned, account: { id: '1', handle: bot }, ${keys}, ${limits}`;

test('the card of a reply carries the excerpt, and the reply says what permits it', async () => {
  const replies = await repliesOn(['bluesky'], `  - { name: sky, mode: summoned, ${account}, ${limits} }\n`);
  expect(replies.size).toBe(posts.length);
  const quoted = 'The quoted quail was seen in the garden of the embassy.';
  expect(replies.get('07ASTANA2302 ¶1 bluesky')).toMatchObject({
    card: { description: `Embassy Astana, 2007-08-19, CONFIDENTIAL: ${quoted}` },
    excerpts: 'confidential',
    text: expect.stringContaining(`“${quoted}”`),
  });
  expect(replies.get('07ASTANA2302 ¶2 bluesky')).not.toHaveProperty('excerpts');
  expect(JSON.stringify([...replies])).not.toMatch(/heron|hawk/);
});

test('on X nothing is quoted, unless its publisher says so', async () => {
  const silent = await repliesOn(['x'], `${x} }\n`);
  expect(silent.size).toBe(posts.length);
  expect(JSON.stringify([...silent])).not.toMatch(/quail|heron|hawk/);
  const open = await repliesOn(['x'], `${x}, excerpts: all }\n`);
  for (const [id, word] of [
    ['07ASTANA2301 ¶1 x', 'heron'],
    ['07ASTANA2302 ¶1 x', 'quail'],
    ['07ASTANA2302 ¶2 x', 'hawk'],
  ] as const)
    expect(open.get(id)?.text).toContain(word);
});

test('secret paragraphs leave in no reply, preview, digest or JSON', async () => {
  const asked = [...posts, '#07ASTANA2244 ¶5'].map((text, at) => ({ id: String(at), text, author: text }));
  const before = 'digests: [{ name: daily }]\n';
  const site = await openSite({ web: '  cables: public\n', before, posts: asked, replace: await withCables() });
  const config = join(site.dir, 'pilcrow.yaml');
  const replies = readFileSync(join(site.dir, 'data/replies.jsonl'), 'utf8');
  expect(replies).toContain('“The quoted quail was seen in the garden of the embassy.”');
  expect(replies).toContain('“Tazhenov told Conoff that some parties');

  const client = openClient(site);
  const previews = await Promise.all(
    ['07ASTANA2301', '07ASTANA2302'].map(
      async (id) => /<meta property="og:description" content="([^"]*)"/.exec(await client.page(`/cable/${id}`))?.[1],
    ),
  );
  expect(previews).toEqual([
    '07ASTANA2301, Embassy Astana, 2007-08-19, SECRET',
    '07ASTANA2302, Embassy Astana, 2007-08-19, CONFIDENTIAL: The quoted quail was seen in the garden of the embassy.',
  ]);

  const today = new Date().toISOString().slice(0, 10);
  const shown = await Promise.all([
    command(['digest', '--name', 'daily', '--date', today, '--preview', '--config', config]),
    command(['resolve', '--json', '--config', config, posts.join(' ')]),
    command(['explain', 'file:2', '--config', config]),
  ]);
  for (const { out } of shown) expect(out).toContain('07ASTANA2302');
  const api = await (await client.get(`/api/resolve?text=${encodeURIComponent(posts.join(' '))}`)).text();
  expect(api).toContain('07ASTANA2302');
  const files = [...filesOf(join(site.dir, 'data'))].map((file) => readFileSync(file, 'latin1'));
  for (const text of [...shown.map(({ out }) => out), api, ...files]) expect(text).not.toMatch(/heron|hawk/);
});
