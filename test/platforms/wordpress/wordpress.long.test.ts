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
  }, 240_000);
  afterAll(() => site[Symbol.asyncDispose]());

  describe('read through its feeds', () => {
    async function read(path: string, options: Partial<WebFeed> = {}) {
      const context = await openTestContext([site.allow]);
      const feed = await feeds.openFeed!({ ...WebFeed.parse({ url: `${site.url}${path}` }), ...options }, context);
      const pages = await drain(feed);
      return { posts: pages.flatMap(({ posts }) => posts), cursor: pages.at(-1)?.cursor, feed, context };
    }

    test('a tag feed has its posts with their tags, and answers 304 if nothing is new', async () => {
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

    test('an item of any feed format is answered under the right post', async () => {
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

    test('a feed of excerpts has its posts whole where the operator allows it', async () => {
      const content = `<p>${'It begins with a toast. '.repeat(30)}It ends in #07ASTANA2244 ¶5.</p>`;
      const { url } = await newItem({ content, tags: ['cut'] });
      await site.php(`update_option('rss_use_excerpt', 1); $theme = WP_CONTENT_DIR . '/themes/plain';
        @mkdir($theme, 0777, true); file_put_contents($theme . '/style.css', '/* Theme Name: Plain */');
        file_put_contents($theme . '/index.php', '<nav>#07PARIS1</nav><?php while (have_posts()) { the_post(); ?><article><?php the_content(); ?></article><?php }');
        switch_theme('plain');`);
      try {
        for (const fetchPages of [false, true]) {
          const { posts, context } = await read('/tag/cut/feed/', { fetchPages });
          const post = posts.find((one) => one.url === url);
          expect(post?.text.includes('#07ASTANA2244 ¶5')).toBe(fetchPages);
          await context[Symbol.asyncDispose]();
        }
      } finally {
        await site.php(`update_option('rss_use_excerpt', 0);`);
      }
    });

    test('a comment of the comment feed is answered as a comment, and the bot recognizes its own', async () => {
      const item = await newItem();
      const code = `wp_insert_comment(['comment_post_ID' => ${item.number}, 'comment_author' => 'Ada',
        'comment_content' => 'see #07ASTANA2244', 'comment_approved' => 1]);`;
      const comment = Number(await site.php(`echo ${code}`));
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

  describe('the parent post', () => {
    test.each<[string, (item: { id: string; url: string }) => { id: string; url: string | null }]>([
      ['its guid alone', ({ id }) => ({ id, url: null })],
      ['its address alone', ({ url }) => ({ id: url, url })],
      ['an address with tracking parameters', ({ url }) => ({ id: url, url: `${url}?utm_source=feed` })],
      ['an address without its trailing slash', ({ url }) => ({ id: 'blog.example/17', url: url.slice(0, -1) })],
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
      ['an unknown address', ({ url }) => ({ id: `${url}x`, url: `${url}x/` }), /no longer exists/],
    ])('%s is refused, and nothing is sent', async (_what, addresses, words) => {
      const item = await newItem();
      await using writer = await openWriter(site.url, editor);
      const error = await writer.failure(answerTo(addresses(item)));
      expect(error).toBeInstanceOf(PermanentError);
      expect(String(error)).toMatch(words);
      expect(await site.comments(item.number)).toEqual([]);
    });

    test('a number that another post has now does not match', async () => {
      const item = await newItem();
      await site.php(
        `global $wpdb; $wpdb->update($wpdb->posts, ['guid' => 'https://old.example/?p=7'], ['ID' => ${item.number}]);`,
      );
      await using writer = await openWriter(site.url, editor);
      const error = await writer.failure(answerTo({ id: item.id, url: `${site.url}/what-it-was/` }));
      expect(error).toMatchObject({ name: 'PermanentError', message: 'the parent post no longer exists on the site' });
    });

    test.each([
      ['in the trash', (post: number) => `wp_trash_post(${post});`, 'no longer exists'],
      ['deleted', (post: number) => `wp_delete_post(${post}, true);`, 'no longer exists'],
      [
        'a draft again',
        (post: number) => `wp_update_post(['ID' => ${post}, 'post_status' => 'draft']);`,
        'no longer exists',
      ],
      [
        'closed to comments',
        (post: number) => `wp_update_post(['ID' => ${post}, 'comment_status' => 'closed']);`,
        'closed to comments',
      ],
    ])('that is %s is not answered', async (_what, code, words) => {
      const item = await newItem();
      await site.php(code(item.number));
      await using writer = await openWriter(site.url, editor);
      const error = await writer.failure(answerTo(item));
      expect(error).toBeInstanceOf(PermanentError);
      expect(String(error)).toContain(words);
    });

    test('a comment that is deleted or pending is not answered', async () => {
      const item = await newItem();
      await using writer = await openWriter(site.url, editor);
      const error = await writer.failure(answerTo({ ...item, id: `${item.id}#comment-99999` }));
      expect(error).toMatchObject({
        name: 'PermanentError',
        message: expect.stringContaining('the parent comment does not exist'),
      });
      const code = `echo wp_insert_comment(['comment_post_ID' => ${item.number}, 'comment_content' => 'x', 'comment_approved' => 0]);`;
      const waiting = await site.php(code);
      expect(await writer.failure(answerTo({ ...item, id: `${item.id}#comment-${waiting}` }))).toBeInstanceOf(
        PermanentError,
      );
    });
  });

  describe('a text', () => {
    test('with < & > and quotation marks reaches the reader unchanged, and is found again', async () => {
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
    test('waits when it writes too fast, finds its comment, and cannot delete it, as the check says', async () => {
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

    test('with a pending comment has published it, warns the operator, and does not double it when it is sent again', async () => {
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

  test('a comment that is already deleted counts as withdrawn', async () => {
    const item = await newItem();
    await using writer = await openWriter(site.url, editor);
    const payload = answerTo(item);
    const published = await writer.publish(payload);
    await site.php(`wp_delete_comment(${published.id}, true);`);
    await writer.publisher.withdraw(published, signal);
    expect(await writer.publisher.find(payload, signal)).toBe('absent');
  });

  test('the API is found without pretty permalinks as well', async () => {
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
    test('is down before anything is sent: tried later, and no comment exists', async () => {
      const item = await newItem();
      await using writer = await openWriter(site.url, editor);
      await site.stop();
      expect(await writer.failure(answerTo(item))).toBeInstanceOf(RetryLater);
      await site.start();
      expect(await site.comments(item.number)).toEqual([]);
    });

    test('loses the answer: the outcome is unknown, the comment is found, and a repeat does not double it', async () => {
      const item = await newItem();
      await using proxy = await startProxy(site.port);
      const near = (address: string) => address.replace(`:${site.port}`, `:${proxy.port}`);
      await using writer = await openWriter(near(site.url), editor);
      // Write the comment, but hold its answer back until the connection is cut.
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
      const fault = await driver.checkPublisher!(configOf(site.url, { username, password: 'hush hush' }), context);
      expect(fault).toMatch(/rejects the account: it answered 401/);
      expect(fault).not.toContain('hush');
    });
  });
});
