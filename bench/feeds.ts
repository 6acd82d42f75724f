import { parseFeed } from 'feedsmith';
import { readDocument } from '../src/platforms/rss/reader.ts';
import { postTexts } from '../test/support/make-posts.ts';
import { type Bench, ratesInTurns, thousands } from './figure.ts';

const itemCount = 100;
const documents = 20;
const rounds = 15;
const now = Date.UTC(2026, 0, 1);

/** Items of web feeds made into posts, beside feedsmith parsing the same documents. Half the time goes to the text of their HTML, by htmlparser2. */
export const bench: Bench = {
  run() {
    const texts = Array.from({ length: documents }, (_, serial) => documentOf(serial));
    const bodies = texts.map((text) => new TextEncoder().encode(text));
    const url = 'https://blog.example/feed';
    let posts = 0;
    const ours = () => {
      posts = 0;
      for (const body of bodies) {
        const { items } = readDocument({ body, contentType: 'application/rss+xml', url, base: url, now });
        posts += items.filter(({ read }) => 'key' in read).length;
      }
    };
    const alone = () => {
      for (const text of texts) parseFeed(text);
    };
    const [items = 0, parsed = 0] = ratesInTurns(documents * itemCount, [ours, alone], rounds);
    if (posts !== documents * itemCount) throw new Error(`${posts} posts of ${documents * itemCount} items`);
    return Promise.resolve([
      {
        name: 'feeds read, against feedsmith alone',
        measured: `${thousands(items)} items/s as posts, feedsmith ${thousands(parsed)}/s as objects`,
        value: items / parsed,
        target: '>= 0.1 x',
        met: items / parsed >= 0.1,
      },
    ]);
  },
};

/** As WordPress writes them: an excerpt, and the whole post in some 3 KB of HTML. */
function documentOf(serial: number): string {
  const items = postTexts(itemCount, { citing: 0.05, seed: serial + 1 }).map((text, i) => {
    const link = `https://blog.example/${serial}/${i}/`;
    const date = new Date(now - i * 3_600_000).toUTCString();
    const paragraph = `<p>${escaped(text)} <a href="https://other.example/${i}">there</a> &#8220;<em>so</em>&#8221;</p>`;
    return `<item><title>${escaped(text.slice(0, 60))}</title><link>${link}</link><dc:creator><![CDATA[Ann]]></dc:creator>
<pubDate>${date}</pubDate><category><![CDATA[news]]></category><guid isPermaLink="false">${link}?p=${i}</guid>
<description><![CDATA[<p>${escaped(text)}</p>]]></description><content:encoded><![CDATA[${paragraph.repeat(14)}]]></content:encoded></item>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Blog</title><link>https://blog.example</link><description>d</description>
${items.join('\n')}</channel></rss>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
