import type { Page, Post } from '../../../src/core/post.ts';
import type { Feed } from '../../../src/platforms/platform.ts';

const marker = /^up to here \d+ #cablegate$/;

/** A stream as a feed that ends: where a post comes that is put there when it begins to read. */
export function untilMarked(
  stream: Feed & AsyncDisposable,
  put: (text: string) => Promise<void>,
): Feed & AsyncDisposable {
  return {
    async *pages(after, signal) {
      const text = `up to here ${Date.now()}${Math.floor(Math.random() * 1e6)} #cablegate`;
      const done = new AbortController();
      if (!signal.aborted) await put(text);
      for await (const page of stream.pages(after, AbortSignal.any([signal, done.signal]))) {
        const rest = { ...page, posts: page.posts.filter((post) => !marker.test(post.text)) };
        if (hasContent(rest)) yield rest;
        if (page.posts.some((post: Post) => post.text === text)) done.abort();
      }
    },
    [Symbol.asyncDispose]: () => stream[Symbol.asyncDispose](),
  };
}

function hasContent({ posts, rejects, changes = [] }: Page): boolean {
  return posts.length + rejects.length + changes.length > 0;
}
