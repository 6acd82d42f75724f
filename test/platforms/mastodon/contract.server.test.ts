import { describe } from 'vitest';
import { driver } from '../../../src/platforms/mastodon/driver.ts';
import { lettersOf } from '../../../src/platforms/mastodon/publisher.ts';
import { publisherContract } from '../../contract/publisher.ts';
import { type Person, type Status, openSnac, snacIsHere } from '../../servers/snac.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { answering, openPublisher, publisherConfig, replyTo } from './setup.ts';

describe.skipIf(!snacIsHere)('snac', () => {
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
