import { expect, test } from 'vitest';
import { postText } from '../../src/web/operator/mentions/post-text.ts';
import { openClient, openSite } from '../support/web.ts';

const long = `${'and so on '.repeat(60)}the last words`;
const shown = async (text: string, hits: readonly string[] = []): Promise<string> =>
  (await postText(text, { hits })).toString();

test('a long post is folded, by its length or by its lines, and a short one is not', async () => {
  expect(await shown('#07ASTANA2244 ¶5')).toBe('<blockquote class="words ">#07ASTANA2244 ¶5</blockquote>');
  expect(await shown(long)).toMatch(/<\/blockquote>\s*<details class="unfold" >/);
  expect(await shown('a\n'.repeat(9))).toContain('<details class="unfold" >');
});

test('what a search found is marked, whatever its case, and unfolds the post where it would be hidden', async () => {
  expect(await shown('So (it) said.', ['(IT)'])).toContain('So <mark>(it)</mark> said.');
  expect(await shown(long, ['and so'])).toContain('<details class="unfold" >');
  expect(await shown(long, ['Last words'])).toMatch(
    /<mark>last words<\/mark><\/blockquote>\s*<details class="unfold" open>/,
  );
  expect(await shown('<b>bold</b>', ['b'])).toContain('&lt;<mark>b</mark>&gt;');
});

test('the mentions mark the words or the citation that was searched for', async () => {
  const client = openClient(await openSite({ posts: [{ id: '1', text: `#07astana2244 ¶5 ${long}` }] }));
  expect(await client.page('/mentions?q=Last+Words')).toContain('<mark>last words</mark>');
  expect(await client.page('/mentions?q=07ASTANA2244')).toContain('<mark>#07astana2244');
  expect(await client.page('/mentions')).not.toContain('<mark>');
});
