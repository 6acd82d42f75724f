import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WordpressPublisher } from '../../../src/platforms/wordpress/config.ts';
import { isSamePage, locationOf } from '../../../src/platforms/wordpress/comment-pages.ts';

const site = 'https://blog.example/news/';

describe('an address', () => {
  test.each([
    ['https://blog.example/news/2026/five/', { slug: 'five', post: undefined, comment: undefined }],
    ['http://blog.example/news/?p=5', { slug: undefined, post: 5 }],
    ['https://blog.example/news/?page_id=6', { post: 6 }],
    ['https://blog.example/news/five/#comment-7', { slug: 'five', comment: 7 }],
    ['https://blog.example/news/?p=5#comment-7', { post: 5, comment: 7 }],
    ['https://blog.example/news/?p=5x#comment-', { post: undefined, comment: undefined }],
    ['https://blog.example/news/?p=99999999999', { post: undefined }],
  ])('%s gives the location on the site', (url, location) => {
    expect(locationOf({ id: url, url }, site)).toMatchObject(location);
  });

  test.each([
    'https://blog.example/newspaper/five/',
    'https://blog.example/',
    'https://blog.example.evil.example/news/five/',
    'https://evil.example/news/five/?https://blog.example/news/five/',
    'https://blog.example:8443/news/five/',
    'https://blog.example@evil.example/news/five/',
    'javascript:alert(1)',
    'abc',
  ])('%s is not on the site', (url) => {
    expect(locationOf({ id: url, url }, site)).toBeUndefined();
    expect(locationOf({ id: `${site}?p=1`, url }, site)).toBeUndefined();
  });

  test('never throws, and yields only numbers and a path segment', () => {
    const written = fc.oneof(fc.webUrl({ withFragments: true, withQueryParameters: true }), fc.string());
    fc.assert(
      fc.property(written, written, fc.boolean(), (id, path, isOn) => {
        const url = isOn ? site + path : path;
        const location = locationOf({ id, url }, site);
        for (const number of [location?.post, location?.comment])
          if (number !== undefined) expect(number).toBeGreaterThan(0);
        expect(location?.slug ?? 'a').not.toContain('/');
        expect(isSamePage(url, url)).toBe(URL.canParse(url));
      }),
    );
  });
});

describe('a site', () => {
  const parse = (url: string) =>
    WordpressPublisher.safeParse({ site: url, username: 'pilcrow', password: { env: 'P' } });

  test.each([
    'https://blog.example',
    'https://blog.example/news/',
    'http://localhost:8080',
    'http://127.0.0.1:8080/wp',
  ])('may be %s', (url) => expect(parse(url).success).toBe(true));

  test.each([
    ['http://blog.example', 'others could read the password'],
    ['https://me:secret@blog.example', 'without a password'],
    ['https://blog.example/?p=1', 'without ? and #'],
    ['blog.example', 'expected the address of a site'],
  ])('is not %s: %s', (url, words) => {
    expect(parse(url).error?.message).toContain(words);
  });
});
