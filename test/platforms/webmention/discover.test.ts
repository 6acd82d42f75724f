import { describe, expect, test } from 'vitest';
import { endpointOf } from '../../../src/platforms/webmention/discover.ts';

const page = 'https://blog.example/2026/a-post';

/** The endpoint of a page with these headers and this document. */
function endpoint({ link, html = '', url = page }: { link?: string | readonly string[]; html?: string; url?: string }) {
  const headers = new Headers();
  for (const one of [link ?? []].flat()) headers.append('link', one);
  return endpointOf({ url, headers, html }, page);
}

const at = (path: string) => `https://blog.example${path}`;

describe('the endpoint for Webmentions is discovered', () => {
  test.each([
    ['in a header', { link: '</wm>; rel=webmention' }, at('/wm')],
    [
      'in a header, with its whole address',
      { link: '<https://wm.example/a?b=1,2>; rel="webmention"' },
      'https://wm.example/a?b=1,2',
    ],
    ['in a header with several relations', { link: '<wm>; rel="me WebMention preload"; title="a, b"' }, at('/2026/wm')],
    ['in one of several headers', { link: ['</a>; rel="alternate"', '</wm>; rel="webmention"'] }, at('/wm')],
    [
      'in a header with several values',
      { link: '</a,b>; rel="x, y", </wm>; title="<no>"; rel=webmention, </c>; rel=me' },
      at('/wm'),
    ],
    ['in a <link>', { html: '<head><link rel="me webmention" href="/wm?id=5&amp;x=1"></head>' }, at('/wm?id=5&x=1')],
    ['in an <a>', { html: '<p><a href="wm" rel=webmention>endpoint</a>' }, at('/2026/wm')],
    [
      'as the first in the document, an <a> before a <link>',
      { html: '<a rel=webmention href=/a></a><link rel=webmention href=/b>' },
      at('/a'),
    ],
    [
      'in a header before the document',
      { link: '</h>; rel="webmention"', html: '<link rel="webmention" href="/b">' },
      at('/h'),
    ],
    ['as the page itself, where the address is empty', { html: '<link rel="webmention" href="">' }, page],
    [
      'relative to where redirects lead',
      { html: '<link rel=webmention href=wm>', url: 'https://new.example/x/y' },
      'https://new.example/x/wm',
    ],
    [
      'relative to the base of the document',
      { html: '<base href="/base/"><a rel=webmention href=wm>' },
      at('/base/wm'),
    ],
    ['behind one without an address', { html: '<link rel="webmention"><a rel="webmention" href="/wm">' }, at('/wm')],
  ] as const)('%s', (_where, given, url) => expect(endpoint(given)).toEqual({ kind: 'webmention', url }));

  test.each([
    ['another relation', { link: '</wm>; rel="not-webmention"', html: '<a rel="webmention-x" href="/wm">' }],
    ['a comment', { html: '<!-- <link rel="webmention" href="/wm"> -->' }],
    ['escaped text', { html: '<code>&lt;link rel="webmention" href="/wm"&gt;</code>' }],
    ['a script', { html: '<script>"<link rel=webmention href=/wm>"</script>' }],
    ['an address of another scheme', { html: '<link rel="webmention" href="mailto:a@b.example">' }],
    ['another element', { html: '<area rel="webmention" href="/wm">' }],
  ])('but not in %s', (_where, given) => expect(endpoint(given)).toBeUndefined());
});

describe('the endpoint for Trackbacks is discovered', () => {
  const rdf = (identifier: string, ping: string) =>
    `<!-- <rdf:RDF xmlns:trackback="http://x/"><rdf:Description rdf:about="${identifier}" dc:identifier="${identifier}" dc:title="A" trackback:ping="${ping}" /></rdf:RDF> -->`;
  const wordpress = '</wp-json/>; rel="https://api.w.org/", <https://blog.example/?p=12>; rel=shortlink';

  test.each([
    [
      'in the RDF of its page',
      { html: rdf(at('/other'), '/tb/1') + rdf(page, 'https://blog.example/tb?id=2&amp;x=1') },
      at('/tb?id=2&x=1'),
    ],
    ['in a link', { html: '<a rel="trackback" href="trackback/">' }, at('/2026/trackback/')],
    ['by the headers of WordPress', { link: wordpress }, at('/wp-trackback.php/12')],
  ])('%s', (_where, given, url) => expect(endpoint(given)).toEqual({ kind: 'trackback', url }));

  test('only where there is none for Webmentions, and not in the RDF of another page', () => {
    const html = `${rdf(page, '/tb/1')}<a rel="webmention" href="/wm">`;
    expect(endpoint({ html, link: wordpress })).toEqual({ kind: 'webmention', url: at('/wm') });
    expect(endpoint({ html: rdf(at('/other'), '/tb/1') })).toBeUndefined();
  });
});

test('a document that nests without end, or is endless, is read up to its bounds', () => {
  const late = '<a rel=webmention href=/wm>';
  expect(endpoint({ html: '<div>'.repeat(100_000) + late })).toBeUndefined();
  expect(endpoint({ html: 'x'.repeat(600_000) + late })).toBeUndefined();
  expect(endpoint({ link: '<a>;"'.repeat(3000) })).toBeUndefined();
});
