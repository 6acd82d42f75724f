import { describe, expect, test } from 'vitest';
import { type Page, Post } from '../../src/core/post.ts';
import type { Feed } from '../../src/platforms/platform.ts';

/** A source that tells what happens as it happens. */
export interface StreamSetup extends AsyncDisposable {
  /** A stream as a fresh process would open it. */
  open(): Promise<Feed & AsyncDisposable>;
  /** Resolves when so many connections in all have been listening: what happens from then on is told to the last of them. */
  listening(connections: number): Promise<void>;
  /** Somebody writes a post that the stream is for. */
  write(text: string): unknown;
  /** Somebody takes back the last one. Left out: the stream does not tell of that. */
  remove?(): unknown;
  /** Every connection breaks; resolves when the source knows of none of them any more. */
  drop(): unknown;
}

/** What every stream must do, however it does it. */
export function streamContract(name: string, setUp: () => Promise<StreamSetup>): void {
  describe(`stream contract: ${name}`, () => {
    test('what is written while it listens comes, once, in order and well formed', async () => {
      await using source = await setUp();
      await using listener = await listenTo(source);
      await source.listening(1);
      const texts = ['one', 'two', 'three'].map((word) => `#cablegate ${word}`);
      for (const text of texts) await source.write(text);
      const posts = await listener.posts(texts.length);
      expect(posts.map(({ text }) => text)).toEqual(texts);
      for (const post of posts) {
        expect(Post.parse(post)).toEqual(post);
        expect(post.key).toBe(`${post.platform}:${post.id}`);
      }
    });

    test('a connection that breaks is over or made anew: what is written afterwards comes', async () => {
      await using source = await setUp();
      await using listener = await listenTo(source);
      await source.listening(1);
      await source.write('#cablegate before');
      await listener.posts(1);
      await source.drop();
      await source.listening(2);
      await source.write('#cablegate after');
      expect((await listener.posts(2)).map(({ text }) => text)).toEqual(['#cablegate before', '#cablegate after']);
    });

    test('what is deleted is told with the key under which it came', async (context) => {
      await using source = await setUp();
      context.skip(source.remove === undefined, 'this stream does not tell of deletions');
      await using listener = await listenTo(source);
      await source.listening(1);
      await source.write('#cablegate regretted');
      const [post] = await listener.posts(1);
      await source.remove?.();
      const changes = await listener.changes(1);
      expect(changes).toMatchObject([{ kind: 'delete', key: post?.key }]);
    });

    test('a listener that is told to stop while nothing happens stops at once', async () => {
      await using source = await setUp();
      await using listener = await listenTo(source);
      await source.listening(1);
      await listener.stop();
      expect(await listener.posts(0)).toEqual([]);
    });
  });
}

/** Listens as the bot does: again and again, until it is told to stop. */
async function listenTo(source: StreamSetup) {
  const stream = await source.open();
  const stop = new AbortController();
  const pages: Page[] = [];
  let heard = Promise.withResolvers<void>();
  async function listen(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        for await (const page of stream.pages(pages.at(-1)?.cursor, stop.signal)) {
          pages.push(page);
          heard.resolve();
          heard = Promise.withResolvers();
        }
      } catch {
        // An error ends it as an end does; what it says is for the operator.
        await new Promise(setImmediate);
      }
    }
  }
  const ended = listen();
  async function until<T>(count: number, found: () => readonly T[]): Promise<readonly T[]> {
    while (found().length < count) await heard.promise;
    return found();
  }
  async function stopNow(): Promise<void> {
    stop.abort(new Error('stopping'));
    await ended;
  }
  return {
    posts: (count: number) => until(count, () => pages.flatMap(({ posts }) => posts)),
    changes: (count: number) => until(count, () => pages.flatMap(({ changes = [] }) => changes)),
    stop: stopNow,
    async [Symbol.asyncDispose]() {
      await stopNow();
      await stream[Symbol.asyncDispose]();
    },
  };
}
