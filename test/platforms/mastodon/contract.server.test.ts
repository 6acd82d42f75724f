import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { describe } from 'vitest';
import { driver } from '../../../src/platforms/mastodon/driver.ts';
import { lettersOf } from '../../../src/platforms/mastodon/find-reply.ts';
import { feedContract } from '../../contract/feed.ts';
import { publisherContract } from '../../contract/publisher.ts';
import { type Person, type Status, openSnac, snacIsHere } from '../../servers/snac.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { startProxy } from '../../support/proxy.ts';
import { marked, unmarked } from './contracts.ts';
import { answering, feedConfig, openFeed, openPublisher, publisherConfig, replyTo } from './setup.ts';

describe.skipIf(!snacIsHere)('snac', () => {
  feedContract('mastodon (snac)', async () => {
    const snac = await openSnac(['bot', 'ada']);
    const proxy = await startProxy(snac.port);
    const context = await openTestContext([`127.0.0.1:${proxy.port}`]);
    const config = feedConfig([{ url: `http://127.0.0.1:${proxy.port}` }]);
    const ada = snac.people['ada']!;
    return {
      open: async () => unmarked(await openFeed(config, context)),
      check: () => driver.checkFeed!(config, context),
      async write(texts) {
        for (const text of texts) await ada.post(marked(text));
      },
      async writeHostile() {
        const { uri } = await ada.post('#cablegate nobody can read this');
        // As another server may send it: an address of its own that nothing can keep.
        const md5 = createHash('md5').update(uri).digest('hex');
        const file = join(snac.folder, 'object', md5.slice(0, 2), `${md5}.json`);
        const note = JSON.parse(readFileSync(file, 'utf8')) as object;
        writeFileSync(file, JSON.stringify({ ...note, id: `${uri}?${'x'.repeat(2000)}` }));
      },
      stall: () => proxy.become('black hole'),
      async [Symbol.asyncDispose]() {
        await context[Symbol.asyncDispose]();
        await proxy[Symbol.asyncDispose]();
        await snac[Symbol.asyncDispose]();
      },
    };
  });

  publisherContract('mastodon (snac)', async () => {
    const snac = await openSnac(['bot', 'ada']);
    const { bot, ada } = snac.people;
    const context = await openTestContext([`127.0.0.1:${snac.port}`]);
    const config = publisherConfig({ url: snac.url, token: bot!.token });
    const parent = await ada!.post('#cablegate #07ASTANA2244');
    let reading: ReturnType<Person['call']> | undefined;
    return {
      lasting: 'snac has no DELETE for posts in its API',
      check: () => driver.checkPublisher!(config, context),
      open: async () => answering(await openPublisher(config, context), replyTo(snac.url, parent)),
      async copies(payload) {
        // A hundred that ask at the same time get one answer.
        reading ??= bot!.call('GET', `/api/v1/statuses/${parent.id}/context`).finally(() => (reading = undefined));
        const { descendants } = (await reading).body as { descendants: Status[] };
        return descendants.filter(({ content }) => lettersOf(content) === lettersOf(payload.text)).length;
      },
      async [Symbol.asyncDispose]() {
        await context[Symbol.asyncDispose]();
        await snac[Symbol.asyncDispose]();
      },
    };
  });
});
