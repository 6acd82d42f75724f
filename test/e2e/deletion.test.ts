import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as nip19 from 'nostr-tools/nip19';
import { expect, test } from 'vitest';
import { openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/read.ts';
import { dayMs, hourMs } from '../../src/core/durations.ts';
import { drain } from '../../workers/index.ts';
import { bot, newPerson, note, profile, secondsAgo } from '../platforms/nostr/events.ts';
import { rss } from '../platforms/rss/documents.ts';
import { startNostrRelay } from '../servers/nostr.ts';
import { testClock } from '../support/clock.ts';
import { command } from '../support/command.ts';
import { openFakeMastodon } from '../support/fake-mastodon/fake-mastodon.ts';
import { serve } from '../support/serve.ts';
import { tempDir } from '../support/temp.ts';
import { configuration } from '../support/workplace.ts';

const digests = `digests: [{ name: daily, timezone: UTC, time: '00:05', formats: [md, json, atom] }]\n`;

/** The marks in all bytes of the files of a folder: parts of words that begin with MARK, in any case. */
function marksIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap(({ name, parentPath }) => {
    const found = readFileSync(join(parentPath, name), 'latin1').match(/mark[a-z0-9-]+/gi) ?? [];
    return found.filter((word) => !/^mark(ings?|down|ed|s)$/i.test(word)).map((word) => `${name}: ${word}`);
  });
}

/** The bot with a clock that the test moves. `work` does all due work and the tidying of the hour. */
async function openBot({ feed, publisher = '', more = '' }: { feed: string; publisher?: string; more?: string }) {
  const dir = await tempDir();
  const config = join(dir, 'pilcrow.yaml');
  const text = configuration([feed], digests + more);
  writeFileSync(config, text.replace('publishers:\n', `publishers:\n${publisher}`));
  const clock = testClock(Date.now());
  const { signal } = new AbortController();
  const events: unknown[] = [];
  const emit = (event: unknown) => void events.push(event);
  return {
    dir,
    now: () => clock.now(),
    run: (...args: string[]) => command([...args, '--config', config]),
    async work(ms = 1000) {
      clock.advance(ms);
      await using app = await openApp(readConfig({ config }), {
        emit,
        stopping: signal,
        hurry: signal,
        queue: 'none',
        clock,
      });
      await drain(app);
    },
    marks: () => marksIn(join(dir, 'data')),
  };
}

/** Reads and answers; `afterMs` later, by default when the digest of the day is issued, `remove`; then what an hour does. */
async function isErased(
  it: Awaited<ReturnType<typeof openBot>>,
  remove: () => unknown,
  afterMs = dayMs,
): Promise<void> {
  await it.work();
  await it.work(afterMs);
  expect(it.marks()).not.toEqual([]);
  await remove();
  await it.work(5 * 60_000);
  // The reply is deleted, and looked up once more.
  await it.work(5 * 60_000);
  await it.work(hourMs);
  expect(it.marks()).toEqual([]);
}

const marked = {
  id: 'MARK-id',
  author: { id: 'MARK-author', handle: 'MARK-handle', name: 'MARK-name' },
  text: '#cablegate #07ASTANA2244 ¶5 “MARK-quote one two three four five six seven eight” https://MARK-link.example/',
  url: 'https://site.example/MARK-url',
  links: ['https://MARK-hidden.example/'],
  hashtags: ['MARK-tag'],
  thread: 'MARK-thread',
};

test('file: nothing of a deleted post is left in the data folder after an hour', async () => {
  const it = await openBot({ feed: '  - { name: posts, platform: file, maxAge: null, paths: [posts.jsonl] }' });
  const file = join(it.dir, 'posts.jsonl');
  const createdAt = new Date().toISOString();
  writeFileSync(file, `${JSON.stringify({ ...marked, createdAt })}\n{"id":"MARK-id","text":5}\n`);
  await isErased(it, () => appendFileSync(file, `${JSON.stringify({ id: marked.id, event: 'delete' })}\n`));
});

