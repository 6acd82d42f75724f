import type { Payload } from '../../../src/core/reply.ts';
import { driver } from '../../../src/platforms/bluesky/driver.ts';
import { newPayload } from '../../contract/publisher.ts';
import { startBluesky } from '../../servers/bluesky.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { loginOf } from './accounts.ts';

/** A Bluesky network with a reader, a bot that says that it is one, and a post to answer. */
export type PublisherNetwork = Awaited<ReturnType<typeof startPublisherNetwork>>;

export async function startPublisherNetwork() {
  const network = await startBluesky();
  const ada = await network.join('ada');
  const bot = await network.join('cable-bot');
  await bot.agent.upsertProfile((profile) => ({
    ...profile,
    labels: { $type: 'com.atproto.label.defs#selfLabels', values: [{ val: 'bot' }] },
  }));
  const source = await ada.agent.post({ text: '#cablegate #07ASTANA2244 ¶5' });
  await network.settle();

  const answerTo = (to: { uri: string; cid: string } = source, changes: Partial<Payload> = {}): Payload => {
    const native = { cid: to.cid };
    const replyTo = { ...newPayload().replyTo, id: to.uri, platform: 'bluesky', author: ada.handle, authorId: ada.did };
    return newPayload({ replyTo: { ...replyTo, thread: to.uri, native }, ...changes });
  };

  async function list(): Promise<{ uri: string; value: Record<string, unknown> }[]> {
    const all: { uri: string; value: Record<string, unknown> }[] = [];
    let cursor: string | undefined;
    do {
      const params = { repo: bot.did, collection: 'app.bsky.feed.post', limit: 100, ...(cursor && { cursor }) };
      const { data } = await bot.agent.com.atproto.repo.listRecords(params);
      all.push(...(data.records as typeof all));
      cursor = data.cursor;
    } while (cursor !== undefined);
    return all;
  }

  /** One listing for all who ask while another runs: it begins after they asked. */
  function records(): ReturnType<typeof list> {
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined;
        return (running = list());
      });
    return next;
  }
  let running: ReturnType<typeof list> = Promise.resolve([]);
  let next: ReturnType<typeof list> | undefined;

  return {
    network,
    ada,
    bot,
    source,
    answerTo,
    records,
    copies: async ({ text, createdAt }: Payload) => {
      const at = new Date(createdAt).toISOString();
      return (await records()).filter(({ value }) => value['text'] === text && value['createdAt'] === at).length;
    },
    /** Its publisher, at another address where one is given. */
    async open(service = network.pds) {
      const context = await openTestContext();
      const publisher = await driver.openPublisher!(loginOf(service, bot), context);
      return {
        ...publisher,
        async [Symbol.asyncDispose]() {
          await publisher[Symbol.asyncDispose]();
          await context[Symbol.asyncDispose]();
        },
      };
    },
    [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
  };
}
