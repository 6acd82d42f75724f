import { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { PermanentError, RetryLater } from '../../../src/core/errors.ts';
import type { Repeat } from '../../../src/platforms/platform.ts';
import { newPayload, publisherContract } from '../../contract/publisher.ts';
import { tempDir } from '../temp.ts';
import { fakeFeed, fakePublisher, fakeStream, type SourceChange } from './driver.ts';
import { newLimits } from './limits.ts';
import { type FakePlatformOptions, type Fault, faults } from './options.ts';
import { openFakePlatform } from './platform.ts';
import { readRecord } from './record.ts';
import { wait } from '../wait.ts';

const repeats: readonly Repeat[] = ['harmless', { harmlessForMs: 60_000 }, 'doubles'];
const { signal } = new AbortController();

for (const repeat of repeats) {
  publisherContract(`fake platform, repeats ${JSON.stringify(repeat)}`, async () => {
    const platform = await openPlatform({ repeat });
    return {
      open: () => Promise.resolve(fakePublisher({ url: platform.url, repeat })),
      copies: ({ key, text }) => Promise.resolve(platform.state.marked(key).filter((r) => r.text === text).length),
      [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose](),
    };
  });
}

async function openPlatform(options: Partial<FakePlatformOptions> = {}) {
  const dir = await tempDir();
  const platform = await openFakePlatform({
    file: join(dir, 'platform.jsonl'),
    repeat: 'doubles',
    anySource: true,
    ...options,
  });
  onTestFinished(() => platform[Symbol.asyncDispose]());
  return platform;
}

async function openBoth(options: Partial<FakePlatformOptions> = {}) {
  const file = join(await tempDir(), 'platform.jsonl');
  const platform = await openPlatform({ file, ...options });
  const publisher = fakePublisher({ url: platform.url, repeat: options.repeat ?? 'doubles' });
  const publish = (payload = newPayload()) => publisher.publish(payload, signal);
  return { file, platform, publisher, publish };
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

function isKnown(error: unknown): boolean {
  return error instanceof PermanentError || error instanceof RetryLater;
}

describe('idempotency keys', () => {
  test('kept for ever: the repeat gets the first reply, also after a restart and after it was withdrawn', async () => {
    const { platform, publisher, publish, file } = await openBoth({ repeat: 'harmless' });
    const payload = newPayload();
    const first = await publish(payload);
    await publisher.withdraw(first, signal);
    expect(await publish(payload)).toEqual(first);
    await platform[Symbol.asyncDispose]();
    await using again = await openFakePlatform({ file, repeat: 'harmless', anySource: true });
    const fresh = fakePublisher({ url: again.url, repeat: 'harmless' });
    expect(await fresh.publish(payload, signal)).toEqual(first);
    expect(again.state.replies.size).toBe(0);
  });

  test('kept for a time: after it the repeat really posts again', async () => {
    const { platform, publish } = await openBoth({ repeat: { harmlessForMs: 50 } });
    const payload = newPayload();
    const first = await publish(payload);
    await vi.waitFor(async () => expect((await publish(payload)).id).not.toBe(first.id), wait);
    expect(platform.state.marked(payload.key).length).toBe(2);
  });

  test('kept for a time: by the clock of the sender, where that tells the time', async () => {
    const { platform } = await openBoth({ repeat: { harmlessForMs: 3000 } });
    const body = JSON.stringify({ text: 'short', inReplyTo: 'p1', marker: 'm' });
    const sendAt = async (sentAt: number) => {
      const headers = { 'idempotency-key': 'k', 'sent-at': String(sentAt) };
      await fetch(`${platform.url}/replies`, { method: 'POST', body, headers });
      return platform.state.marked('m').length;
    };
    expect(await sendAt(0)).toBe(1);
    expect(await sendAt(2999)).toBe(1);
    expect(await sendAt(3000)).toBe(2);
  });
});

describe('refusals', () => {
  test.each([
    ['403: the author blocks the bot', 403, 'of a blocker', 'short'],
    ['404: the source is deleted', 404, 'deleted', 'short'],
    ['404: there is no such source', 404, 'never there', 'short'],
    ['422: the text is too long', 422, 'there', 'x'.repeat(501)],
    ['422: there is no text', 422, 'there', ''],
  ])('%s', async (_what, status, id, text) => {
    const { platform, publish } = await openBoth({ anySource: false });
    platform.people.post({ id: 'there', text: 'hello' });
    platform.people.post({ id: 'of a blocker', text: 'hello', author: 'eve' });
    platform.people.post({ id: 'deleted', text: 'hello' });
    platform.people.block('eve');
    platform.people.delete('deleted');
    const payload = newPayload({ text, replyTo: { ...newPayload().replyTo, id } });
    const error = await errorOf(publish(payload));
    expect(error).toBeInstanceOf(PermanentError);
    expect(String(error)).toContain(String(status));
    expect(platform.state.replies.size).toBe(0);
    await publish({ ...payload, text: 'short', replyTo: { ...payload.replyTo, id: 'there' } });
    expect(platform.state.replies.size).toBe(1);
  });

  test('422: what is no JSON', async () => {
    const { platform } = await openBoth();
    const response = await fetch(`${platform.url}/replies`, { method: 'POST', body: '{"text": "half' });
    expect(response.status).toBe(422);
  });

  test('404: a reply that is gone cannot be withdrawn', async () => {
    const { platform, publisher, publish } = await openBoth();
    const published = await publish();
    await publisher.withdraw(published, signal);
    const response = await fetch(`${platform.url}/replies/${published.id}`, { method: 'DELETE' });
    expect(response.status).toBe(404);
  });
});

describe('limits', () => {
  const day = 86_400_000;

  test('beyond the limit nothing is taken, and the time to come again is told', async () => {
    const { platform, publish } = await openBoth({ limit: { calls: 2, windowMs: day } });
    await publish();
    await publish();
    const error = await errorOf(publish());
    expect(error).toBeInstanceOf(RetryLater);
    expect((error as RetryLater).delayMs).toBeGreaterThan(day - 60_000);
    expect(platform.state.replies.size).toBe(2);
  });

  test('who calls again before the reset commits a breach; with another reply, only after the grace', async () => {
    const { file, publish } = await openBoth({ limit: { calls: 1, windowMs: day } });
    const late = newPayload();
    await publish();
    await errorOf(publish(late));
    await errorOf(publish());
    const breaches = () => readRecord(file).flatMap((entry) => (entry.kind === 'breach' ? [entry.of] : []));
    expect(breaches()).toEqual([]);
    await errorOf(publish(late));
    expect(breaches()).toEqual(['call']);
    await vi.waitFor(async () => {
      await errorOf(publish());
      expect(breaches()).toContain('account');
    }, wait);
  });

  test('who hung up may not have heard that it was to wait: no breach', () => {
    const limits = newLimits(undefined);
    const call = { name: 'publish late', line: new Socket() };
    limits.told(call, 100);
    expect(limits.ask(call, 99).breach).toBe('call');
    call.line.destroy();
    expect(limits.ask(call, 99).breach).toBeNull();
  });

  test.each([0, -1000, 1000])(
    'after the reset calls are welcome again, though the clock was set by %i ms',
    async (by) => {
      const { file, publish } = await openBoth({ limit: { calls: 1, windowMs: 3000 } });
      const late = newPayload();
      await publish();
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + by });
      onTestFinished(() => void vi.useRealTimers());
      const error = (await errorOf(publish(late))) as RetryLater;
      expect(error.delayMs).toBeLessThanOrEqual(3001);
      await new Promise((resolve) => {
        setTimeout(resolve, error.delayMs);
      });
      await publish(late);
      expect(readRecord(file).some((entry) => entry.kind === 'breach')).toBe(false);
    },
  );
});

