import type { Payload } from '../../../src/core/reply.ts';
import { driverOver } from '../../../src/platforms/x/driver.ts';
import { cutContract } from '../../contract/cut.ts';
import { feedContract } from '../../contract/feed.ts';
import { publisherContract } from '../../contract/publisher.ts';
import { startProxy } from '../../support/proxy.ts';
import type { FakeTweet } from '../../support/fake-x/store.ts';
import { open } from './setting.ts';

feedContract('X by search, mentions and a strict fake', async () => {
  const setting = await open();
  const { x, clock, driver, context } = setting;
  const config = setting.feed({ hashtags: ['cablegate'], pageSize: 10 });
  // The contract's texts have no hashtag; the fake adds one in a field of its own.
  const write = (text: string, raw?: Record<string, unknown>) => {
    x.write(text, { ...(raw && { raw }), tags: ['cablegate'] });
    clock.advance(60_000);
  };
  return {
    open: () => driver.openFeed!(config, context),
    write: (texts) => Promise.resolve(texts.forEach((text) => write(text))),
    writeHostile: () => Promise.resolve(write('hostile', { text: 5, author_id: null })),
    check: () => driver.checkFeed!(config, context),
    stall: () => x.fail('GET /2/tweets/search/recent', ...Array.from({ length: 9 }, () => 'stall' as const)),
    [Symbol.asyncDispose]: () => setting[Symbol.asyncDispose](),
  };
});

publisherContract('X by a strict fake', async () => {
  const setting = await open();
  const { x, driver, context } = setting;
  const parents = new Map<string, FakeTweet>();
  /** The contract's payloads answer unknown posts: gives each a parent that mentions the bot. */
  function addressed(payload: Payload): Payload {
    const { id } = payload.replyTo;
    const parent = parents.get(id) ?? x.write(`@${x.bot.username} #07ASTANA2244 ${id}`);
    parents.set(id, parent);
    return { ...payload, replyTo: { ...payload.replyTo, id: parent.id, thread: parent.conversation } };
  }
  return {
    repeats: 'refused',
    async open() {
      const publisher = await driver.openPublisher!(setting.publisher(), context);
      return {
        ...publisher,
        publish: (payload, signal) => publisher.publish(addressed(payload), signal),
        find: (payload, signal, lost) => publisher.find(addressed(payload), signal, lost),
      };
    },
    copies(payload) {
      const text = payload.text.normalize('NFC');
      const { id } = addressed(payload).replyTo;
      const found = x.latest().filter((tweet) => tweet.text === text && tweet.references.some((one) => one.id === id));
      return Promise.resolve(found.length);
    },
    check: () => driver.checkPublisher!(setting.publisher(), context),
    [Symbol.asyncDispose]: () => setting[Symbol.asyncDispose](),
  };
});

cutContract('X by a strict fake', async () => {
  const setting = await open();
  const { x, context } = setting;
  const proxy = await startProxy(x.port);
  const driver = driverOver({ agent: () => x.agent(proxy.port) });
  return {
    proxy,
    open: () => driver.openPublisher!(setting.publisher(), context),
    copies: ({ text }) => Promise.resolve(x.latest().filter((tweet) => tweet.text === text).length),
    answering(payload) {
      const parent = x.write(`@${x.bot.username} #07ASTANA2244 ${payload.key}`);
      const replyTo = { ...payload.replyTo, id: parent.id, thread: parent.conversation };
      return Promise.resolve({ ...payload, replyTo });
    },
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await setting[Symbol.asyncDispose]();
    },
  };
});
