import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codecs } from '../../../src/ledger/db/codecs.ts';
import { startWordpress, type WordpressServer, wordpressIsHere } from '../../servers/wordpress.ts';
import { openNotifyingBot } from './bot.ts';

/** Trackbacks of a post: whether each is approved, where it leads, and what it says. */
const listed = `$all = get_comments(['type' => 'trackback', 'status' => 'all']);
  echo json_encode(array_map(fn ($one) => [$one->comment_approved, $one->comment_author_url, $one->comment_content], $all));`;

describe.skipIf(!wordpressIsHere)('a real WordPress', () => {
  let blog: WordpressServer;
  beforeAll(async () => {
    blog = await startWordpress();
    // Debian packages WordPress's themes separately; this minimal theme shows a post, and says nothing of endpoints.
    await blog.php(`$theme = get_theme_root() . '/plain'; mkdir($theme, 0755, true);
      file_put_contents("$theme/style.css", '/* Theme Name: Plain */');
      file_put_contents("$theme/index.php", '<!doctype html><title>A blog</title><?php while (have_posts()) { the_post(); the_content(); }');
      switch_theme('plain'); update_option('comment_moderation', 1);`);
  });
  afterAll(() => blog[Symbol.asyncDispose]());

  const trackbacks = async () => JSON.parse(await blog.php(listed)) as string[][];

  test('takes one Trackback for a post that cites a cable, and shows it once it is approved', async () => {
    const bot = await openNotifyingBot({ feed: `${blog.url}/feed/`, site: blog.url, allow: blog.allow });
    await bot.work();
    await blog.post({ title: 'On the campaign', slug: 'campaign', content: '#cablegate #07ASTANA2244 ¶5' });
    await blog.post({ title: 'Nothing', slug: 'nothing', content: 'no cable' });
    await bot.work();
    await bot.work();
    expect(await bot.replies()).toEqual([{ state: 'sent', reason: null, publisher: 'blogs' }]);
    const words = expect.stringContaining('07ASTANA2244');
    expect(await trackbacks()).toEqual([['0', bot.page, words]]);
    await blog.php(
      `foreach (get_comments(['type' => 'trackback', 'status' => 'hold']) as $one) wp_set_comment_status($one->comment_ID, 'approve');`,
    );
    expect(await trackbacks()).toEqual([['1', bot.page, words]]);
  });

  test('refuses a second one, which counts as taken, and those to a post that is closed to them', async () => {
    const closed = await blog.post({ title: 'Closed', slug: 'closed', content: '#cablegate #07ASTANA2244 ¶7' });
    // WordPress takes one comment in 15 seconds from an address.
    await blog.php(`wp_update_post(['ID' => ${closed}, 'ping_status' => 'closed']); global $wpdb;
      $wpdb->query("update wp_comments set comment_date_gmt = '2020-01-01 00:00:00'");`);
    const bot = await openNotifyingBot({ feed: `${blog.url}/feed/`, site: blog.url, allow: blog.allow });
    await bot.work();
    expect((await bot.replies()).toSorted((a, b) => (a.state < b.state ? 1 : -1))).toMatchObject([
      { state: 'sent' },
      { state: 'refused', reason: expect.stringContaining('trackbacks are closed') },
    ]);
    const before = await trackbacks();
    const row = await bot.app.ledger.db
      .selectFrom('replies')
      .selectAll()
      .where('state', '=', 'sent')
      .executeTakeFirstOrThrow();
    const publisher = await bot.app.publisher('blogs');
    await publisher?.publish(codecs.replies.payload.decode(row.payload, row.key), AbortSignal.timeout(60_000));
    expect(await trackbacks()).toEqual(before);
  });
});
