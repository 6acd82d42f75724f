import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as nip19 from 'nostr-tools/nip19';
import { expect, test } from 'vitest';
import { bot, newPerson, note, profile, secondsAgo } from '../platforms/nostr/events.ts';
import { rss } from '../platforms/rss/documents.ts';
import { startNostrRelay } from '../servers/nostr.ts';
import { isErased, openMarkedBot } from '../support/erased.ts';
import { openFakeMastodon } from '../support/fake-mastodon/fake-mastodon.ts';
import { serve } from '../support/serve.ts';

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
  const it = await openMarkedBot({ feed: '  - { name: posts, platform: file, maxAge: null, paths: [posts.jsonl] }' });
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
  const it = await openMarkedBot({
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
  const it = await openMarkedBot({
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
  const it = await openMarkedBot({
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