describe('faults', () => {
  /** Is the reply on the platform, and does the client know what became of its call? */
  const outcomes: Record<Fault, { taken: boolean; known: boolean; answered: boolean }> = {
    'lost request': { taken: false, known: false, answered: false },
    'lost answer': { taken: true, known: false, answered: false },
    '5xx before': { taken: false, known: false, answered: false },
    '5xx after': { taken: true, known: false, answered: false },
    limited: { taken: false, known: true, answered: false },
    slow: { taken: true, known: false, answered: true },
    'wrong type': { taken: true, known: false, answered: false },
    truncated: { taken: true, known: false, answered: false },
    down: { taken: false, known: false, answered: false },
  };

  test.each(faults)('%s: does to publish what it says, once, and is counted', async (fault) => {
    const { platform, publish } = await openBoth({ script: { publish: [fault] }, slowMs: 10 });
    const payload = newPayload();
    const error = await errorOf(publish(payload));
    const { taken, known, answered } = outcomes[fault];
    await platform.idle();
    expect(platform.state.marked(payload.key).length).toBe(taken ? 1 : 0);
    expect({ answered: error === undefined, known: isKnown(error) }).toEqual({ answered, known });
    expect([...platform.fired]).toEqual([[fault, 1]]);
    await vi.waitFor(() => publish(), wait);
  });

  test('slow: a client without patience has left, and the reply comes out all the same', async () => {
    const { platform, publisher } = await openBoth({ script: { publish: ['slow'] }, slowMs: 300 });
    const payload = newPayload();
    const error = await errorOf(publisher.publish(payload, AbortSignal.timeout(50)));
    expect(isKnown(error)).toBe(false);
    expect(error).toBeInstanceOf(Error);
    await platform.idle();
    expect(platform.state.marked(payload.key).length).toBe(1);
  });

  test('down: calls are refused, known to have done nothing, until the platform is back at its address', async () => {
    const { platform, publish } = await openBoth({ script: { publish: ['down'] }, downMs: 3000 });
    await errorOf(publish());
    expect(await errorOf(publish())).toBeInstanceOf(RetryLater);
    await vi.waitFor(() => publish(), wait);
    expect(platform.state.replies.size).toBe(1);
  });

  test('find and withdraw meet their own faults, and a look that fails is no "absent"', async () => {
    const script = { find: ['lost answer', 'wrong type'], withdraw: ['5xx before', 'lost answer'] } as const;
    const { publisher, publish } = await openBoth({ script });
    const payload = newPayload();
    const published = await publish(payload);
    for (const _ of script.find) expect(await errorOf(publisher.find(payload, signal))).toBeInstanceOf(Error);
    expect(await publisher.find(payload, signal)).toEqual(published);
    await expect(publisher.withdraw(published, signal)).rejects.toThrow('503');
    expect(await publisher.find(payload, signal)).toEqual(published);
    await expect(publisher.withdraw(published, signal)).rejects.toThrow('no answer');
    expect(await publisher.find(payload, signal)).toBe('absent');
  });

  test('a reply shows late: not at once, but soon', async () => {
    const { publisher, publish } = await openBoth({ showsAfterMs: 2000 });
    const payload = newPayload({ key: 'late' });
    const published = await publish(payload);
    expect(await publisher.find(payload, signal)).toBe('absent');
    await vi.waitFor(async () => expect(await publisher.find(payload, signal)).toEqual(published), wait);
  });

  test('the same seed deals the same faults to the same calls, in whatever order they come', async () => {
    const shares = [
      { fault: '5xx before', share: 0.3 },
      { fault: '5xx after', share: 0.2 },
    ] as const;
    const payloads = Array.from({ length: 40 }, () => newPayload());
    const results = async (seed: number, sent: typeof payloads) => {
      const { publish } = await openBoth({ shares, seed });
      const errors = await Promise.all(
        sent.map(async (payload) => [payload.key, String(await errorOf(publish(payload)))]),
      );
      return Object.fromEntries(errors) as Record<string, string>;
    };
    const first = await results(1, payloads);
    expect(await results(1, payloads.toReversed())).toEqual(first);
    expect(await results(2, payloads)).not.toEqual(first);
    expect(new Set(Object.values(first).map((error) => error.slice(0, 10))).size).toBe(3);
  });
});

