import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { serve } from '../support/serve.ts';
import { tempDir } from '../support/temp.ts';
import { pilcrowOnce, writeWorkplace } from '../support/workplace.ts';

const good = (id: string) => `{"id":"${id}","text":"#07ASTANA2244 ¶5"}\n`;

function repliedKeys(dir: string): string[] {
  const lines = readFileSync(join(dir, 'data/replies.jsonl'), 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => (JSON.parse(line) as { key: string }).key).toSorted();
}

test('a 200 MB line, bytes that are no UTF-8, and texts made to hurt: each told of, the posts between them answered', async () => {
  const dir = await tempDir();
  const config = writeWorkplace(dir, []);
  const file = createWriteStream(join(dir, 'posts.jsonl'));
  await pipeline(async function* () {
    yield good('before');
    yield '{"id":"long","text":"';
    for (let i = 0; i < 200; i += 1) yield 'x'.repeat(1_000_000);
    yield '"}\n';
    yield good('between');
    yield Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d, 0x0a]);
    for (const filler of ['#', '1234567890', '1. (U) ', '"', '¶3,', '07A', '> ', '`']) {
      yield `${JSON.stringify({ id: filler, text: filler.repeat(900_000 / filler.length) })}\n`;
    }
    yield good('after');
  }, file);
  const { code, err } = await pilcrowOnce(['once', '--quiet', '--config', config]);
  expect(code).toBe(0);
  expect(repliedKeys(dir)).toEqual(['file:after', 'file:before', 'file:between']);
  expect(err).toMatch(/posts\.jsonl:2: .*(long|larger)/);
  expect(err).toMatch(/posts\.jsonl:4: .*UTF-8/);
}, 240_000);

test('feeds that redirect inside, never end, or unpack to gigabytes: each refused by name, the rest goes on', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000, 'x'));
  await using server = await serve((request, response) => {
    if (request.url === '/inside')
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end();
    else if (request.url === '/bomb') response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    else if (request.url === '/endless') endless(response);
    else response.end(rss);
  });
  const dir = await tempDir();
  const config = writeWorkplace(dir, [{ id: 'file', text: '#07ASTANA2244 ¶5' }]);
  const feeds = ['inside', 'bomb', 'endless', 'good'].map(
    (name) =>
      `  - name: ${name}\n    platform: rss\n    maxAge: null\n    firstRun: 9999d\n    url: ${server.url}${name}\n`,
  );

  const text = readFileSync(config, 'utf8').replace('feeds:\n', `feeds:\n${feeds.join('')}`);
  writeFileSync(config, `${text}network:\n  allowPrivate: ["${server.allow}"]\n`);
  const { code, err } = await pilcrowOnce(['once', '--quiet', '--config', config]);
  // Three of the four feeds could not be read.
  expect(code).toBe(1);
  expect(err).toMatch(/inside: .*169\.254\.169\.254.*link-local/);
  expect(err).toMatch(/bomb: .*larger than/);
  expect(err).toMatch(/endless: .*larger than/);
  expect(repliedKeys(dir)).toHaveLength(2);
}, 240_000);

const rss = `<?xml version="1.0"?><rss version="2.0"><channel><title>Blog</title><link>https://blog.example/</link>
<item><title>A cable</title><guid isPermaLink="false">item-1</guid><pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate>
<description>Read #07ASTANA2244 ¶7</description></item></channel></rss>`;

/** As much as the other side takes, without an end. */
function endless(response: ServerResponse): void {
  const more = () => {
    while (!response.destroyed && response.write(' '.repeat(100_000)));
  };
  response.on('drain', more);
  more();
}
