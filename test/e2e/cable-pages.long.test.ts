import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startWordpress, wordpressIsHere } from '../servers/wordpress.ts';
import { browserIsHere, startBrowser } from '../support/browser.ts';
import { openClient, openSite } from '../support/web.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const seed = '/cable/07ASTANA2244';
const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

describe.skipIf(!browserIsHere)('in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test(
    'the link to each of the 24 paragraphs lands on it, from outside and within the page',
    { timeout: 240_000 },
    async () => {
      const { origin, app } = await openSite({ posts: [], web: '  cables: public\n' });
      const cable = await app.cables.corpus.cable('07ASTANA2244' as never);
      const page = await browser.newPage({ viewport: sizes.desktop });
      onTestFinished(() => page.close());
      expect(cable?.paragraphs).toHaveLength(24);
      for (const { number, text } of cable?.paragraphs ?? []) {
        await page.goto(`${origin}/cable/07astana2244#par${number}`);
        const start = text.slice(0, 40).replaceAll(/\s+/g, ' ');
        expect([number, await page.evaluate<string>(landedText)]).toEqual([number, expect.stringContaining(start)]);
      }
      await page.getByRole('link', { name: 'Link to paragraph 3', exact: true }).click();
      expect(new URL(page.url()).hash).toBe('#par3');
      expect(await page.evaluate<string>(landedText)).toMatch(/^¶Link to paragraph 3/);
    },
  );

  for (const [size, viewport] of Object.entries(sizes)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      test(
        `pages work on a ${size}, ${colorScheme}: no overflow, no errors, no external requests, accessible`,
        { timeout: 240_000 },
        async () => {
          const { origin, entry } = await openSite({ web: '  cables: public\n' });
          const page = await browser.newPage({ viewport, colorScheme });
          onTestFinished(() => page.close());
          const complaints: string[] = [];
          page.on('console', (message) => {
            // The browser also reports the expected 404.
            if (message.type() === 'error' && !message.text().includes('404')) complaints.push(message.text());
          });
          page.on('pageerror', (error) => complaints.push(error.message));
          page.on('request', (request) => {
            if (!request.url().startsWith(`${origin}/`)) complaints.push(`asked for ${request.url()}`);
          });
          await page.goto(`${origin}${entry}`);
          for (const path of [
            `${seed}#par3`,
            '/cable/07ASTANA2221',
            '/cables',
            '/cables?by=classification',
            '/cables?q=campaign',
            '/cable/99NOWHERE1',
            '/trackbacks',
          ]) {
            await page.goto(`${origin}${path}`);
            const wide = await page.evaluate(
              'document.documentElement.scrollWidth - document.documentElement.clientWidth',
            );
            expect([path, wide]).toEqual([path, 0]);
            expect([path, await seriousFaults(page)]).toEqual([path, []]);
          }
          expect(complaints).toEqual([]);
        },
      );
    }
  }
});

describe.skipIf(!browserIsHere)('the layout of wide pages', () => {
  test('head, text and foot begin at one line, and the list of cables uses the whole width', async () => {
    await using browser = await startBrowser();
    const { origin } = await openSite({ posts: [], web: '  cables: public\n' });
    const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
    for (const path of ['/cables', seed, '/cable/07ASTANA2221']) {
      await page.goto(`${origin}${path}`);
      const lefts = await page.evaluate<number[]>(
        `['.brand', 'h1', '.bottom p'].map((one) => Math.round(document.querySelector(one).getBoundingClientRect().left))`,
      );
      expect([path, new Set(lefts).size]).toEqual([path, 1]);
    }
    await page.goto(`${origin}/cables`);
    const width = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((found) => found.getBoundingClientRect().width);
    expect((await width('.cables li')) / (await width('h1'))).toBeCloseTo(1);
  });
});

/** Runs in the page: the text of the fragment's target, or why it is not visible. */
const landedText = `(() => {
  const target = document.querySelector(':target');
  if (target === null) return 'nothing';
  const { top, bottom } = target.getBoundingClientRect();
  if (top < -1 || (top > window.innerHeight - 20 && bottom > 0)) return 'out of view';
  if (document.querySelectorAll("[id='" + target.id + "']").length !== 1) return 'twice';
  return target.textContent.replace(/\\s+/g, ' ').trim();
})()`;

async function seriousFaults(page: Page): Promise<string[]> {
  // Evaluated by the debugger, because the page's policy forbids script elements.
  await page.evaluate(axe);
  const found = await page.evaluate<{ violations: { id: string; impact: string; nodes: { target: string[] }[] }[] }>(
    'axe.run()',
  );
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(' ')}`);
}

describe.skipIf(!wordpressIsHere)('a real WordPress', () => {
  test('sends a Trackback that is shown once a person approves it', { timeout: 120_000 }, async () => {
    const blog = await startWordpress();
    onTestFinished(() => blog[Symbol.asyncDispose]());
    const site = await openSite({
      posts: [],
      web: `  cables: public\nnetwork: { allowPrivate: ['${blog.allow}'] }\n`,
    });
    // Debian packages WordPress's themes separately; this minimal theme shows a post.
    await blog.php(`$theme = get_theme_root() . '/plain'; mkdir($theme, 0755, true);
      file_put_contents("$theme/style.css", '/* Theme Name: Plain */');
      file_put_contents("$theme/index.php", '<!doctype html><title><?php wp_title(); ?></title><?php while (have_posts()) { the_post(); the_content(); }');
      switch_theme('plain');`);
    const id = await blog.post({
      title: 'On the campaign',
      slug: 'campaign',
      content: `<a href="${site.origin}${seed}">The cable</a>`,
    });
    // WordPress sends to public addresses and common ports only; here both sides are on one machine.
    const output = await blog.php(`add_filter('http_request_host_is_external', '__return_true');
      add_filter('http_allowed_safe_ports', fn () => [${new URL(site.origin).port}]);
      $sent = trackback('${site.origin}/trackback/07ASTANA2244', 'On the campaign', 'What the cable says', ${id});
      if (is_wp_error($sent)) echo $sent->get_error_message();
      global $wpdb; $wpdb->update($wpdb->posts, ['to_ping' => '${site.origin}/trackback/07ASTANA2244'], ['ID' => ${id}]); do_trackbacks(${id});`);
    await site.work();
    expect(output).toBe('');
    // It was sent twice, by hand and on publishing, and is one page.
    const rows = await site.app.ledger.db.selectFrom('trackbacks').selectAll().execute();
    expect(rows).toMatchObject([
      { kind: 'trackback', state: 'pending', error: null, title: 'On the campaign', site: 'A blog' },
    ]);
    const client = openClient(site);
    for (const row of rows) await client.submit('/trackbacks', { id: row.id, choice: 'approve' });
    await site.work();
    expect(await client.page(seed)).toContain('On the campaign');
  });
});
