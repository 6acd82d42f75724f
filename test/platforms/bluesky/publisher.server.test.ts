import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PermanentError } from '../../../src/core/errors.ts';
import { driver } from '../../../src/platforms/bluesky/driver.ts';
import { newPayload, publisherContract } from '../../contract/publisher.ts';
import { blueskyIsHere } from '../../servers/bluesky.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { loginOf } from './accounts.ts';
import { type PublisherNetwork, startPublisherNetwork } from './publisher-network.ts';

const { signal } = new AbortController();

describe.skipIf(!blueskyIsHere)('on a real network', () => {
  let site: PublisherNetwork;
  beforeAll(async () => {
    site = await startPublisherNetwork();
  });
  afterAll(() => site[Symbol.asyncDispose]());

  publisherContract('bluesky', async () => {
    const context = await openTestContext();
    const login = loginOf(site.network.pds, site.bot);
    return {
      open: () => driver.openPublisher!(login, context),
      copies: site.copies,
      check: () => driver.checkPublisher!(login, context),
      answering: (payload) => Promise.resolve({ ...payload, replyTo: site.answerTo().replyTo }),
      [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
    };
  });

  describe('a reply', () => {
    test('is in the thread, its link can be clicked, and it has a card', async () => {
      const later = await site.ada.agent.post({ text: 'more', reply: { root: site.source, parent: site.source } });
      await site.network.settle();
      await using publisher = await site.open();
      const native = { cid: later.cid, rootUri: site.source.uri, rootCid: site.source.cid };
      const payload = site.answerTo(later, {
        text: `🗞️ @${site.ada.handle} ¶5: https://wikileaks.org/cable/2007/08/07ASTANA2244.html.`,
        card: { url: 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html', title: 'A cable', description: 'Astana' },
      });
      const { id, url } = await publisher.publish({ ...payload, replyTo: { ...payload.replyTo, native } }, signal);
      await site.network.settle();
      expect(url).toBe(`https://bsky.app/profile/${site.bot.did}/post/${id.split('/').at(-1)}`);
      const { data } = await site.ada.agent.getPostThread({ uri: site.source.uri });
      expect(JSON.stringify(data.thread)).toContain(id);
      const { value } = (await site.records()).find(({ uri }) => uri === id)!;
      expect(value).toMatchObject({
        langs: ['en'],
        reply: { root: { uri: site.source.uri }, parent: { uri: later.uri } },
        embed: { external: { title: 'A cable' } },
      });
      const bytes = Buffer.from(String(value['text']));
      const facets = value['facets'] as { index: { byteStart: number; byteEnd: number }; features: object[] }[];
      expect(facets.map(({ index }) => bytes.subarray(index.byteStart, index.byteEnd).toString())).toEqual([
        `@${site.ada.handle}`,
        'https://wikileaks.org/cable/2007/08/07ASTANA2244.html',
      ]);
      const { data: listed } = await site.ada.agent.listNotifications();
      expect(listed.notifications.map(({ uri }) => uri)).toContain(id);
    });

    test('carries the warning of the post that it answers', async () => {
      await using publisher = await site.open();
      const payload = site.answerTo();
      const { id } = await publisher.publish({ ...payload, warning: 'graphic-media' }, signal);
      const { value } = (await site.records()).find(({ uri }) => uri === id)!;
      expect(value['labels']).toMatchObject({ values: [{ val: 'graphic-media' }] });
    });

    test('of 300 graphemes goes out, and of more is refused by the network too', async () => {
      await using publisher = await site.open();
      const [most, more] = ['👩‍👩‍👧', 'é'].map((sign) => sign.repeat(150));
      const longest = site.answerTo(site.source, { text: 'é'.repeat(300) });
      expect(publisher.limits.length(longest.text)).toBe(publisher.limits.maxLength);
      await publisher.publish(longest, signal);
      expect(publisher.limits.length(`${more}${more}x`)).toBe(301);
      // 150 families of 18 bytes and 300 more fit, although each has many code points.
      expect(publisher.limits.length(`${most}`)).toBe(Math.ceil((150 * 18) / 10));
      const refused = publisher.publish(site.answerTo(site.source, { text: 'x'.repeat(301) }), signal);
      await expect(refused).rejects.toThrow(PermanentError);
    });

    test('outside a thread addresses nobody', async () => {
      await using publisher = await site.open();
      const text = `@${site.ada.handle} https://wikileaks.org/cable/2007/08/07ASTANA2244.html`;
      const { id } = await publisher.publish({ ...newPayload({ text }), alone: true }, signal);
      const { value } = (await site.records()).find(({ uri }) => uri === id)!;
      expect(value['reply']).toBeUndefined();
      expect(JSON.stringify(value['facets'])).not.toContain('mention');
    });
  });
});
