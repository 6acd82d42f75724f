import { describe } from 'vitest';
import { cutContract } from '../../contract/cut.ts';
import { wordpressIsHere } from '../../servers/wordpress.ts';
import { startProxy } from '../../support/proxy.ts';
import { answerTo, openWriter, useSite } from './writer.ts';

describe.skipIf(!wordpressIsHere)('WordPress', () => {
  const here = useSite();

  cutContract('wordpress', async () => {
    const { site, editor, newItem } = here();
    const proxy = await startProxy(Number(new URL(site.url).port));
    const writer = await openWriter(`http://127.0.0.1:${proxy.port}`, editor);
    const item = await newItem();
    return {
      proxy,
      open: writer.open,
      copies: async ({ text }) => (await site.comments(item.number)).filter(({ content }) => content === text).length,
      answering: async (payload) => ({
        ...payload,
        replyTo: answerTo({ ...item, url: item.url.replace(site.url, `http://127.0.0.1:${proxy.port}`) }).replyTo,
      }),
      async [Symbol.asyncDispose]() {
        await writer[Symbol.asyncDispose]();
        await proxy[Symbol.asyncDispose]();
      },
    };
  });
});
