import { afterAll, beforeAll, expect } from 'vitest';
import type { Payload } from '../../../src/core/reply.ts';
import { SecretValue } from '../../../src/core/secret.ts';
import { WordpressPublisher } from '../../../src/platforms/wordpress/config.ts';
import { driver } from '../../../src/platforms/wordpress/driver.ts';
import { newPayload } from '../../contract/publisher.ts';
import { startWordpress, type WordpressServer, type WordpressUser } from '../../servers/wordpress.ts';
import { openTestContext } from '../../support/driver-context.ts';

const { signal } = new AbortController();

export function configOf(
  site: string,
  { username, password }: Pick<WordpressUser, 'username' | 'password'>,
): WordpressPublisher {
  const secret = new SecretValue({ env: 'WORDPRESS_PASSWORD' });
  secret.resolve(password);
  return { ...WordpressPublisher.parse({ site, username, password: { env: 'WORDPRESS_PASSWORD' } }), password: secret };
}

export async function openWriter(site: string, user: Pick<WordpressUser, 'username' | 'password'>) {
  const context = await openTestContext();
  const config = configOf(site, user);
  const publisher = await driver.openPublisher!(config, context);
  return {
    context,
    publisher,
    open: () => driver.openPublisher!(config, context),
    check: () => driver.checkPublisher!(config, context),
    publish: (payload: Payload) => publisher.publish(payload, signal),
    failure: (payload: Payload) =>
      publisher.publish(payload, signal).then(
        () => expect.unreachable('it should have failed'),
        (error: unknown) => error,
      ),
    [Symbol.asyncDispose]: async () => {
      await publisher[Symbol.asyncDispose]();
      await context[Symbol.asyncDispose]();
    },
  };
}

/** A payload that answers an item of a feed. */
export function answerTo({ id, url }: { id: string; url: string | null }, more: Partial<Payload> = {}): Payload {
  const payload = newPayload(more);
  return { ...payload, replyTo: { ...payload.replyTo, platform: 'rss', key: `rss:${id}`, id, url, thread: id } };
}

/** Makes new posts of a site, each as its feed has it. */
export function postsOf(site: WordpressServer) {
  let serial = 0;
  return async (post: Partial<Parameters<WordpressServer['post']>[0]> = {}) => {
    const slug = `post-${(serial += 1)}`;
    const number = await site.post({ title: slug, ...post });
    const kind = post.type === 'page' ? 'page_id' : 'p';
    return { number, id: `${site.url}/?${kind}=${number}`, url: `${site.url}/${slug}/` };
  };
}

/** A site for the tests of a block, with an editor; there once they begin. */
export function useSite() {
  let here: { site: WordpressServer; editor: WordpressUser; newItem: ReturnType<typeof postsOf> };
  beforeAll(async () => {
    const site = await startWordpress();
    here = { site, editor: await site.addUser('pilcrow', 'editor'), newItem: postsOf(site) };
  });
  afterAll(() => here.site[Symbol.asyncDispose]());
  return () => here;
}