describe('people', () => {
  test('the feed pages through what stands, from a cursor on', async () => {
    const platform = await openPlatform();
    for (let i = 0; i < 90; i += 1) platform.people.post({ id: `p${i}`, text: `#cablegate ${i}` });
    platform.people.edit('p3', 'changed #07ASTANA2244');
    platform.people.delete('p4');
    const feed = fakeFeed({ url: platform.url, repeat: 'doubles' });
    const pages = await Array.fromAsync(feed.pages(undefined, signal));
    expect(pages.map(({ posts }) => posts.length)).toEqual([40, 40, 9]);
    expect(pages[0]?.posts[3]).toMatchObject({ key: 'fake:p3', hashtags: ['07ASTANA2244'] });
    expect(await Array.fromAsync(feed.pages(pages.at(-1)?.cursor, signal))).toEqual([]);
    platform.people.post({ id: 'new', text: 'new' });
    const [later] = await Array.fromAsync(feed.pages(pages.at(-1)?.cursor, signal));
    expect(later?.posts.map(({ id }) => id)).toEqual(['new']);
  });

  test('the stream tells what happens from now on, and nothing of before', async () => {
    const { platform, publish } = await openBoth();
    platform.people.post({ id: 'before', text: 'not told' });
    const ended = new AbortController();
    const heard: SourceChange[] = [];
    const listening = (async () => {
      for await (const event of fakeStream({ url: platform.url, repeat: 'doubles' }, ended.signal)) heard.push(event);
    })();
    await vi.waitFor(() => expect(platform.listening()).toBe(1), wait);
    platform.people.post({ id: 'p1', text: 'cited' });
    platform.people.edit('p1', 'cited otherwise');
    const { id } = await publish();
    platform.people.answer({ to: id, id: 'a1', text: '@pilcrow stop', author: 'ada' });
    platform.people.delete('p1');
    await vi.waitFor(() => expect(heard.length).toBe(4), wait);
    expect(heard).toMatchObject([
      { kind: 'post', post: { key: 'fake:p1', summoned: false } },
      { kind: 'edit', post: { text: 'cited otherwise' } },
      { kind: 'post', post: { key: 'fake:a1', inReplyTo: id, summoned: true, text: '@pilcrow stop' } },
      { kind: 'delete', key: 'fake:p1' },
    ]);
    ended.abort();
    expect(await errorOf(listening)).toMatchObject({ name: 'AbortError' });
  });
});
