import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as nip19 from 'nostr-tools/nip19';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { writePackage } from '../../prove/package/write.ts';
import { bot, note } from '../platforms/nostr/events.ts';
import { blueskyIsHere, startBluesky } from '../servers/bluesky.ts';
import { startNostrRelay } from '../servers/nostr.ts';
import { openSnac, snacIsHere } from '../servers/snac.ts';
import { startWordpress, wordpressIsHere } from '../servers/wordpress.ts';
import { serve } from '../support/serve.ts';
import { tempDir } from '../support/temp.ts';
import { pilcrow, pilcrowOnce } from '../support/workplace.ts';

const link = /https:\/\/\S*07ASTANA2244/;
const timeout = 300_000;
const until = (state: () => unknown) => vi.waitFor(state, { timeout: 120_000, interval: 100 });

const installed = mkdtempSync(join(tmpdir(), 'pilcrow-installed-'));
const program = join(installed, 'package/bin/pilcrow.js');
// Packed as npm does it, and unpacked elsewhere: it asks for no other package.
beforeAll(async () => {
  const written = join(installed, 'written');
  await writePackage(written);
  const tarball = execFileSync('npm', ['pack', '--silent', written], { cwd: installed, encoding: 'utf8' }).trim();
  rmSync(written, { recursive: true });
  execFileSync('tar', ['xzf', tarball], { cwd: installed });
}, timeout);
afterAll(() => rmSync(installed, { recursive: true }));

/**
 * A bot of the package as `init` makes it in an empty folder, by flags and secrets on standard input, and as `run` runs it. `typed` counts what a person
 * has to give: each flag with its value, and each secret.
 */
async function openFirstBot(flags: readonly string[], secrets: readonly string[]) {
  const dir = await tempDir();
  const init = await pilcrowOnce(['init', ...flags, '--allow-private'], {
    cwd: dir,
    program,
    input: secrets.join('\n'),
  });
  expect(init.err).toBe('');
  expect(init.code).toBe(0);
  // Other tests use the port of the page.
  const file = join(dir, 'pilcrow.yaml');
  writeFileSync(file, `${readFileSync(file, 'utf8')}web: { listen: null }\n`);
  const typed = flags.filter((flag) => flag.startsWith('--')).length + secrets.length;
  return {
    dir,
    typed,
    out: init.out,
    async run() {
      const running = pilcrow(['run'], { cwd: dir, program });
      onTestFinished(async () => {
        running.child.kill('SIGTERM');
        await running.exited;
      });
      await until(() => expect(running.out).toContain('Waiting for more'));
      return running;
    },
  };
}

/** snac rounds times down to the second, and older posts count as seen. */
const nextSecond = () => new Promise((done) => setTimeout(done, 1000 - (Date.now() % 1000)));

describe.skipIf(!snacIsHere)('on a Mastodon server', () => {
  test('the first mention is answered', { timeout }, async () => {
    await using snac = await openSnac(['bot', 'ada']);
    const [account, ada] = [snac.people['bot']!, snac.people['ada']!];
    const flags = ['--platform', 'mastodon', '--server', snac.url, '--token-stdin', '--mode', 'summoned'];
    const made = await openFirstBot(flags, [account.token]);
    expect(made.typed).toBe(5);
    await made.run();
    await nextSecond();
    const { id } = await ada.post('@bot #07ASTANA2244 ¶5');
    await until(async () => {
      for (const name of ['ada', 'bot']) snac.run('queue', name);
      const { body } = await ada.call('GET', `/api/v1/statuses/${id}/context`);
      expect(JSON.stringify(body)).toMatch(link);
    });
  });
});

describe.skipIf(!blueskyIsHere)('on a Bluesky network', () => {
  test('the first mention is answered', { timeout }, async () => {
    await using network = await startBluesky();
    const account = await network.join('cablebot');
    const ada = await network.join('ada');
    const flags = ['--platform', 'bluesky', '--service', network.pds, '--identifier', `@${account.handle}`];
    const made = await openFirstBot(
      [...flags, '--password-stdin', '--source', 'none', '--mode', 'summoned'],
      [account.password],
    );
    expect(made.typed).toBe(7);
    const name = `@${account.handle}`;
    const mention = {
      index: { byteStart: 0, byteEnd: Buffer.byteLength(name) },
      features: [{ $type: 'app.bsky.richtext.facet#mention' as const, did: account.did }],
    };
    const post = await ada.agent.post({ text: `${name} #07ASTANA2244 ¶5`, facets: [mention] });
    await network.settle();
    // Without a source of all posts, mentions are read every five minutes.
    await made.run();
    await until(async () => {
      await network.settle();
      const { data } = await ada.agent.getPostThread({ uri: post.uri });
      expect(JSON.stringify(data.thread)).toMatch(/"replies":\[\{.*07ASTANA2244/);
    });
  });
});

test('on a Nostr relay the first mention is answered', { timeout }, async () => {
  await using relay = await startNostrRelay();
  const flags = ['--platform', 'nostr', '--relays', relay.url, '--key-stdin', '--mode', 'summoned'];
  const made = await openFirstBot(flags, [nip19.nsecEncode(bot.secret)]);
  expect(made.typed).toBe(5);
  await made.run();
  await relay.bring(note(`nostr:${nip19.npubEncode(bot.key)} #07ASTANA2244 ¶5`, { tags: [['p', bot.key]] }));
  await until(() => {
    const replies = relay.store.events.filter(({ kind, pubkey }) => kind === 1 && pubkey === bot.key);
    expect(replies).toMatchObject([{ content: expect.stringMatching(link) }]);
  });
});

describe.skipIf(!wordpressIsHere)('on a WordPress site', () => {
  test('the first post of an author who agreed is answered', { timeout }, async () => {
    await using site = await startWordpress();
    const { username, password } = await site.addUser('pilcrow', 'editor');
    const flags = ['--platform', 'wordpress', '--site', site.url, '--username', username, '--password-stdin'];
    const made = await openFirstBot([...flags, '--mode', 'opted-in'], [password]);
    expect(made.typed).toBe(6);
    // What `init` told.
    expect(made.out).toContain('npx pilcrow consent add rss');
    await pilcrowOnce(['consent', 'add', 'rss', `${site.allow}/admin`], { cwd: made.dir, program });
    const id = await site.post({ title: 'A cable', content: 'See #07ASTANA2244 ¶5', tags: ['07ASTANA2244'] });
    await made.run();
    await until(async () => {
      expect(await site.comments(id)).toMatchObject([{ content: expect.stringMatching(link) }]);
    });
  });
});

test('of a web feed the first item with a cable is answered in the log', { timeout }, async () => {
  // Of an item without a date nobody knows whether it is new.
  const date = `<pubDate>${new Date().toUTCString()}</pubDate>`;
  const item = `<item><guid>1</guid><title>#07ASTANA2244 ¶5</title>${date}</item>`;
  await using site = await serve((_request, response) =>
    response.end(`<rss version="2.0"><channel><title>Blog</title>${item}</channel></rss>`),
  );
  const made = await openFirstBot(['--platform', 'rss', '--url', site.url], []);
  expect(made.typed).toBe(2);
  await made.run();
  await until(() => expect(readFileSync(join(made.dir, 'data/replies.jsonl'), 'utf8')).toMatch(link));
});
