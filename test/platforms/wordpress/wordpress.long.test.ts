import { existsSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { PermanentError, RetryLater } from '../../../src/core/errors.ts';
import type { Post } from '../../../src/core/post.ts';
import { WebFeed } from '../../../src/platforms/rss/config.ts';
import { driver as feeds } from '../../../src/platforms/rss/driver.ts';
import { driver } from '../../../src/platforms/wordpress/driver.ts';
import { drain } from '../../contract/feed.ts';
import { type WordpressServer, type WordpressUser, startWordpress, wordpressIsHere } from '../../servers/wordpress.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { startProxy } from '../../support/proxy.ts';
import { wait } from '../../support/wait.ts';
import { answerTo, configOf, openWriter, postsOf } from './writer.ts';

const { signal } = new AbortController();

describe.skipIf(!wordpressIsHere)('WordPress', () => {
  let site: WordpressServer;
  let editor: WordpressUser;
  let subscriber: WordpressUser;
  let newItem: ReturnType<typeof postsOf>;

  beforeAll(async () => {
    site = await startWordpress();
    editor = await site.addUser('pilcrow', 'editor');
    subscriber = await site.addUser('reader', 'subscriber');
    newItem = postsOf(site);
  }, 60_000);
  afterAll(() => site[Symbol.asyncDispose]());

  describe('read through its feeds', () => {
    async function read(path: string) {
      const context = await openTestContext([site.allow]);
      const feed = await feeds.openFeed!(WebFeed.parse({ url: `${site.url}${path}` }), context);
      const pages = await drain(feed);
      return { posts: pages.flatMap(({ posts }) => posts), cursor: pages.at(-1)?.cursor, feed, context };
    }

    test('a tag feed brings its posts with their tags, and says 304 when nothing is new', async () => {
      const { url } = await newItem({ content: 'see #07ASTANA2244 ¶5', tags: ['cablegate', '07ASTANA2244'] });
      for (const path of ['/tag/cablegate/feed/', '/tag/cablegate/feed/atom/', '/?tag=cablegate&feed=rss2']) {
        const { posts, cursor, feed, context } = await read(path);
        const post = posts.find((one) => one.url === url);
        expect(post?.text).toContain('see #07ASTANA2244 ¶5');
        expect(post?.hashtags).toEqual(expect.arrayContaining(['cablegate', '07ASTANA2244']));
        const { etag, lastModified } = JSON.parse(cursor ?? '') as { etag: string; lastModified: string };
        const conditions = { 'if-none-match': etag, 'if-modified-since': lastModified };
        expect((await fetch(`${site.url}${path}`, { headers: conditions })).status).toBe(304);
        expect(await drain(feed, cursor)).toEqual([]);
        await context[Symbol.asyncDispose]();
      }
    });

    test('an item as each of its feeds has it is answered under the right post', async () => {
      const { number, url } = await newItem({ content: 'see #07ASTANA2244', tags: ['forms'] });
      await using writer = await openWriter(site.url, editor);
      for (const path of ['/tag/forms/feed/', '/tag/forms/feed/atom/', '/tag/forms/feed/rdf/']) {
        const { posts, context } = await read(path);
        const post = posts.find((one) => one.url === url);
        await writer.publish(answerTo(post as Post));
        await context[Symbol.asyncDispose]();
      }
      expect(await site.comments(number)).toHaveLength(3);
    });

    test('a comment of the comments’ feed is answered as a comment, and the bot’s own are known as its own', async () => {
      const item = await newItem();
      const said = `wp_insert_comment(['comment_post_ID' => ${item.number}, 'comment_author' => 'Ada',
        'comment_content' => 'see #07ASTANA2244', 'comment_approved' => 1]);`;
      const comment = Number(await site.php(`echo ${said}`));
      const first = await read('/comments/feed/');
      const post = first.posts.find(({ text }) => text.includes('#07ASTANA2244'));
      await using writer = await openWriter(site.url, editor);
      const { id } = await writer.publish(answerTo(post as Post));
      expect(await site.comments(item.number)).toContainEqual(
        expect.objectContaining({ id: Number(id), parent: comment, user: editor.id }),
      );
      const second = await read('/comments/feed/');
      const own = second.posts.filter(({ author }) => author.id === writer.publisher.self);
      expect(own.map(({ url }) => url)).toContain(`${item.url}#comment-${id}`);
      for (const { context } of [first, second]) await context[Symbol.asyncDispose]();
    });
  });

  describe('the post that is answered', () => {
    test.each<[string, (item: { id: string; url: string }) => { id: string; url: string | null }]>([
      ['its guid alone', ({ id }) => ({ id, url: null })],
      ['its address alone', ({ url }) => ({ id: url, url })],
      ['an address with marks of where a reader came from', ({ url }) => ({ id: url, url: `${url}?utm_source=feed` })],
      ['an address without its last slash', ({ url }) => ({ id: 'blog.example/17', url: url.slice(0, -1) })],
      ['an address with TLS', ({ url }) => ({ id: url, url: url.replace('http:', 'https:') })],
      ['a guid from before the site moved', ({ url }) => ({ id: 'https://old.example/?p=1', url })],
    ])('is found by %s', async (_what, addresses) => {
      const item = await newItem();
      await using writer = await openWriter(site.url, editor);
      const payload = answerTo(addresses(item));
      const published = await writer.publish(payload);
      expect(published.url).toBe(`${item.url}#comment-${published.id}`);
      expect(await site.comments(item.number)).toHaveLength(1);
    });

    test('may be a page', async () => {
      const item = await newItem({ type: 'page' });
      await using writer = await openWriter(site.url, editor);
      await writer.publish(answerTo(item));
      await writer.publish(answerTo({ ...item, id: item.url }));
      expect(await site.comments(item.number)).toHaveLength(2);
    });

    test.each<[string, (item: { id: string; url: string }) => { id: string; url: string | null }, RegExp]>([
      [
        'another site',
        () => ({ id: 'https://else.example/?p=1', url: 'https://else.example/post/' }),
        /is not on http/,
      ],
      ['no address', () => ({ id: 'abc', url: null }), /is not on http/],
      ['an address that nothing stands at', ({ url }) => ({ id: `${url}x`, url: `${url}x/` }), /no more/],
    ])('%s is refused, and nothing is sent', async (_what, addresses, words) => {
      const item = await newItem();
      await using writer = await openWriter(site.url, editor);
      const error = await writer.failure(answerTo(addresses(item)));
      expect(error).toBeInstanceOf(PermanentError);
      expect(String(error)).toMatch(words);
      expect(await site.comments(item.number)).toEqual([]);
    });

    test('a number that another post has now is not taken for it', async () => {
      const item = await newItem();
      await site.php(
        `global $wpdb; $wpdb->update($wpdb->posts, ['guid' => 'https://old.example/?p=7'], ['ID' => ${item.number}]);`,
      );
      await using writer = await openWriter(site.url, editor);
      const error = await writer.failure(answerTo({ id: item.id, url: `${site.url}/what-it-was/` }));
      expect(error).toMatchObject({ name: 'PermanentError', message: 'the site has what it answers no more' });
    });

    test.each([
      ['in the trash', (post: number) => `wp_trash_post(${post});`, 'no more'],
      ['gone', (post: number) => `wp_delete_post(${post}, true);`, 'no more'],
      ['a draft again', (post: number) => `wp_update_post(['ID' => ${post}, 'post_status' => 'draft']);`, 'no more'],
      [
        'closed to comments',
        (post: number) => `wp_update_post(['ID' => ${post}, 'comment_status' => 'closed']);`,
        'comments are closed',
      ],
    ])('that is %s is not answered', async (_what, code, words) => {
      const item = await newItem();
      await site.php(code(item.number));
      await using writer = await openWriter(site.url, editor);
      const error = await writer.failure(answerTo(item));
      expect(error).toBeInstanceOf(PermanentError);
      expect(String(error)).toContain(words);
    });

    test('a comment that is gone, or waits, is not answered', async () => {
      const item = await newItem();
      await using writer = await openWriter(site.url, editor);
      const error = await writer.failure(answerTo({ ...item, id: `${item.id}#comment-99999` }));
      expect(error).toMatchObject({
        name: 'PermanentError',
        message: expect.stringContaining('the comment that it answers no more'),
      });
      const code = `echo wp_insert_comment(['comment_post_ID' => ${item.number}, 'comment_content' => 'x', 'comment_approved' => 0]);`;
      const waiting = await site.php(code);
      expect(await writer.failure(answerTo({ ...item, id: `${item.id}#comment-${waiting}` }))).toBeInstanceOf(
        PermanentError,
      );
    });
  });

  describe('words', () => {
    test('with < & > and quotation marks reach the reader as they are, and are found again', async () => {
      const item = await newItem();
      for (const user of [editor, subscriber]) {
        await using writer = await openWriter(site.url, user);
        const text = `5 < 6 & "7" > <b>2</b> — it's 3x4 … https://example.org/?a=1&b=2`;
        const payload = answerTo(item, { text });
        const published = await writer.publish(payload);
        const answer = await fetch(`${site.url}/wp-json/wp/v2/comments/${published.id}`);
        const { content } = (await answer.json()) as { content: { rendered: string } };
        expect(content.rendered).toContain('&lt;b&gt;2&lt;/b&gt;');
        expect(content.rendered).toContain('<a href="https://example.org/?a=1&#038;b=2"');
        expect(await writer.publisher.find(payload, signal)).toEqual(published);
      }
    });
  });

  describe('an account that does not moderate', () => {
    test('is told to wait when it writes too fast, found again, and cannot take back: the check says so', async () => {
      const slow = await site.addUser('slow', 'subscriber');
      await using writer = await openWriter(site.url, slow);
      const item = await newItem();
      const payload = answerTo(item);
      const published = await writer.publish(payload);
      expect(await writer.failure(answerTo(item))).toMatchObject({
        name: 'RetryLater',
        account: true,
        message: expect.stringContaining('comment_flood'),
      });
      expect(await writer.publisher.find(payload, signal)).toEqual(published);
      expect(await writer.publisher.find(answerTo(item), signal)).toBe('cannot-tell');
      await expect(writer.publisher.withdraw(published, signal)).rejects.toThrow('rest_cannot_delete');
      expect(await writer.check()).toContain('`moderate_comments`');
    });

    test('whose comment waits is published, and the operator is told; sent again, it is not there twice', async () => {
      await site.php(`update_option('comment_moderation', 1);`);
      try {
        const careful = await site.addUser('careful', 'subscriber');
        await using writer = await openWriter(site.url, careful);
        const item = await newItem();
        const payload = answerTo(item);
        await writer.publish(payload);
        expect(writer.context.warnings).toEqual([expect.stringContaining('waits for the site’s moderators')]);
        expect(await writer.publisher.find(payload, signal)).toBe('cannot-tell');
        const again = await writer.publish(payload).then(({ id }) => id, String);
        expect(again).toMatch(/^unseen$|comment_flood/);
        expect(await site.comments(item.number)).toHaveLength(1);
      } finally {
        await site.php(`update_option('comment_moderation', 0);`);
      }
    });
  });

  test('what is in the trash already, or gone, counts as taken back', async () => {
    const item = await newItem();
    await using writer = await openWriter(site.url, editor);
    const payload = answerTo(item);
    const published = await writer.publish(payload);
    await site.php(`wp_delete_comment(${published.id}, true);`);
    await writer.publisher.withdraw(published, signal);
    expect(await writer.publisher.find(payload, signal)).toBe('absent');
  });

  test('without pretty addresses the API is found all the same', async () => {
    const item = await newItem();
    await site.php(`update_option('permalink_structure', ''); flush_rewrite_rules(true);`);
    try {
      await using writer = await openWriter(site.url, editor);
      const plain = { id: item.id, url: item.id };
      const payload = answerTo(plain);
      const published = await writer.publish(payload);
      expect(await writer.publisher.find(payload, signal)).toEqual(published);
      await writer.publisher.withdraw(published, signal);
      expect(await site.comments(item.number)).toEqual([]);
    } finally {
      await site.php(`update_option('permalink_structure', '/%postname%/');`);
      await site.php('flush_rewrite_rules(true);');
    }
  });

  describe('the network', () => {
    test('is down before anything is sent: later, and nothing is there', async () => {
      const item = await newItem();
      await using writer = await openWriter(site.url, editor);
      await site.stop();
      expect(await writer.failure(answerTo(item))).toBeInstanceOf(RetryLater);
      await site.start();
      expect(await site.comments(item.number)).toEqual([]);
    });

    test('loses the answer: the outcome is unknown, the comment is found, and sent again it is there once', async () => {
      const item = await newItem();
      await using proxy = await startProxy(site.port);
      const near = (address: string) => address.replace(`:${site.port}`, `:${proxy.port}`);
      await using writer = await openWriter(near(site.url), editor);
      // The comment is written, and its answer held back until nobody is there to hear it.
      const held = await site.php(`
        @mkdir(WPMU_PLUGIN_DIR); $held = ABSPATH . 'held'; touch($held);
        file_put_contents(WPMU_PLUGIN_DIR . '/hold.php', "<?php add_action('wp_insert_comment', function () {
          touch('$held-now'); while (file_exists('$held')) { usleep(10000); clearstatcache(); } });");
        echo $held;`);
      const payload = answerTo({ id: near(item.id), url: near(item.url) });
      const failing = writer.failure(payload);
      await vi.waitUntil(() => existsSync(`${held}-now`), wait);
      expect(proxy.reset()).toBeGreaterThan(0);
      rmSync(held);
      const error = await failing;
      expect(error instanceof RetryLater || error instanceof PermanentError).toBe(false);
      const [comment] = await site.comments(item.number);
      expect(await writer.publisher.find(payload, signal)).toMatchObject({ id: String(comment?.id) });
      expect(await writer.publish(payload)).toMatchObject({ id: String(comment?.id) });
      expect(await site.comments(item.number)).toHaveLength(1);
    });

    test.each([
      ['wrong password', 'editor'],
      ['unknown account', 'nobody'],
    ])('%s: the check says so, without a secret', async (_what, username) => {
      await using context = await openTestContext();
      const said = await driver.checkPublisher!(configOf(site.url, { username, password: 'hush hush' }), context);
      expect(said).toMatch(/does not let the account in: it answers 401/);
      expect(said).not.toContain('hush');
    });
  });
});
