import { describe, expect, test } from 'vitest';
import { PermanentError, RetryLater } from '../../../src/core/errors.ts';
import { driverOver } from '../../../src/platforms/x/driver.ts';
import { answerTo, type Setting, setUp } from './setting.ts';

const post = 'POST /2/tweets';
const link = 'https://wikileaks.org/cable/2007/08/07ASTANA2244.html';

async function openPublisher(
  { driver, publisher, context }: Setting,
  changes: Parameters<Setting['publisher']>[0] = {},
) {
  return await driver.openPublisher!(publisher(changes), context);
}

const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('an answer on X', () => {
  test('goes to the newest version of the post, signed by the account', async () => {
    const setting = await setUp();
    const { x, signal } = setting;
    const asked = x.write('@pilcrowbot 07ASTANA2244?');
    const edited = x.edit(asked, '@pilcrowbot 07ASTANA2244, please?');
    const publisher = await openPublisher(setting);
    const { id, url } = await publisher.publish(answerTo(asked, `The cable: ${link}`), signal);
    expect(url).toBe(`https://x.com/i/status/${id}`);
    expect(x.find(id)).toMatchObject({ author: x.bot, references: [{ type: 'replied_to', id: edited.id }] });
    expect(x.calls.every(({ kind }) => kind === 'user')).toBe(true);
  });

  test.each([
    ['mentions nobody', (x: Setting['x']) => x.write('#cablegate'), /neither mentions nor quotes the bot/],
    [
      'is deleted',
      (x: Setting['x']) => {
        const one = x.write('@pilcrowbot');
        x.remove(one);
        return one;
      },
      /deleted or no longer public/,
    ],
    [
      'is no longer public',
      (x: Setting['x']) => x.write('@pilcrowbot', { author: x.addUser('shy', { protected: true }) }),
      /deleted or no longer public/,
    ],
  ])('to a post that %s is refused before anything is sent', async (_what, write, message) => {
    const setting = await setUp();
    const { x, signal, testBudget } = setting;
    const publisher = await openPublisher(setting);
    const error = await errorOf(publisher.publish(answerTo(write(x), 'no'), signal));
    expect(error).toBeInstanceOf(PermanentError);
    expect(error).toMatchObject({ message: expect.stringMatching(message) as unknown });
    expect(x.count(post)).toBe(0);
    expect(testBudget.spent()).toBe(x.bill.total());
  });

  test.each([
    [
      'Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.',
      /X allows replies only to posts that mention/,
    ],
    ['You are not allowed to create a Tweet with duplicate content.', /posted the same text before/],
    ['You have been blocked from replying to this user.', /blocked from replying/],
  ])('that X refuses with “%s” fails for good', async (detail, message) => {
    const setting = await setUp();
    const { x, signal } = setting;
    const publisher = await openPublisher(setting);
    x.fail(post, {
      status: 403,
      body: JSON.stringify({ detail, status: 403, title: 'Forbidden', type: 'about:blank' }),
    });
    const error = await errorOf(publisher.publish(answerTo(x.write('@pilcrowbot ?'), 'x'), signal));
    expect(error).toBeInstanceOf(PermanentError);
    expect(error).toMatchObject({ message: expect.stringMatching(message) as unknown });
  });

  test('to somebody who blocks the bot, or with a duplicate text, is refused by X', async () => {
    const setting = await setUp();
    const { x, signal } = setting;
    const publisher = await openPublisher(setting);
    const blocking = x.write('@pilcrowbot ?', { author: x.addUser('eve', { blocksBot: true }) });
    expect(await errorOf(publisher.publish(answerTo(blocking, 'x'), signal))).toBeInstanceOf(PermanentError);
    await publisher.publish(answerTo(x.write('@pilcrowbot 1'), 'the same'), signal);
    const again = publisher.publish(answerTo(x.write('@pilcrowbot 2'), 'the same'), signal);
    expect(await errorOf(again)).toBeInstanceOf(PermanentError);
  });

  test.each([
    ['quotes the bot', (x: Setting['x']) => x.write('hm', { quotes: x.write('before', { author: x.bot }) })],
    [
      'only those it mentions may answer',
      (x: Setting['x']) => x.write('@pilcrowbot', { replySettings: 'mentionedUsers' }),
    ],
  ])('to a post that %s is sent', async (_what, write) => {
    const setting = await setUp();
    const publisher = await openPublisher(setting);
    const { id } = await publisher.publish(answerTo(write(setting.x), 'the link'), setting.signal);
    expect(setting.x.find(id)).toBeDefined();
  });

  test('without a parent is a post of its own', async () => {
    const setting = await setUp();
    const { x, signal } = setting;
    const publisher = await openPublisher(setting);
    const payload = answerTo(x.write('#cablegate'), `Seen: ${link}`, { alone: true });
    const published = await publisher.publish(payload, signal);
    expect(x.find(published.id)).toMatchObject({ references: [] });
    expect(x.count('GET /2/tweets')).toBe(0);
    expect(await publisher.find(payload, signal)).toEqual(published);
  });

  test('waits for X’s rate limit, by its headers', async () => {
    const setting = await setUp();
    const { x, signal } = setting;
    x.limits.leave(post, 'user', 1);
    const publisher = await openPublisher(setting);
    await publisher.publish(answerTo(x.write('@pilcrowbot 1'), '1'), signal);
    const error = await errorOf(publisher.publish(answerTo(x.write('@pilcrowbot 2'), '2'), signal));
    expect(error).toMatchObject({ name: 'RetryLater', account: true });
    expect((error as RetryLater).delayMs).toBeGreaterThan(14 * 60_000);
    expect(x.count(post)).toBe(1);
  });

  test.each([
    ['500', { status: 500, body: '' }],
    ['an HTML page', { status: 200, body: '<html>' }],
    ['an answer without an id', { status: 201, body: '{"data":{}}' }],
    ['a reset before', 'reset' as const],
    ['a reset after', 'lost answer' as const],
  ])('has an unknown outcome after %s', async (_what, fault) => {
    const setting = await setUp();
    const { x, signal } = setting;
    const publisher = await openPublisher(setting);
    x.fail(post, fault);
    const payload = answerTo(x.write('@pilcrowbot ?'), 'the link');
    const error = await errorOf(publisher.publish(payload, signal));
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(RetryLater);
    expect(error).not.toBeInstanceOf(PermanentError);
    const found = await publisher.find(payload, signal);
    expect(typeof found).toBe(fault === 'lost answer' ? 'object' : 'string');
  });

  test('is not sent and tried again while X cannot look the parent up', async () => {
    const setting = await setUp();
    const publisher = await openPublisher(setting);
    const payload = answerTo(setting.x.write('@pilcrow #cablegate'), 'x');
    for (const fault of [{ status: 503, body: '' }, { status: 200, body: '{}' }, 'reset'] as const) {
      setting.x.fail('GET /2/tweets', fault);
      expect(await errorOf(publisher.publish(payload, setting.signal))).toBeInstanceOf(RetryLater);
    }
    expect(setting.x.count(post)).toBe(0);
    // The library does not handle compression safely: a damaged answer crashes it, a truncated one hangs.
    expect(setting.x.calls.map(({ accepts }) => accepts)).toEqual(['identity', 'identity', 'identity']);
  });

  test('is surely not sent if X refuses the connection', async () => {
    const setting = await setUp();
    const nowhere = driverOver({ agent: () => setting.x.agent(1) });
    const publisher = await nowhere.openPublisher!(setting.publisher(), setting.context);
    const payload = answerTo(setting.x.write('#x'), 'x', { alone: true });
    expect(await errorOf(publisher.publish(payload, setting.signal))).toBeInstanceOf(RetryLater);
  });

  test('that is aborted in flight has an unknown outcome', async () => {
    const setting = await setUp();
    setting.x.fail(post, 'stall');
    const publisher = await openPublisher(setting);
    const stop = new AbortController();
    const payload = answerTo(setting.x.write('#x'), 'x', { alone: true });
    const publishing = errorOf(publisher.publish(payload, stop.signal));
    setTimeout(() => stop.abort(new Error('too late')), 50);
    expect(await publishing).toMatchObject({ message: 'too late' });
  });
});

