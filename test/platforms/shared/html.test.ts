import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { htmlToText } from '../../../src/platforms/shared/html.ts';
import { growthOf, linear } from '../../support/growth.ts';
import { pages } from './html.work.ts';

const growths = growthOf(new URL('html.work.ts', import.meta.url), 32_000);
const base = 'https://blog.example/2026/post';
const text = (html: string) => htmlToText(html, base).text;

describe('HTML to text', () => {
  test.each([
    ['paragraphs are set apart', '<p>one</p><p>two</p>', 'one\n\ntwo'],
    ['line breaks break lines', 'one<br>two<br/>three', 'one\ntwo\nthree'],
    ['blanks collapse', '<p>  one\n\n  two&nbsp; three </p>', 'one two three'],
    ['entities are decoded, once', '&lt;b&gt; &amp;amp; &#x41;&eacute;', '<b> &amp; Aé'],
    ['quotations stand in > lines', 'a<blockquote><p>b<br>c</p></blockquote>d', 'a\n\n> b\n> c\n\nd'],
    ['the line that stands in for a quote is left out', '<p class="quote-inline">RE: <b>x</b><br></p><p>a</p>', 'a'],
    ['also at the end', 'a<span class="q quote-inline"><br>RE: <a href="/b">b</a></span> c', 'a c'],
    ['quotations in quotations too', '<blockquote>a<blockquote>b</blockquote>c</blockquote>', '> a\n\n> > b\n\n> c'],
    ['code stands between back-ticks', 'see <code>07ASTANA2244</code> there', 'see `07ASTANA2244` there'],
    ['preformatted text is fenced and keeps its lines', '<pre><code>a\n  b</code></pre>', '```\na\n  b\n```'],
    ['scripts, styles and the like are dropped', 'a<script>x<b></script><style>y</style><template>z</template>b', 'ab'],
    ['lists', '<ul><li>a</li><li>b</li></ul>', '- a\n- b'],
    ['inline marks join what they join', '0<b>7</b>ASTANA<i>2244</i>', '07ASTANA2244'],
    ['plain text keeps its lines', 'one\ntwo &amp; 5 < 6', 'one\ntwo & 5 < 6'],
    ['comments say nothing', 'a<!-- #07ASTANA2244 -->b', 'ab'],
    ['NUL and lone surrogates are replaced', 'a\uDC00&#0;b', 'a\uFFFD\uFFFDb'],
  ])('%s', (_what, html, expected) => {
    expect(text(html)).toEqual(expected);
  });

  test('links are absolute, http or https, once each, and not those of quotations and code', () => {
    const html = `<a href="/a">a</a><a href="/a">again</a><a href="https://b.example/#par5">b</a><a href="javascript:alert(1)">c</a>
      <a href="mailto:ada@example.org">d</a><blockquote><a href="/quoted">e</a></blockquote><pre><a href="/code">f</a></pre>`;
    expect(htmlToText(html, base).links).toEqual(['https://blog.example/a', 'https://b.example/#par5']);
  });
});

describe('hostile HTML', () => {
  describe.each(Object.entries(pages))('a million characters of: %s', (what, page) => {
    test('take bounded room', () => expect(htmlToText(page(1_000_000), base).text.length).toBeLessThan(1_000_000));

    test('take work that grows with their number', async () => {
      expect((await growths).get(what)).toBeLessThan(linear);
    });
  });

  test('what stood before nesting got absurd is kept', () => {
    expect(text(`before ${'<i>'.repeat(5000)} within`)).toBe('before');
  });

  test('nothing throws, and no script is ever text', () => {
    const pieces = fc.constantFrom(
      '<p>',
      '</p>',
      '<blockquote>',
      '</blockquote>',
      '<pre>',
      '</pre>',
      '<code>',
      '</code>',
      '<script>',
      '</script>',
      'x',
      '\n',
      '<a href="/y">',
      '</a>',
      '<li',
      '&',
      '>',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        expect(text(`${parts.join('')}</script><script>EVIL</script>`)).not.toContain('EVIL');
      }),
    );
  });
});