test('RSS: nothing of an author who asks to be forgotten is left after an hour', async () => {
  const published = Date.now() - 60_000;
  const entry = { guid: 'MARK-guid', link: 'https://blog.example/MARK-link', title: 'MARK-title', author: 'MARK-name' };
  const document = rss([{ ...entry, published, html: '#cablegate #07ASTANA2244 MARK-text', tags: ['MARK-tag'] }]);
  await using site = await serve((_request, response) => response.end(document));
  const it = await openBot({
    feed: `  - { name: blog, platform: rss, url: '${site.url}', maxAge: null }`,
    more: `network: { allowPrivate: ['${site.allow}'] }\n`,
  });
  await isErased(it, async () => {
    const { out } = await it.run('audit', '--json');
    expect(out).toBe('');
    const [author] =
      (await it.run('explain', '--json', 'https://blog.example/MARK-link')).out.match(/"id":"[^"]*MARK-name"/) ?? [];
    const id = author?.slice(6, -1) ?? 'MARK-name';
    expect(await it.run('forget', `rss:${id}`, '--yes')).toMatchObject({ code: 0, err: '' });
    expect((await it.run('audit')).out).toMatch(/forget.*person [0-9a-f]{12}.*1 posts/);
  });
});

test('Mastodon: nothing of a deleted post is left after an hour', async () => {
  await using fake = await openFakeMastodon({ limit: 10_000 });
  const [ada, pilcrow] = [fake.join('MARK_handle'), fake.join('pilcrow')];
  const account = `token: { file: token }`;
  const it = await openBot({
    feed: `  - { name: masto, platform: mastodon, hashtags: [cablegate], firstRun: 30d, stream: false, servers: [{ url: '${fake.url}', ${account} }] }`,
    publisher: `  - { name: bot, platform: mastodon, mode: summoned, server: '${fake.url}', ${account} }\n`,
    more: `network: { allowPrivate: ['${fake.allow}'] }\n`,
  });
  writeFileSync(join(it.dir, 'token'), pilcrow.token);
  const text = '@pilcrow #cablegate #07ASTANA2244 ¶5 MARK-text https://mark-link.example/';
  const status = fake.write(ada, text, { spoilerText: 'MARK-warning' });
  await isErased(
    it,
    () => {
      expect(fake.statuses.filter(({ by }) => by === pilcrow)).toHaveLength(1);
      fake.remove(status);
    },
    5 * 60_000,
  );
  expect(fake.statuses).toEqual([]);
});

test('Nostr: nothing of a deleted note is left after an hour', async () => {
  await using relay = await startNostrRelay();
  const npub = nip19.npubEncode(bot.key);
  const it = await openBot({
    feed: `  - { name: nostr, platform: nostr, relays: ['${relay.url}'], account: ${npub} }`,
    publisher: `  - { name: bot, platform: nostr, mode: summoned, relays: ['${relay.url}'], key: { file: secrets/key } }\n`,
  });
  mkdirSync(dirname(join(it.dir, 'secrets/key')));
  writeFileSync(join(it.dir, 'secrets/key'), nip19.nsecEncode(bot.secret), { mode: 0o600 });
  const ada = newPerson();
  await relay.bring(profile(ada, { name: 'MARK-name' }));
  const tags = [
    ['p', bot.key],
    ['t', 'MARK-tag'],
    ['r', 'https://mark-link.example/'],
    ['content-warning', 'MARK-warning'],
  ];
  const question = note(`nostr:${npub} #07ASTANA2244 MARK-text`, { by: ada, tags, at: secondsAgo(20) });
  await relay.bring(question);
  const replies = () => relay.store.events.filter(({ kind, pubkey }) => kind === 1 && pubkey === bot.key);
  await isErased(it, async () => {
    expect(replies()).toHaveLength(1);
    await relay.bring(note('', { by: ada, kind: 5, tags: [['e', question.id]], at: Math.floor(it.now() / 1000) }));
  });
  expect(replies()).toEqual([]);
  const bytes = ['ledger.db', 'replies.jsonl']
    .map((name) => join(it.dir, 'data', name))
    .filter((file) => existsSync(file));
  const text = bytes.map((file) => readFileSync(file, 'latin1')).join('');
  expect(text).not.toContain(question.id);
  expect(text).not.toContain(ada.key);
});
