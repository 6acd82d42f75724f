import type { Post } from '../../../src/core/post.ts';
import { driver } from '../../../src/platforms/mastodon/driver.ts';
import type { Feed } from '../../../src/platforms/platform.ts';
import { feedContract } from '../../contract/feed.ts';
import { publisherContract } from '../../contract/publisher.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { openFakeMastodon } from '../../support/fake-mastodon/fake-mastodon.ts';
import type { FakeOptions } from '../../support/fake-mastodon/state.ts';
import { answering, feedConfig, openFeed, openPublisher, publisherConfig, replyTo } from './setup.ts';

/** Both contracts over a server of our own. */
export function fakeServerContracts(kind: string, options: FakeOptions): void {
  feedContract(`mastodon (${kind})`, async () => {
    const fake = await openFakeMastodon({ ...options, limit: 10_000 });
    const ada = fake.join('ada');
    const context = await openTestContext([fake.allow]);
    const config = feedConfig([{ url: fake.url }]);
    return {
      open: async () => unmarked(await openFeed(config, context)),
      check: () => driver.checkFeed!(config, context),
      async write(texts) {
        for (const text of texts) fake.write(ada, marked(text));
      },
      async writeHostile() {
        fake.write(ada, '#cablegate', { nonsense: { id: String(fake.statuses.length), content: 5 } });
      },
      stall: () => fake.behave(() => true),
      async [Symbol.asyncDispose]() {
        await context[Symbol.asyncDispose]();
        await fake[Symbol.asyncDispose]();
      },
    };
  });

  publisherContract(`mastodon (${kind})`, async () => {
    const fake = await openFakeMastodon({ ...options, limit: 10_000 });
    const bot = Object.assign(fake.join('bot'), { bot: true });
    const parent = fake.write(fake.join('ada'), '#cablegate #07ASTANA2244');
    const context = await openTestContext([fake.allow]);
    const config = publisherConfig({ url: fake.url, token: bot.token });
    const address = replyTo(fake.url, { id: parent.id, uri: `${fake.url}/users/ada/statuses/${parent.id}` });
    return {
      check: () => driver.checkPublisher!(config, context),
      open: async () => answering(await openPublisher(config, context), address),
      copies: async ({ text }) => fake.statuses.filter((status) => status.text === `@ada ${text}`).length,
      async [Symbol.asyncDispose]() {
        await context[Symbol.asyncDispose]();
        await fake[Symbol.asyncDispose]();
      },
    };
  });
}

const mark = ' #cablegate';

/** With the tag that is read. */
export function marked(text: string): string {
  return `${text}${mark}`;
}

/** As the contract wrote it. */
export function unmarked(feed: Feed & AsyncDisposable): Feed & AsyncDisposable {
  const bare = (post: Post): Post => ({ ...post, text: post.text.replace(mark, '') });
  return {
    ...feed,
    async *pages(after, signal) {
      for await (const page of feed.pages(after, signal)) yield { ...page, posts: page.posts.map(bare) };
    },
  };
}
