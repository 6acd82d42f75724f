import { describe } from 'vitest';
import { publisherContract } from '../../contract/publisher.ts';
import { wordpressIsHere } from '../../servers/wordpress.ts';
import { answerTo, openWriter, useSite } from './writer.ts';

describe.skipIf(!wordpressIsHere)('WordPress', () => {
  const here = useSite();

  publisherContract('wordpress', async () => {
    const { site, editor, newItem } = here();
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
