import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { hourMs } from '../../src/core/durations.ts';
import { optIn } from '../../src/ledger/operators/consents.ts';
import { startWorkers } from '../../workers/index.ts';
import { blueskyIsHere, startBluesky } from '../servers/bluesky.ts';
import { startWordpress, wordpressIsHere } from '../servers/wordpress.ts';
import { isErased, openMarkedBot } from '../support/erased.ts';
import { wait } from '../support/wait.ts';

describe.skipIf(!wordpressIsHere)('on a real WordPress', () => {
  test('nothing of an author who asks to be forgotten is left after an hour, and the comment is gone', async () => {
    await using site = await startWordpress();
    const [bot, author] = [await site.addUser('pilcrow', 'editor'), await site.addUser('mark-author', 'author')];
    const it = await openMarkedBot({
      feed: `  - { name: blog, platform: rss, url: '${site.url}/tag/cablegate/feed/', publisher: blog-bot, onTopic: true, firstRun: 1d }`,
      publisher: `  - { name: blog-bot, platform: wordpress, mode: opted-in, site: '${site.url}', username: ${bot.username}, password: { file: secret } }\n`,
      more: `network: { allowPrivate: ['${site.allow}'] }\n`,
    });
    writeFileSync(join(it.dir, 'secret'), bot.password, { mode: 0o600 });
    const content = 'See #07ASTANA2244 ¶5 MARK-text <a href="https://mark-link.example/">MARK-link</a>';
    const post = await site.post({ title: 'MARK-title', slug: 'mark-slug', content, tags: ['cablegate', 'mark-tag'] });
    await site.php(`wp_update_post(['ID' => ${post}, 'post_author' => ${author.id}]);`);
    const id = `${site.allow}/mark-author`;
    {
      await using app = await it.open();
      await app.ledger.transact((tx) => optIn(tx, { person: `rss:${id}`, source: 'by mail' }, it.now()));
    }
    await isErased(it, async () => {
      expect(await site.comments(post)).toHaveLength(1);
      expect(await it.run('forget', `rss:${id}`, '--yes')).toMatchObject({ code: 0, err: '' });
    });
    expect(await site.comments(post)).toEqual([]);
  });
});

describe.skipIf(!blueskyIsHere)('on a real Bluesky network', () => {
  test('nothing of a deleted post is left after an hour, and the reply is gone', { timeout: 300_000 }, async () => {
    await using network = await startBluesky();
    const [bot, ada] = [await network.join('cable-bot'), await network.join('mark-handle')];
    await ada.agent.upsertProfile((profile) => ({ ...profile, displayName: 'MARK-name' }));
    const account = `identifier: ${bot.handle}, service: '${network.pds}', password: { file: secret }`;
    const it = await openMarkedBot({
      feed: `  - { name: bluesky, platform: bluesky, every: 1s, source: firehose, hosts: ['${network.pds.replace('http', 'ws')}'], silence: 1h, account: { ${account} } }`,
      publisher: `  - { name: bot, platform: bluesky, ${account}, mode: summoned }\n`,
    });
    writeFileSync(join(it.dir, 'secret'), bot.password, { mode: 0o600 });
    const name = `@${bot.handle}`;
    const mention = [{ $type: 'app.bsky.richtext.facet#mention', did: bot.did }];
    const link = [{ $type: 'app.bsky.richtext.facet#link', uri: 'https://mark-link.example/' }];
    const length = Buffer.byteLength(name);
    const question = await ada.agent.post({
      text: `${name} #07ASTANA2244 ¶5 MARK-text`,
      facets: [
        { index: { byteStart: 0, byteEnd: length }, features: mention },
        { index: { byteStart: length + 1, byteEnd: length + 5 }, features: link },
      ],
      tags: ['MARK-tag'],
      labels: { $type: 'com.atproto.label.defs#selfLabels', values: [{ val: 'mark-warning' }] },
    });
    const replies = async () => {
      const params = { repo: bot.did, collection: 'app.bsky.feed.post', limit: 100 };
      return (await bot.agent.com.atproto.repo.listRecords(params)).data.records;
    };
    {
      // A stream tells of deletions, and only a bot that runs listens to one.
      await using app = await it.open('configured');
      await using _workers = startWorkers(app);
      const waitFor = async (count: number) => {
        it.advance(200);
        expect(await replies()).toHaveLength(count);
      };
      await vi.waitFor(() => waitFor(1), { ...wait, interval: 200 });
      expect(it.marks()).not.toEqual([]);
      await ada.agent.deletePost(question.uri);
      await vi.waitFor(() => waitFor(0), { ...wait, interval: 200 });
    }
    await it.work(5 * 60_000);
    await it.work(hourMs);
    expect(it.marks()).toEqual([]);
    const bytes = ['ledger.db', 'replies.jsonl']
      .map((file) => join(it.dir, 'data', file))
      .filter((file) => existsSync(file));
    const text = bytes.map((file) => readFileSync(file, 'latin1')).join('');
    expect(text).not.toContain(question.uri);
    expect(text).not.toContain(ada.did);
  });
});
