import { afterAll, beforeAll, describe } from 'vitest';
import { publisherContract } from '../../contract/publisher.ts';
import { type WordpressServer, type WordpressUser, startWordpress, wordpressIsHere } from '../../servers/wordpress.ts';
import { answerTo, openWriter, postsOf } from './writer.ts';

describe.skipIf(!wordpressIsHere)('WordPress', () => {
  let site: WordpressServer;
  let editor: WordpressUser;
  let newItem: ReturnType<typeof postsOf>;

  beforeAll(async () => {
    site = await startWordpress();
    editor = await site.addUser('pilcrow', 'editor');
    newItem = postsOf(site);
  }, 60_000);
  afterAll(() => site[Symbol.asyncDispose]());

  publisherContract('wordpress', async () => {
    const writer = await openWriter(site.url, editor);
    const item = await newItem();
    return {
      open: writer.open,
      check: writer.check,
      copies: async ({ text }) => {
        const html = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
        return (await site.comments(item.number)).filter(({ content }) => content === html).length;
      },
      answering: async (payload) => ({ ...payload, replyTo: answerTo(item).replyTo }),
      [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
    };
  });
});
