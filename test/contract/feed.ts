import { describe, expect, test } from 'vitest';
import { type Cursor, type Page, Post } from '../../src/core/post.ts';
import type { Feed } from '../../src/platforms/platform.ts';

/** A source of posts, empty at first. */
export interface FeedSetup extends AsyncDisposable {
  /** A feed as a fresh process would open it. */
  open(): Promise<Feed & AsyncDisposable>;
  /** Puts posts with these texts at the source, oldest first, behind those that are there. */
  write(texts: readonly string[]): Promise<void>;
  /** Puts something there that cannot be read as a post. */
  writeHostile(): Promise<void>;
  /** The driver's check of this source; left out where it has none. */
  check?(): Promise<string | undefined>;
  /** From now on the source keeps a reader waiting; left out where a source never does. */
  stall?(): void;
}

/** Pages until a look finds nothing more. */
export async function drain(feed: Feed, after?: Cursor): Promise<Page[]> {
  const pages: Page[] = [];
  let cursor = after;
  for (let look = 0; look < 200; look++) {
    const before = pages.length;
    for await (const page of feed.pages(cursor, new AbortController().signal)) {
      pages.push(page);
      cursor = page.cursor;
    }
    if (pages.length === before) return pages;
  }
  throw new Error('the feed never comes to an end');
}

export function textsOf(pages: readonly Page[]): string[] {
  return pages.flatMap(({ posts }) => posts.map(({ text }) => text));
}

async function readAll(source: FeedSetup, after?: Cursor): Promise<Page[]> {
  await using feed = await source.open();
  return await drain(feed, after);
}

const keysOf = (pages: readonly Page[]) => pages.flatMap(({ posts }) => posts.map(({ key }) => key));

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, serial) => `${prefix} ${serial}`);

/** What every feed must do, however it does it. */
export function feedContract(name: string, setUp: () => Promise<FeedSetup>): void {
  describe(`feed contract: ${name}`, () => {
    test('an empty source has no posts, and gets them later', async () => {
      await using source = await setUp();
      await using feed = await source.open();
      const empty = await drain(feed);
      expect(textsOf(empty)).toEqual([]);
      await source.write(['the first']);
      expect(textsOf(await drain(feed, empty.at(-1)?.cursor))).toEqual(['the first']);
    });

    test('every post comes once, oldest first, and is well formed', async () => {
      await using source = await setUp();
      const texts = numbered('post', 60);
      await source.write(texts);
      const posts = (await readAll(source)).flatMap((page) => page.posts);
      expect(posts.map(({ text }) => text)).toEqual(texts);
      expect(new Set(posts.map(({ key }) => key)).size).toBe(posts.length);
      for (const post of posts) {
        expect(Post.parse(post)).toEqual(post);
        expect(post.key).toBe(`${post.platform}:${post.id}`);
      }
    });

    test('resuming from any cursor in a new process loses nothing and repeats nothing from before it', async () => {
      await using source = await setUp();
      await source.write(numbered('post', 40));
      await source.writeHostile();
      await source.write(numbered('later post', 20));
      const pages = await readAll(source);
      expect(textsOf(pages)).toHaveLength(60);
      for (const [index, { cursor }] of pages.entries()) {
        expect(textsOf(await readAll(source, cursor))).toEqual(textsOf(pages.slice(index + 1)));
      }
    });

    test('a page whose cursor was not kept comes again with the same keys', async () => {
      await using source = await setUp();
      await source.write(numbered('post', 30));
      const first = await readAll(source);
      expect(keysOf(await readAll(source))).toEqual(keysOf(first));
      await using feed = await source.open();
      for await (const page of feed.pages(undefined, new AbortController().signal)) {
        if (page.posts.length > 0) break;
      }
      expect(keysOf(await drain(feed))).toEqual(keysOf(first));
    });

    test('what is written after the last cursor, and only that, comes with the next look', async () => {
      await using source = await setUp();
      await using feed = await source.open();
      await source.write(numbered('old', 10));
      const before = await drain(feed);
      await source.write(numbered('new', 10));
      const after = await drain(feed, before.at(-1)?.cursor);
      expect(textsOf(after)).toEqual(numbered('new', 10));
      expect(await drain(feed, after.at(-1)?.cursor)).toEqual([]);
    });

    test('what cannot be read is rejected with its position, once, and the posts around it come', async () => {
      await using source = await setUp();
      await source.write(['before']);
      await source.writeHostile();
      await source.write(['between']);
      await source.writeHostile();
      await source.write(['after']);
      await using feed = await source.open();
      const pages = await drain(feed);
      const rejects = pages.flatMap((page) => page.rejects);
      expect(textsOf(pages)).toEqual(['before', 'between', 'after']);
      expect(rejects).toHaveLength(2);
      for (const { position, reason, excerpt } of rejects) {
        expect(position).not.toBe('');
        expect(reason).not.toBe('');
        expect(excerpt.length).toBeLessThanOrEqual(200);
      }
    });

    test('texts in any script arrive unchanged', async () => {
      await using source = await setUp();
      const texts = ['#cablegate ¶5 “07ASTANA2244” — рассвет 夜明け 🗞️', 'a\u2028b', '5 < 6 & 7 > 2'];
      await source.write(texts);
      expect(textsOf(await readAll(source))).toEqual(texts);
    });

    test('a cursor is at most 64 KB', async () => {
      await using source = await setUp();
      await source.write(numbered('post', 100));
      for (const { cursor } of await readAll(source)) expect(Buffer.byteLength(cursor)).toBeLessThanOrEqual(65_536);
    });

    test('a check finds nothing in the way and takes nothing from what is to be read', async (context) => {
      await using source = await setUp();
      context.skip(source.check === undefined, 'this feed has no check');
      expect(await source.check?.()).toBeUndefined();
      await using feed = await source.open();
      await source.write(['the first']);
      const pages = await drain(feed);
      await source.write(['the second']);
      expect(await source.check?.()).toBeUndefined();
      expect(textsOf([...pages, ...(await drain(feed, pages.at(-1)?.cursor))])).toEqual(['the first', 'the second']);
    });

    test('a reader that is told to stop reads no more', async () => {
      await using source = await setUp();
      await source.write(numbered('post', 20));
      await using feed = await source.open();
      const read = readUntilAborted(feed, AbortSignal.abort(new Error('stopping')));
      expect(textsOf(await read)).toEqual([]);
    });

    test('a reader that is told to stop while the source keeps it waiting stops at once', async (context) => {
      await using source = await setUp();
      context.skip(source.stall === undefined, 'this source never keeps a reader waiting');
      source.stall?.();
      await using feed = await source.open();
      const stop = new AbortController();
      const read = readUntilAborted(feed, stop.signal);
      setTimeout(() => stop.abort(new Error('stopping')), 50);
      expect(textsOf(await read)).toEqual([]);
    });
  });
}

/** Aborting may end the pages or throw the signal's reason. */
async function readUntilAborted(feed: Feed, signal: AbortSignal): Promise<Page[]> {
  const pages: Page[] = [];
  try {
    for await (const page of feed.pages(undefined, signal)) pages.push(page);
  } catch (error) {
    if (error !== signal.reason) throw error;
  }
  return pages;
}
