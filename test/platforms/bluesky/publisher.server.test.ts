import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { PermanentError, RetryLater } from '../../../src/core/errors.ts';
import type { Payload } from '../../../src/core/reply.ts';
import { driver } from '../../../src/platforms/bluesky/driver.ts';
import { cutContract } from '../../contract/cut.ts';
import { newPayload, publisherContract } from '../../contract/publisher.ts';
import { type BlueskyNetwork, type Member, blueskyIsHere, startBluesky } from '../../servers/bluesky.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { startProxy } from '../../support/proxy.ts';
import { loginOf } from './accounts.ts';
import { type Rule, openGate } from './gate.ts';

const { signal } = new AbortController();

describe.skipIf(!blueskyIsHere)('on a real network', () => {
  let network: BlueskyNetwork;
  let ada: Member;
  let bot: Member;
  let source: { uri: string; cid: string };
  beforeAll(async () => {
    network = await startBluesky();
    ada = await network.join('ada');
    bot = await network.join('cable-bot');
    await bot.agent.upsertProfile((profile) => ({
      ...profile,
      labels: { $type: 'com.atproto.label.defs#selfLabels', values: [{ val: 'bot' }] },
    }));
    source = await ada.agent.post({ text: '#cablegate #07ASTANA2244 ¶5' });
    await network.settle();
  }, 120_000);
  afterAll(() => network[Symbol.asyncDispose]());

  const answerTo = (to: { uri: string; cid: string }, changes: Partial<Payload> = {}): Payload => {
    const native = { cid: to.cid };
    const replyTo = { ...newPayload().replyTo, id: to.uri, platform: 'bluesky', author: ada.handle, authorId: ada.did };
    return newPayload({ replyTo: { ...replyTo, thread: to.uri, native }, ...changes });
  };

  /** One listing for all who ask at the same time. */
  const records = () => (listing ??= list().finally(() => (listing = undefined)));
  let listing: ReturnType<typeof list> | undefined;

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

  const copies = async ({ text, createdAt }: Payload) => {
    const at = new Date(createdAt).toISOString();
    return (await records()).filter(({ value }) => value['text'] === text && value['createdAt'] === at).length;
  };

  async function open(service = network.pds, member = bot) {
    const context = await openTestContext();
    const publisher = await driver.openPublisher!(loginOf(service, member), context);
    return {
      ...publisher,
      async [Symbol.asyncDispose]() {
        await publisher[Symbol.asyncDispose]();
        await context[Symbol.asyncDispose]();
      },
    };
  }

  publisherContract('bluesky', async () => {
    const context = await openTestContext();
    const login = loginOf(network.pds, bot);
    return {
      open: () => driver.openPublisher!(login, context),
      copies,
      check: () => driver.checkPublisher!(login, context),
      answering: (payload) => Promise.resolve({ ...payload, replyTo: answerTo(source).replyTo }),
      [Symbol.asyncDispose]: () => context[Symbol.asyncDispose](),
    };
  });

  cutContract('bluesky', async () => {
    let outside = '';
    const gate = await openGate(network.pds, { seenAs: () => outside });
    const proxy = await startProxy(Number(new URL(gate.url).port));
    outside = `http://localhost:${proxy.port}`;
    return {
      proxy,
      open: () => open(outside),
      copies,
      answering: (payload) => Promise.resolve({ ...payload, replyTo: answerTo(source).replyTo }),
      async [Symbol.asyncDispose]() {
        await proxy[Symbol.asyncDispose]();
        await gate[Symbol.asyncDispose]();
      },
    };
  });

  describe('a reply', () => {
    test('is in the thread, its link can be clicked, and it has a card', async () => {
      const later = await ada.agent.post({ text: 'more', reply: { root: source, parent: source } });
      await network.settle();
      await using publisher = await open();
      const native = { cid: later.cid, rootUri: source.uri, rootCid: source.cid };
      const payload = answerTo(later, {
        text: `🗞️ @${ada.handle} ¶5: https://wikileaks.org/cable/2007/08/07ASTANA2244.html.`,
        card: { url: 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html', title: 'A cable', description: 'Astana' },
      });
      const { id, url } = await publisher.publish({ ...payload, replyTo: { ...payload.replyTo, native } }, signal);
      await network.settle();
      expect(url).toBe(`https://bsky.app/profile/${bot.did}/post/${id.split('/').at(-1)}`);
      const { data } = await ada.agent.getPostThread({ uri: source.uri });
      expect(JSON.stringify(data.thread)).toContain(id);
      const { value } = (await records()).find(({ uri }) => uri === id)!;
      expect(value).toMatchObject({
        langs: ['en'],
        reply: { root: { uri: source.uri }, parent: { uri: later.uri } },
        embed: { external: { title: 'A cable' } },
      });
      const bytes = Buffer.from(String(value['text']));
      const facets = value['facets'] as { index: { byteStart: number; byteEnd: number }; features: object[] }[];
      expect(facets.map(({ index }) => bytes.subarray(index.byteStart, index.byteEnd).toString())).toEqual([
        `@${ada.handle}`,
        'https://wikileaks.org/cable/2007/08/07ASTANA2244.html',
      ]);
      const { data: listed } = await ada.agent.listNotifications();
      expect(listed.notifications.map(({ uri }) => uri)).toContain(id);
    });

    test('carries the warning of the post that it answers', async () => {
      await using publisher = await open();
      const payload = answerTo(source);
      const { id } = await publisher.publish(
        { ...payload, replyTo: { ...payload.replyTo, warning: 'graphic-media' } },
        signal,
      );
      const { value } = (await records()).find(({ uri }) => uri === id)!;
      expect(value['labels']).toMatchObject({ values: [{ val: 'graphic-media' }] });
    });

    test('of 300 graphemes goes out, and of more is refused by the network too', async () => {
      await using publisher = await open();
      const [most, more] = ['👩‍👩‍👧', 'é'].map((sign) => sign.repeat(150));
      const longest = answerTo(source, { text: 'é'.repeat(300) });
      expect(publisher.limits.length(longest.text)).toBe(publisher.limits.maxLength);
      await publisher.publish(longest, signal);
      expect(publisher.limits.length(`${more}${more}x`)).toBe(301);
      // 150 families of 18 bytes and 300 more fit, although each has many code points.
      expect(publisher.limits.length(`${most}`)).toBe(Math.ceil((150 * 18) / 10));
      const refused = publisher.publish(answerTo(source, { text: 'x'.repeat(301) }), signal);
      await expect(refused).rejects.toThrow(PermanentError);
    });

    test('outside a thread addresses nobody', async () => {
      await using publisher = await open();
      const text = `@${ada.handle} https://wikileaks.org/cable/2007/08/07ASTANA2244.html`;
      const { id } = await publisher.publish({ ...newPayload({ text }), alone: true }, signal);
      const { value } = (await records()).find(({ uri }) => uri === id)!;
      expect(value['reply']).toBeUndefined();
      expect(JSON.stringify(value['facets'])).not.toContain('mention');
    });
  });

  describe('a post that may not be answered', () => {
    test('since it was deleted is not answered', async () => {
      const deleted = await ada.agent.post({ text: 'deleted soon' });
      await network.settle();
      await ada.agent.deletePost(deleted.uri);
      await network.settle();
      await using publisher = await open();
      const payload = answerTo(deleted);
      await expect(publisher.publish(payload, signal)).rejects.toThrow(/deleted/);
      await expect(publisher.publish(payload, signal)).rejects.toThrow(PermanentError);
      expect(await copies(payload)).toBe(0);
    });

    test('since its author limits who replies is not answered', async () => {
      const closed = await ada.agent.post({ text: 'nobody may reply' });
      const rkey = closed.uri.split('/').at(-1)!;
      const record = {
        $type: 'app.bsky.feed.threadgate',
        post: closed.uri,
        allow: [],
        createdAt: new Date().toISOString(),
      };
      await ada.agent.com.atproto.repo.createRecord({
        repo: ada.did,
        collection: 'app.bsky.feed.threadgate',
        rkey,
        record,
      });
      await network.settle();
      await using publisher = await open();
      const payload = answerTo(closed);
      await expect(publisher.publish(payload, signal)).rejects.toThrow(/limits who may reply/);
      expect(await copies(payload)).toBe(0);
    });

    test('since its author blocks the bot is not answered', async () => {
      const eve = await network.join('eve');
      const post = await eve.agent.post({ text: 'go away' });
      await eve.agent.app.bsky.graph.block.create(
        { repo: eve.did },
        { subject: bot.did, createdAt: new Date().toISOString() },
      );
      await network.settle();
      await using publisher = await open();
      await expect(publisher.publish(answerTo(post), signal)).rejects.toThrow(PermanentError);
    });

    test('since it is of another platform is refused in words', async () => {
      await using publisher = await open();
      await expect(publisher.publish(newPayload(), signal)).rejects.toThrow(/not on Bluesky/);
    });
  });

  describe('when the network fails', () => {
    async function through(method: string, rule: Rule) {
      const gate = await openGate(network.pds);
      onTestFinished(() => gate[Symbol.asyncDispose]());
      const publisher = await open(gate.url);
      onTestFinished(() => publisher[Symbol.asyncDispose]());
      gate.rule(method, rule);
      return { gate, publisher };
    }
    const failureOf = (work: Promise<unknown>) =>
      work.then(
        () => undefined,
        (error: Error) => error,
      );
    const isUnknown = (error: unknown) =>
      error instanceof Error && !(error instanceof RetryLater) && !(error instanceof PermanentError);

    const put = 'com.atproto.repo.putRecord';

    test.each<[string, Rule]>([
      ['500', ({ answer }) => answer(500, { error: 'InternalServerError', message: 'oops' })],
      ['502 in HTML', ({ answer }) => answer(502, '<html>Bad gateway</html>')],
      ['a broken connection', ({ cut }) => cut()],
      ['an answer that is no JSON', ({ answer }) => answer(200, 'all right')],
      ['an answer without what it should have', ({ answer }) => answer(200, {})],
    ])('after %s nobody knows, it is looked for, and a repeat does no harm', async (_what, rule) => {
      const { gate, publisher } = await through(put, rule);
      const payload = answerTo(source);
      expect(await failureOf(publisher.publish(payload, signal))).toSatisfy(isUnknown);
      gate.rule(put);
      expect(await publisher.find(payload, signal)).toBe('absent');
      await publisher.publish(payload, signal);
      expect(await copies(payload)).toBe(1);
    });

    test('an answer that is lost leaves one reply, which is found, and which a repeat finds as well', async () => {
      const { gate, publisher } = await through(put, async ({ forward, cut }) => {
        await forward();
        cut();
      });
      const payload = answerTo(source);
      expect(await failureOf(publisher.publish(payload, signal))).toSatisfy(isUnknown);
      gate.rule(put);
      const found = await publisher.find(payload, signal);
      expect(found).toMatchObject({ id: expect.stringContaining(bot.did) });
      expect(await publisher.publish(payload, signal)).toEqual(found);
      expect(await copies(payload)).toBe(1);
    });

    test('a repeat that another version of the bot writes otherwise finds the first', async () => {
      await using publisher = await open();
      const payload = answerTo(source);
      const first = await publisher.publish(payload, signal);
      const card = { url: 'https://example.org', title: 'new', description: 'new' };
      expect(await publisher.publish({ ...payload, card }, signal)).toEqual(first);
      await expect(publisher.publish({ ...payload, text: 'something else' }, signal)).rejects.toThrow(/another post/);
      expect(await copies(payload)).toBe(1);
    });

    test('429 rests the account as long as its headers ask', async () => {
      const reset = Math.floor(Date.now() / 1000) + 600;
      const { publisher } = await through(put, ({ answer }) =>
        answer(
          429,
          { error: 'RateLimitExceeded', message: 'Rate Limit Exceeded' },
          {
            'ratelimit-limit': '5000',
            'ratelimit-remaining': '0',
            'ratelimit-reset': String(reset),
            'retry-after': '600',
          },
        ),
      );
      const error = await failureOf(publisher.publish(answerTo(source), signal));
      expect(error).toBeInstanceOf(RetryLater);
      expect(error).toMatchObject({ account: true });
      expect((error as RetryLater).delayMs).toBeGreaterThan(590_000);
      expect((error as RetryLater).delayMs).toBeLessThan(602_000);
    });

    test('a budget that the last answer used up is not asked for more', async () => {
      const { gate, publisher } = await through(put, async ({ forward, answer }) => {
        const { status, body } = await forward();
        answer(status, body, {
          'ratelimit-remaining': '0',
          'ratelimit-reset': String(Math.floor(Date.now() / 1000) + 60),
        });
      });
      await publisher.publish(answerTo(source), signal);
      const before = gate.passed.filter((name) => name === put).length;
      expect(await failureOf(publisher.publish(answerTo(source), signal))).toBeInstanceOf(RetryLater);
      expect(gate.passed.filter((name) => name === put)).toHaveLength(before);
    });

    test('while the post is looked at, nothing is sent and it is due later', async () => {
      const { gate, publisher } = await through('app.bsky.feed.getPosts', ({ answer }) => answer(503, 'down'));
      expect(await failureOf(publisher.publish(answerTo(source), signal))).toBeInstanceOf(RetryLater);
      expect(gate.passed).not.toContain(put);
    });

    test('a server that is not there means later, and nothing is out', async () => {
      const gate = await openGate(network.pds);
      await using publisher = await open(gate.url);
      await gate[Symbol.asyncDispose]();
      // The connection that was kept is found to be closed.
      await failureOf(publisher.find(answerTo(source), signal));
      expect(
        await failureOf(publisher.publish(newPayload({ ...answerTo(source), alone: true }), signal)),
      ).toBeInstanceOf(RetryLater);
    });

    test('stopped in the midst of sending, nobody knows', async () => {
      const stop = new AbortController();
      const { gate, publisher } = await through(put, () => stop.abort(new Error('stopping')));
      expect(await failureOf(publisher.publish(answerTo(source), stop.signal))).toSatisfy(isUnknown);
      gate.rule(put);
    });

    test('a session that ran out is renewed without another login', async () => {
      let refused = 0;
      const { gate, publisher } = await through(put, async ({ forward, answer }) => {
        if (refused++ === 0) return answer(400, { error: 'ExpiredToken', message: 'Token has expired' });
        const { status, headers, body } = await forward();
        answer(status, body, headers);
      });
      const payload = answerTo(source);
      // Tokens of the same second are the same, so that the library may not see that it has a new one.
      expect([undefined, RetryLater]).toContain((await failureOf(publisher.publish(payload, signal)))?.constructor);
      await publisher.publish(payload, signal);
      expect(await copies(payload)).toBe(1);
      expect(gate.passed.filter((name) => name.endsWith('createSession'))).toHaveLength(1);
    });
  });

  describe('a withdrawal', () => {
    test('of a deleted post succeeds, and of a stranger’s post does not begin', async () => {
      await using publisher = await open();
      const published = await publisher.publish(answerTo(source), signal);
      await bot.agent.deletePost(published.id);
      await publisher.withdraw(published, signal);
      await expect(publisher.withdraw({ id: source.uri, url: null }, signal)).rejects.toThrow(PermanentError);
    });
  });
});