describe('looking a reply up', () => {
  test('finds it by its parent and its text, though X shortens URLs and escapes characters', async () => {
    const setting = await setUp();
    const { x, signal, testBudget } = setting;
    const publisher = await openPublisher(setting);
    const parent = x.write('@pilcrowbot 07ASTANA2244');
    const payload = answerTo(parent, `a < b & c: ${link} (¶5)\nwikileaks.org`);
    const published = await publisher.publish(payload, signal);
    expect(await publisher.find(payload, signal)).toEqual(published);
    expect(testBudget.peak()).toBeGreaterThanOrEqual(100 * 1000);
    expect(x.bill.items.at(-1)).toEqual({ item: 'ownedRead', count: 1 });
  });

  test('goes back to when it was planned, however many posts came since', async () => {
    const setting = await setUp();
    const { x, signal, clock } = setting;
    const publisher = await openPublisher(setting);
    for (let i = 0; i < 30; i += 1) x.write(`long before ${i}`, { author: x.bot });
    clock.advance(3_600_000);
    const parent = x.write('@pilcrowbot');
    const published = await publisher.publish(answerTo(parent, 'the link'), signal);
    for (let i = 0; i < 250; i += 1) x.write(`since ${i}`, { author: x.bot });
    clock.advance(1000);
    expect(await publisher.find(answerTo(parent, 'the link'), signal)).toEqual(published);
    expect(x.count('GET /2/users/:id/tweets')).toBe(3);
    const absent = answerTo(x.write('@pilcrowbot'), 'another');
    expect(await publisher.find(absent, signal)).toBe('absent');
  });

  test('finds it also if the parent was edited since', async () => {
    const setting = await setUp();
    const { x, signal } = setting;
    const publisher = await openPublisher(setting);
    const parent = x.write('@pilcrowbot 1');
    x.edit(parent, '@pilcrowbot 2');
    const payload = answerTo(parent, 'the link');
    const published = await publisher.publish(payload, signal);
    expect(await publisher.find(payload, signal)).toEqual(published);
  });

  test('cannot tell if the bot has replied with other words', async () => {
    const setting = await setUp();
    const { x, signal } = setting;
    const publisher = await openPublisher(setting);
    const parent = x.write('@pilcrowbot');
    x.write('other words', { author: x.bot, replyTo: parent });
    expect(await publisher.find(answerTo(parent, 'the link'), signal)).toBe('cannot-tell');
  });

  test('cannot tell while a post of the bot cannot be read: it may be the one', async () => {
    const setting = await setUp();
    const publisher = await openPublisher(setting);
    setting.x.fail('GET /2/users/:id/tweets', { status: 200, body: '{"data":[{"id":"1"}],"meta":{}}' });
    expect(await publisher.find(answerTo(setting.x.write('x'), 'y'), setting.signal)).toBe('cannot-tell');
  });

  test('that fails does not count as absence', async () => {
    const setting = await setUp();
    const publisher = await openPublisher(setting);
    setting.x.fail('GET /2/users/:id/tweets', { status: 503, body: '' });
    expect(await errorOf(publisher.find(answerTo(setting.x.write('x'), 'y'), setting.signal))).toBeInstanceOf(Error);
  });
});

