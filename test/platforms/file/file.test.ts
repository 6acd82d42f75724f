import { createHook } from 'node:async_hooks';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, copyFile, mkdir, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cursor, Page } from '../../../src/core/post.ts';
import { FileFeed } from '../../../src/platforms/file/config.ts';
import { driver } from '../../../src/platforms/file/driver.ts';
import { PipeFeed } from '../../../src/platforms/file/stdin.ts';
import { drain, feedContract, textsOf } from '../../contract/feed.ts';
import { type TestContext, openTestContext } from '../../support/driver-context.ts';
import { wait } from '../../support/wait.ts';

const hostileLines = [
  '{"text": "cut off',
  '[]',
  'null',
  '{"id":"no text"}',
  '{"text":5}',
  '[[[['.repeat(1000),
  Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
  'x'.repeat(20_000),
];
let nextHostile = 0;

feedContract('file', async () => {
  const context = await openTestContext();
  const path = join(context.folder, 'posts.jsonl');
  await writeFile(path, '');
  const hostile = hostileLines[nextHostile++ % hostileLines.length]!;
  return {
    open: () => openFeed(context, { paths: ['posts.jsonl'], maxLineBytes: 4096 }),
    check: () => driver.checkFeed!(FileFeed.parse({ paths: ['posts.jsonl'] }), context),
    write: (texts) => appendFile(path, texts.map(lineOf).join('')),
    writeHostile: async () => {
      await appendFile(path, hostile);
      await appendFile(path, '\n');
    },
    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
});

let serial = 0;
const lineOf = (text: string) => `${JSON.stringify({ id: `id${serial++}`, text })}\n`;

async function openFeed(context: TestContext, config: Partial<FileFeed>) {
  return await driver.openFeed!(FileFeed.parse(config), context);
}

/** A folder with `posts.jsonl`, read step by step as the scheduler does. */
async function openFolder(config: Partial<FileFeed> = { paths: ['posts.jsonl'] }) {
  const context = await openTestContext();
  const feed = await openFeed(context, config);
  let cursor: Cursor | undefined;
  const path = (name = 'posts.jsonl') => join(context.folder, name);
  return {
    context,
    path,
    write: (text: string | Buffer, name?: string) => appendFile(path(name), text),
    /** Texts and rejects of all that is new. */
    async poll() {
      const pages = await drain(feed, cursor);
      cursor = pages.at(-1)?.cursor ?? cursor;
      return { texts: textsOf(pages), rejects: pages.flatMap((page) => page.rejects) };
    },
    async lookTexts() {
      return (await this.poll()).texts;
    },
    get cursor() {
      return cursor;
    },
    [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
  };
}

describe('lines', () => {
  test('a line without its newline waits until it is complete', async () => {
    await using folder = await openFolder();
    await folder.write(`${lineOf('one')}{"id":"2","te`);
    expect(await folder.lookTexts()).toEqual(['one']);
    expect(await folder.lookTexts()).toEqual([]);
    await folder.write('xt":"two"}');
    expect(await folder.lookTexts()).toEqual([]);
    await folder.write('\n');
    expect(await folder.lookTexts()).toEqual(['two']);
  });

  test('rejects say file and line, and carry at most 200 characters', async () => {
    await using folder = await openFolder();
    const invalid = Buffer.concat([Buffer.from('{"text":"caf'), Buffer.from([0xe9]), Buffer.from('"}\n')]);
    await folder.write(`${lineOf('one')}\nnot json ${'y'.repeat(500)}\n`);
    await folder.write(invalid);
    await folder.write(
      '{"text":"x","visibility":"secret","createdAt":"yesterday"}\n{"text":"x","id":12345678901234567890}\n',
    );
    const { texts, rejects } = await folder.poll();
    expect(texts).toEqual(['one']);
    expect(rejects.map(({ position, reason }) => `${position}: ${reason}`)).toEqual([
      'posts.jsonl:3: not JSON',
      'posts.jsonl:4: not UTF-8',
      expect.stringMatching(/^posts.jsonl:5: createdAt: expected an ISO 8601 time.*; visibility: /),
      'posts.jsonl:6: id: expected a text of 1 to 1000 characters, or a whole number that JSON can hold exactly',
    ]);
    expect(rejects[0]?.excerpt).toHaveLength(200);
  });

  test('a line of 200 MB is rejected, and the lines around it come', async () => {
    await using folder = await openFolder();
    await folder.write(lineOf('before'));
    const megabytes = Buffer.alloc(10_000_000, 'x');
    for (let written = 0; written < 20; written++) await folder.write(megabytes);
    await folder.write(`\n${lineOf('after')}`);
    const { texts, rejects } = await folder.poll();
    expect(texts).toEqual(['before', 'after']);
    expect(rejects).toMatchObject([{ position: 'posts.jsonl:2', reason: 'line is longer than 1048576 bytes' }]);
  });

  test('an overlong line that grows is read on from where it was left, and rejected once', async () => {
    await using folder = await openFolder({ paths: ['posts.jsonl'], maxLineBytes: 1024 });
    await folder.write('x'.repeat(2000));
    expect((await folder.poll()).rejects).toHaveLength(1);
    await folder.write('x'.repeat(2000));
    expect(await folder.poll()).toEqual({ texts: [], rejects: [] });
    expect(folder.cursor).toContain('"offset":4000');
    await folder.write(`x\n${lineOf('next')}not json\n`);
    expect(await folder.poll()).toMatchObject({ texts: ['next'], rejects: [{ position: 'posts.jsonl:3' }] });
  });

  test('an overlong line that fills a page does not take the next one with it', async () => {
    await using folder = await openFolder({ paths: ['posts.jsonl'], maxLineBytes: 1024 });
    await folder.write(Array.from({ length: 1999 }, (_, post) => lineOf(`p${post}`)).join(''));
    await folder.write(`${'x'.repeat(2000)}\n`);
    expect(await folder.poll()).toMatchObject({ rejects: [{ position: 'posts.jsonl:2000' }] });
    await folder.write(lineOf('after') + lineOf('later'));
    expect(await folder.lookTexts()).toEqual(['after', 'later']);
  });

  test('a byte order mark, blank lines and CRLF are passed over', async () => {
    await using folder = await openFolder();
    await folder.write(`\uFEFF{"text":"one"}\r\n\r\n   \n{"text":"two"}\r\n`);
    expect(await folder.poll()).toEqual({ texts: ['one', 'two'], rejects: [] });
  });

  test('pages hold at most 2000 posts, and less where lines are long', async () => {
    await using folder = await openFolder();
    await folder.write(Array.from({ length: 4200 }, (_, post) => lineOf(`p${post}`)).join(''));
    await folder.write(Array.from({ length: 9 }, () => lineOf('y'.repeat(900_000))).join(''));
    await using feed = await openFeed(folder.context, { paths: ['posts.jsonl'] });
    const sizes = (await drain(feed)).map(({ posts }) => posts.length).filter((size) => size > 0);
    expect(sizes).toEqual([2000, 2000, 203, 3, 3]);
  });

  test('whatever bytes stand between two posts, both come, and every line is post, reject or blank', async () => {
    const noise = fc.array(fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(Buffer.from('\n'))), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(noise, async (parts) => {
        await using folder = await openFolder();
        await folder.write(lineOf('first'));
        await folder.write(Buffer.concat(parts));
        await folder.write(`\n${lineOf('last')}`);
        const { texts, rejects } = await folder.poll();
        expect([texts[0], texts.at(-1)]).toEqual(['first', 'last']);
        expect(texts.length + rejects.length).toBeLessThanOrEqual(
          Buffer.concat(parts).filter((byte) => byte === 10).length + 3,
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe('rotation', () => {
  test('renamed: the rest of the old file comes before the new one', async () => {
    await using folder = await openFolder();
    await folder.write(lineOf('one'));
    expect(await folder.lookTexts()).toEqual(['one']);
    await folder.write(lineOf('two'));
    await rename(folder.path(), folder.path('posts.jsonl.1'));
    await folder.write(lineOf('three'));
    expect(await folder.lookTexts()).toEqual(['two', 'three']);
    await folder.write(lineOf('four'));
    expect(await folder.lookTexts()).toEqual(['four']);
    expect(folder.context.warnings).toEqual([]);
  });

  test('renamed, and its writer goes on with the old file until it opens the new one', async () => {
    await using folder = await openFolder();
    await folder.write(lineOf('one'));
    await folder.lookTexts();
    await rename(folder.path(), folder.path('posts.jsonl.1'));
    await folder.write(lineOf('two'), 'posts.jsonl.1');
    expect(await folder.lookTexts()).toEqual(['two']);
    await writeFile(folder.path(), '');
    expect(await folder.lookTexts()).toEqual([]);
    await folder.write(`${lineOf('three')}{"text":"cut o`, 'posts.jsonl.1');
    expect(await folder.lookTexts()).toEqual(['three']);
    await folder.write(lineOf('four'));
    expect(await folder.poll()).toMatchObject({
      texts: ['four'],
      rejects: [{ position: 'posts.jsonl:4', reason: 'not JSON' }],
    });
  });

  test('renamed after the bot was killed in its first poll', async () => {
    await using folder = await openFolder();
    await folder.write(lineOf('one'));
    await using feed = await openFeed(folder.context, { paths: ['posts.jsonl'] });
    const [first] = await drain(feed);
    await rename(folder.path(), folder.path('posts.jsonl.1'));
    await folder.write(lineOf('two'));
    expect(textsOf(await drain(feed, first!.cursor))).toEqual(['one', 'two']);
  });

  test('copied and emptied before it was ever read', async () => {
    await using folder = await openFolder();
    await writeFile(folder.path(), '');
    await folder.lookTexts();
    await setTimeout(10);
    await folder.write(lineOf('one'));
    await copyFile(folder.path(), folder.path('posts.jsonl.1'));
    await truncate(folder.path());
    await folder.write(lineOf('two'));
    expect(await folder.lookTexts()).toEqual(['one', 'two']);
  });

  test('renamed, and begun again with the same first line', async () => {
    await using folder = await openFolder();
    const first = lineOf('begun');
    await folder.write(first);
    await folder.lookTexts();
    await folder.write(lineOf('one') + lineOf('two'));
    await rename(folder.path(), folder.path('posts.jsonl.1'));
    await folder.write(first + lineOf('three'));
    expect(await folder.lookTexts()).toEqual(['one', 'two', 'begun', 'three']);
  });

  test('renamed by the date, and an empty file of the same moment between', async () => {
    await using folder = await openFolder();
    await folder.write(lineOf('one'));
    await folder.lookTexts();
    await rename(folder.path(), folder.path('posts.jsonl.2026-11-24'));
    await setTimeout(10);
    await folder.write(lineOf('two'), 'posts.jsonl.2026-11-25');
    await writeFile(folder.path('posts.jsonl.2026-11-23'), '');
    const { mtime } = await stat(folder.path('posts.jsonl.2026-11-25'));
    for (const date of [23, 25]) await utimes(folder.path(`posts.jsonl.2026-11-${date}`), mtime, mtime);
    await folder.write(lineOf('three'));
    expect(await folder.lookTexts()).toEqual(['two', 'three']);
  });

  test('renamed while its writer goes on: it is read on, not again', async () => {
    await using folder = await openFolder();
    const feed = await openFeed(folder.context, { paths: ['posts.jsonl'] });
    await folder.write(Array.from({ length: 4500 }, (_, post) => lineOf(`p${post}`)).join(''));
    const pages: Page[] = [];
    for (let poll = 0; poll < 3; poll += 1) {
      for await (const page of feed.pages(pages.at(-1)?.cursor, AbortSignal.timeout(wait.timeout))) {
        pages.push(page);
        if (poll === 0 && pages.length === 2) break;
        if (poll === 1 && page.posts.length > 0) await folder.write(lineOf('late'), 'posts.jsonl.1');
      }
      if (poll > 0) continue;
      await rename(folder.path(), folder.path('posts.jsonl.1'));
      await folder.write(lineOf('new'));
    }
    const texts = textsOf(pages);
    expect(new Set(texts).size).toBe(4502);
    expect(texts.length).toBeLessThan(4510);
  });

  test('what was rotated before the first poll is left alone, even if it was touched since', async () => {
    await using folder = await openFolder();
    await folder.write(lineOf('new'));
    await setTimeout(10);
    await folder.write(lineOf('old'), 'posts.jsonl.1');
    expect(await folder.lookTexts()).toEqual(['new']);
    await folder.write(lineOf('newer'));
    expect(await folder.lookTexts()).toEqual(['newer']);
  });

  test('renamed before it was ever read', async () => {
    await using folder = await openFolder();
    await writeFile(folder.path(), '');
    await folder.lookTexts();
    await folder.write(lineOf('one'));
    await rename(folder.path(), folder.path('posts.jsonl.1'));
    await folder.write(lineOf('two'));
    expect(await folder.lookTexts()).toEqual(['one', 'two']);
  });

  test('rotated three times while nobody looked', async () => {
    await using folder = await openFolder();
    await folder.write(lineOf('one'));
    await folder.lookTexts();
    for (const text of ['two', 'three', 'four']) {
      for (const number of [2, 1]) {
        const older = folder.path(`posts.jsonl.${number + 1}`);
        await rename(folder.path(`posts.jsonl.${number}`), older).catch(() => {});
      }
      await rename(folder.path(), folder.path('posts.jsonl.1'));
      // Rotations follow each other by more than a tick of the file system's clock.
      await setTimeout(10);
      await folder.write(lineOf(text));
    }
    expect(await folder.lookTexts()).toEqual(['two', 'three', 'four']);
  });

  test('copied and emptied: the rest is read from the copy', async () => {
    await using folder = await openFolder();
    await folder.write(lineOf('one'));
    await folder.lookTexts();
    await folder.write(lineOf('two'));
    await copyFile(folder.path(), folder.path('posts.jsonl.1'));
    await truncate(folder.path());
    await folder.write(lineOf('three'));
    expect(await folder.lookTexts()).toEqual(['two', 'three']);
  });

  test('copied and emptied while it is read: what came after the reader looked is in the copy', async () => {
    await using folder = await openFolder();
    const feed = await openFeed(folder.context, { paths: ['posts.jsonl'] });
    const many = Array.from({ length: 3000 }, (_, i) => `n${i}`);
    await folder.write(many.map(lineOf).join(''));
    const texts: string[] = [];
    let cursor: Cursor | undefined;
    for await (const page of feed.pages(undefined, AbortSignal.timeout(wait.timeout))) {
      cursor = page.cursor;
      texts.push(...textsOf([page]));
      // Once, between two pages.
      if (texts.length !== 2000) continue;
      await folder.write(lineOf('last'));
      await copyFile(folder.path(), folder.path('posts.jsonl.1'));
      await truncate(folder.path());
    }
    texts.push(...textsOf(await drain(feed, cursor)));
    expect(texts).toEqual([...many, 'last']);
  });

  test('copied, emptied and grown beyond the old place', async () => {
    await using folder = await openFolder();
    await folder.write(lineOf('one'));
    await folder.lookTexts();
    await copyFile(folder.path(), folder.path('posts.jsonl.1'));
    await truncate(folder.path());
    await folder.write(lineOf('two') + lineOf('three') + lineOf('four'));
    expect(await folder.lookTexts()).toEqual(['two', 'three', 'four']);
  });

  test('emptied without a copy: reported, and read from the start', async () => {
    await using folder = await openFolder();
    await folder.write(lineOf('one'));
    await folder.lookTexts();
    await truncate(folder.path());
    expect(await folder.lookTexts()).toEqual([]);
    await folder.write(lineOf('two'));
    expect(await folder.lookTexts()).toEqual(['two']);
    expect(folder.context.warnings).toEqual([expect.stringContaining('posts.jsonl was replaced')]);
  });

  test('saved by an editor under a new inode with lines added: only those come', async () => {
    await using folder = await openFolder();
    const first = lineOf('one');
    await folder.write(first);
    await folder.lookTexts();
    await writeFile(folder.path('new'), first + lineOf('two'));
    await rename(folder.path('new'), folder.path());
    expect(await folder.lookTexts()).toEqual(['two']);
    expect(folder.context.warnings).toEqual([]);
  });

  test('begun again with the same first line but other lines after it', async () => {
    await using folder = await openFolder();
    const first = lineOf('x'.repeat(400));
    await folder.write(first + lineOf('one'));
    await folder.lookTexts();
    await writeFile(folder.path(), first + lineOf('two') + lineOf('three'));
    expect(await folder.lookTexts()).toEqual(['x'.repeat(400), 'two', 'three']);
  });
});

describe('several files', () => {
  test('each keeps its own place, and one that is missing holds up none', async () => {
    await using folder = await openFolder({ paths: ['a.jsonl', 'missing.jsonl', 'dir', 'b.jsonl'] });
    await mkdir(folder.path('dir'));
    await folder.write(lineOf('a1'), 'a.jsonl');
    await folder.write(lineOf('b1'), 'b.jsonl');
    expect(await folder.lookTexts()).toEqual(['a1', 'b1']);
    await folder.write(lineOf('b2'), 'b.jsonl');
    await folder.write(lineOf('m1'), 'missing.jsonl');
    expect(await folder.lookTexts()).toEqual(['m1', 'b2']);
    expect(folder.context.warnings).toEqual([
      expect.stringContaining('missing.jsonl cannot be read: ENOENT'),
      'dir cannot be read: not a regular file',
    ]);
  });

  test('a named pipe is refused, not waited for', async () => {
    await using folder = await openFolder();
    const mkfifo = spawn('bash', ['-c', 'mkfifo "$0"', folder.path()]);
    await once(mkfifo, 'close');
    await expect(folder.poll()).rejects.toThrow('posts.jsonl cannot be read: not a regular file');
  });

  test('none of which is there fail the poll, and one that appears later is read', async () => {
    await using folder = await openFolder({ paths: ['a.jsonl', 'b.jsonl'] });
    await expect(folder.poll()).rejects.toThrow(/a\.jsonl cannot be read: ENOENT.*; b\.jsonl cannot be read: ENOENT/);
    expect(folder.context.warnings).toEqual([]);
    await folder.write(lineOf('b1'), 'b.jsonl');
    expect(await folder.lookTexts()).toEqual(['b1']);
    expect(await folder.lookTexts()).toEqual([]);
    expect(folder.context.warnings).toEqual([expect.stringContaining('a.jsonl cannot be read: ENOENT')]);
  });

  test('a check names all that cannot be read', async () => {
    await using folder = await openFolder();
    await folder.write(lineOf('one'), 'a.jsonl');
    await mkdir(folder.path('dir'));
    const check = (config: Partial<FileFeed>) => driver.checkFeed!(FileFeed.parse(config), folder.context);
    expect(await check({ paths: ['a.jsonl', 'missing.jsonl', 'dir'] })).toMatch(
      /^missing\.jsonl cannot be read: ENOENT.*; dir cannot be read: not a regular file$/,
    );
    expect(await check({ paths: ['a.jsonl'] })).toBeUndefined();
    expect(await check({ stdin: true })).toBeUndefined();
  });

  test('a cursor of another platform is reported and ignored', async () => {
    await using folder = await openFolder();
    await folder.write(lineOf('one'));
    await using feed = await openFeed(folder.context, { paths: ['posts.jsonl'] });
    expect(textsOf(await drain(feed, '{"etag":"x"}'))).toEqual(['one']);
    expect(folder.context.warnings).toEqual([expect.stringContaining('not from a file feed')]);
  });

  test('a place that is damaged costs no other its place', async () => {
    await using folder = await openFolder({ paths: ['a.jsonl', 'b.jsonl'] });
    await folder.write(lineOf('a1'), 'a.jsonl');
    await folder.write(lineOf('b1'), 'b.jsonl');
    await folder.lookTexts();
    const { files } = JSON.parse(folder.cursor!) as { files: Record<string, object> };
    const damaged = JSON.stringify({ files: { ...files, 'a.jsonl': { ...files['a.jsonl'], offset: -1 } } });
    await using feed = await openFeed(folder.context, { paths: ['a.jsonl', 'b.jsonl'] });
    expect(textsOf(await drain(feed, damaged))).toEqual(['a1']);
    expect(folder.context.warnings).toEqual([expect.stringContaining('reading a.jsonl from the start')]);
  });

  test('a file that was not touched is not opened again', async () => {
    await using folder = await openFolder();
    await folder.write(lineOf('one'));
    await folder.lookTexts();
    await rm(folder.path());
    await using feed = await openFeed(folder.context, { paths: ['posts.jsonl'] });
    await folder.write(Array.from({ length: 2000 }, (_, post) => lineOf(`p${post}`)).join(''));
    const { cursor } = (await drain(feed)).at(-1)!;
    let opened = 0;
    const hook = createHook({ init: (_id, type) => void (opened += Number(type === 'FILEHANDLE')) }).enable();
    for (let poll = 0; poll < 20; poll++) expect(await drain(feed, cursor)).toEqual([]);
    hook.disable();
    expect(opened).toBe(0);
  });
});

describe('standard input', () => {
  test('a pipe is read to its end, the last line without newline included', async () => {
    const { warnings, texts } = await readThroughChild(`${lineOf('one')}nonsense\n${lineOf('two').trimEnd()}`);
    expect(texts).toEqual(['one', 'two']);
    expect(warnings).toEqual([expect.stringContaining('read at most once')]);
  });

  test('what arrives is delivered while the pipe stays open; an aborted wait loses nothing', async () => {
    const input = new PassThrough();
    await using feed = new PipeFeed(input, { source: 'stdin', maxLineBytes: 1000, now: Date.now });
    const stop = new AbortController();
    const first = feed.pages(undefined, stop.signal)[Symbol.asyncIterator]();
    input.write(lineOf('one'));
    expect(textsOf([(await first.next()).value])).toEqual(['one']);
    const waiting = first.next();
    stop.abort();
    expect((await waiting).done).toBe(true);
    input.end(lineOf('two'));
    expect(textsOf(await drain(feed))).toEqual(['two']);
  });

  test('a second call while one waits ends at once', async () => {
    const input = new PassThrough();
    await using feed = new PipeFeed(input, { source: 'stdin', maxLineBytes: 1000, now: Date.now });
    const stop = new AbortController();
    const waiting = feed.pages(undefined, stop.signal)[Symbol.asyncIterator]().next();
    expect(await drain(feed)).toEqual([]);
    stop.abort();
    await waiting;
  });
});

/** Reads a text as the driver reads standard input, in a process of its own. */
async function readThroughChild(text: string): Promise<{ warnings: string[]; texts: string[] }> {
  const script = fileURLToPath(new URL('stdin-reader.ts', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.end(text);
  await once(child, 'close');
  return JSON.parse(output);
}

describe('configuration', () => {
  test.each([
    [{}, false],
    [{ paths: [] }, false],
    [{ paths: ['a'], stdin: true }, false],
    [{ paths: ['a'], path: 'b' }, false],
    [{ paths: ['a'] }, true],
    [{ stdin: true }, true],
  ])('%j is accepted: %s', (config, accepted) => {
    expect(FileFeed.safeParse(config).success).toBe(accepted);
  });
});
