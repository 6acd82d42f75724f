import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { PermanentError, RetryLater } from '../../../src/core/errors.ts';
import { cutContract } from '../../contract/cut.ts';
import { newPayload } from '../../contract/publisher.ts';
import { blueskyIsHere } from '../../servers/bluesky.ts';
import { startProxy } from '../../support/proxy.ts';
import { type Rule, openGate } from './gate.ts';
import { type PublisherNetwork, startPublisherNetwork } from './publisher-network.ts';

const { signal } = new AbortController();

describe.skipIf(!blueskyIsHere)('on a real network', () => {
  let site: PublisherNetwork;
  beforeAll(async () => {
    site = await startPublisherNetwork();
  });
  afterAll(() => site[Symbol.asyncDispose]());

  cutContract('bluesky', async () => {
    let outside = '';
    const gate = await openGate(site.network.pds, { seenAs: () => outside });
    const proxy = await startProxy(Number(new URL(gate.url).port));
    outside = `http://localhost:${proxy.port}`;
    return {
      proxy,
      open: () => site.open(outside),
      copies: site.copies,
      answering: (payload) => Promise.resolve({ ...payload, replyTo: site.answerTo().replyTo }),
      async [Symbol.asyncDispose]() {
        await proxy[Symbol.asyncDispose]();
        await gate[Symbol.asyncDispose]();
      },
    };
  });
  describe('a post that may not be answered', () => {
    test('since it was deleted is not answered', async () => {
      const deleted = await site.ada.agent.post({ text: 'deleted soon' });
      await site.network.settle();
      await site.ada.agent.deletePost(deleted.uri);
      await site.network.settle();
      await using publisher = await site.open();
      const payload = site.answerTo(deleted);
      await expect(publisher.publish(payload, signal)).rejects.toThrow(/deleted/);
      await expect(publisher.publish(payload, signal)).rejects.toThrow(PermanentError);
      expect(await site.copies(payload)).toBe(0);
    });

    test('since its author limits who replies is not answered', async () => {
      const closed = await site.ada.agent.post({ text: 'nobody may reply' });
      const rkey = closed.uri.split('/').at(-1)!;
      const record = {
        $type: 'app.bsky.feed.threadgate',
        post: closed.uri,
        allow: [],
        createdAt: new Date().toISOString(),
      };
      await site.ada.agent.com.atproto.repo.createRecord({
        repo: site.ada.did,
        collection: 'app.bsky.feed.threadgate',
        rkey,
        record,
      });
      await site.network.settle();
      await using publisher = await site.open();
      const payload = site.answerTo(closed);
      await expect(publisher.publish(payload, signal)).rejects.toThrow(/limits who may reply/);
      expect(await site.copies(payload)).toBe(0);
    });

    test('since its author blocks the bot is not answered', async () => {
      const eve = await site.network.join('eve');
      const post = await eve.agent.post({ text: 'go away' });
      await eve.agent.app.bsky.graph.block.create(
        { repo: eve.did },
        { subject: site.bot.did, createdAt: new Date().toISOString() },
      );
      await site.network.settle();
      await using publisher = await site.open();
      await expect(publisher.publish(site.answerTo(post), signal)).rejects.toThrow(PermanentError);
    });

    test('since it is of another platform is refused in words', async () => {
      await using publisher = await site.open();
      await expect(publisher.publish(newPayload(), signal)).rejects.toThrow(/not on Bluesky/);
    });
  });

  describe('when the network fails', () => {
    async function through(method: string, rule: Rule) {
      const gate = await openGate(site.network.pds);
      onTestFinished(() => gate[Symbol.asyncDispose]());
      const publisher = await site.open(gate.url);
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
      const payload = site.answerTo();
      expect(await failureOf(publisher.publish(payload, signal))).toSatisfy(isUnknown);
      gate.rule(put);
      expect(await publisher.find(payload, signal)).toBe('absent');
      await publisher.publish(payload, signal);
      expect(await site.copies(payload)).toBe(1);
    });

    test('an answer that is lost leaves one reply, which is found, and which a repeat finds as well', async () => {
      const { gate, publisher } = await through(put, async ({ forward, cut }) => {
        await forward();
        cut();
      });
      const payload = site.answerTo();
      expect(await failureOf(publisher.publish(payload, signal))).toSatisfy(isUnknown);
      gate.rule(put);
      const found = await publisher.find(payload, signal);
      expect(found).toMatchObject({ id: expect.stringContaining(site.bot.did) });
      expect(await publisher.publish(payload, signal)).toEqual(found);
      expect(await site.copies(payload)).toBe(1);
    });

    test('a repeat that another version of the bot writes otherwise finds the first', async () => {
      await using publisher = await site.open();
      const payload = site.answerTo();
      const first = await publisher.publish(payload, signal);
      const card = { url: 'https://example.org', title: 'new', description: 'new' };
      expect(await publisher.publish({ ...payload, card }, signal)).toEqual(first);
      await expect(publisher.publish({ ...payload, text: 'something else' }, signal)).rejects.toThrow(/another post/);
      expect(await site.copies(payload)).toBe(1);
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
      const error = await failureOf(publisher.publish(site.answerTo(), signal));
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
      await publisher.publish(site.answerTo(), signal);
      const before = gate.passed.filter((name) => name === put).length;
      expect(await failureOf(publisher.publish(site.answerTo(), signal))).toBeInstanceOf(RetryLater);
      expect(gate.passed.filter((name) => name === put)).toHaveLength(before);
    });

    test('while the post is looked at, nothing is sent and it is due later', async () => {
      const { gate, publisher } = await through('app.bsky.feed.getPosts', ({ answer }) => answer(503, 'down'));
      expect(await failureOf(publisher.publish(site.answerTo(), signal))).toBeInstanceOf(RetryLater);
      expect(gate.passed).not.toContain(put);
    });

    test('a server that is not there means later, and nothing is out', async () => {
      const gate = await openGate(site.network.pds);
      await using publisher = await site.open(gate.url);
      await gate[Symbol.asyncDispose]();
      // The connection that was kept is found to be closed.
      await failureOf(publisher.find(site.answerTo(), signal));
      expect(
        await failureOf(publisher.publish(newPayload({ ...site.answerTo(), alone: true }), signal)),
      ).toBeInstanceOf(RetryLater);
    });

    test('stopped in the midst of sending, nobody knows', async () => {
      const stop = new AbortController();
      const { gate, publisher } = await through(put, () => stop.abort(new Error('stopping')));
      expect(await failureOf(publisher.publish(site.answerTo(), stop.signal))).toSatisfy(isUnknown);
      gate.rule(put);
    });

    test('a session that ran out is renewed without another login', async () => {
      let refused = 0;
      const { gate, publisher } = await through(put, async ({ forward, answer }) => {
        if (refused++ === 0) return answer(400, { error: 'ExpiredToken', message: 'Token has expired' });
        const { status, headers, body } = await forward();
        answer(status, body, headers);
      });
      const payload = site.answerTo();
      // Tokens of the same second are the same, so that the library may not see that it has a new one.
      expect([undefined, RetryLater]).toContain((await failureOf(publisher.publish(payload, signal)))?.constructor);
      await publisher.publish(payload, signal);
      expect(await site.copies(payload)).toBe(1);
      expect(gate.passed.filter((name) => name.endsWith('createSession'))).toHaveLength(1);
    });
  });

  describe('a withdrawal', () => {
    test('of a deleted post succeeds, and of a stranger’s post does not begin', async () => {
      await using publisher = await site.open();
      const published = await publisher.publish(site.answerTo(), signal);
      await site.bot.agent.deletePost(published.id);
      await publisher.withdraw(published, signal);
      await expect(publisher.withdraw({ id: site.source.uri, url: null }, signal)).rejects.toThrow(PermanentError);
    });
  });
});