describe('withdrawing', () => {
  test('an already deleted reply succeeds, and any other error fails', async () => {
    const setting = await setUp();
    const publisher = await openPublisher(setting);
    await publisher.withdraw({ id: '7', url: null }, setting.signal);
    const gone = 'Could not find it, as a gateway with 404 would say';
    const others = [
      { status: 403, body: '{}' },
      { status: 403, body: JSON.stringify({ detail: gone }) },
      { status: 404, body: '<h1>404</h1>' },
    ];
    setting.x.fail('DELETE /2/tweets/:id', ...others);
    for (const { status } of others)
      expect(await errorOf(publisher.withdraw({ id: '7', url: null }, setting.signal))).toMatchObject({
        message: expect.stringContaining(`deletion with ${status}`) as unknown,
      });
  });
});

describe('the price', () => {
  test.each([
    ['of a reply with a URL is the higher one until a bill says otherwise', `x ${link}`, {}, 200_000],
    ['of a reply without a URL is that of a summoned reply', 'x', {}, 10_000],
    ['of a post with a URL', `x ${link}`, { alone: true }, 200_000],
    ['of a post without a URL', 'x', { alone: true }, 15_000],
  ] as const)('%s', async (_what, text, changes, price) => {
    const setting = await setUp();
    const publisher = await openPublisher(setting);
    expect(publisher.price?.(answerTo(setting.x.write('?'), text, changes))).toBe(price);
  });

  test('is the one that the operator configured', async () => {
    const setting = await setUp();
    const publisher = await openPublisher(setting, { prices: { summonedReplyWithUrl: 0.01 } });
    expect(publisher.price?.(answerTo(setting.x.write('?'), link))).toBe(10_000);
  });

  test('of looking the parent up is reserved as well', async () => {
    const setting = await setUp();
    const { x, signal, testBudget } = setting;
    const publisher = await openPublisher(setting);
    await publisher.publish(answerTo(x.write('@pilcrowbot'), 'the link'), signal);
    expect(testBudget.spent()).toBe(5000);
    expect(x.bill.total()).toBe(5000 + 10_000);
  });
});

describe('a check', () => {
  test.each([
    ['tokens of another account', '{"data":{"id":"7","name":"e","username":"eve"}}', {}, /belong to @eve \(7\)/],
    ['a new name', '{"data":{"id":"1000000","name":"p","username":"newname"}}', {}, /is called @newname now/],
    [
      'read-only tokens',
      '{"data":{"id":"1000000","name":"p","username":"pilcrowbot"}}',
      { 'x-access-level': 'read' },
      /read-only/,
    ],
    [
      'a clock that is off',
      '{"data":{"id":"1000000","name":"p","username":"pilcrowbot"}}',
      { date: 'Mon, 23 Nov 2026 12:10:00 GMT' },
      /clock is 600 s off/,
    ],
  ])('finds %s', async (_what, body, headers, message) => {
    const { x, driver, publisher, context } = await setUp();
    x.fail('GET /2/users/me', { status: 200, body, headers });
    expect(await driver.checkPublisher!(publisher(), context)).toMatch(message);
  });

  test('finds wrong secrets', async () => {
    const { driver, publisher, context } = await setUp();
    const config = publisher();
    config.accessSecret.resolve('another');
    expect(await driver.checkPublisher!(config, context)).toMatch(/401.*check the keys, the tokens/);
  });
});
