import { describe, expect, test } from 'vitest';
import { PermanentError, RetryLater } from '../../../src/core/errors.ts';
import { driverBy } from '../../../src/platforms/x/driver.ts';
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
      'is gone',
      (x: Setting['x']) => {
        const one = x.write('@pilcrowbot');
        x.remove(one);
        return one;
      },
      /is gone/,
    ],
    [
      'is no longer public',
      (x: Setting['x']) => x.write('@pilcrowbot', { author: x.addUser('shy', { protected: true }) }),
      /not for everybody/,
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
      /X lets only those be answered who mention/,
    ],
    ['You are not allowed to create a Tweet with duplicate content.', /has said the same before/],
    [
      'Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.',
      /right to write/,
    ],
    ['You have been blocked from replying to this user.', /blocked from replying/],
  ])('that X refuses with “%s” is given up for good', async (detail, message) => {
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

  test('to somebody who blocks the bot, and the same text once more, are refused by X', async () => {
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
      'lets only those answer that it mentions',
      (x: Setting['x']) => x.write('@pilcrowbot', { replySettings: 'mentionedUsers' }),
    ],
  ])('to a post that %s goes out', async (_what, write) => {
    const setting = await setUp();
    const publisher = await openPublisher(setting);
    const { id } = await publisher.publish(answerTo(write(setting.x), 'the link'), setting.signal);
    expect(setting.x.find(id)).toBeDefined();
  });

  test('that addresses nobody is a post of its own', async () => {
    const setting = await setUp();
    const { x, signal } = setting;
    const publisher = await openPublisher(setting);
    const payload = answerTo(x.write('#cablegate'), `Seen: ${link}`, { alone: true });
    const published = await publisher.publish(payload, signal);
    expect(x.find(published.id)).toMatchObject({ references: [] });
    expect(x.count('GET /2/tweets')).toBe(0);
    expect(await publisher.find(payload, signal)).toEqual(published);
  });

  test('is too many after a hundred: X’s limits are obeyed, by its headers', async () => {
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
    ['a page in the place of an answer', { status: 200, body: '<html>' }],
    ['an answer without an id', { status: 201, body: '{"data":{}}' }],
    ['a reset before', 'reset' as const],
    ['a reset after', 'lost answer' as const],
  ])('whose outcome nobody knows, for %s, says so', async (_what, fault) => {
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

  test('to a post that X cannot tell of at the moment is surely not out, and tried again', async () => {
    const setting = await setUp();
    const publisher = await openPublisher(setting);
    const payload = answerTo(setting.x.write('@pilcrow #cablegate'), 'x');
    for (const fault of [{ status: 503, body: '' }, { status: 200, body: '{}' }, 'reset'] as const) {
      setting.x.fail('GET /2/tweets', fault);
      expect(await errorOf(publisher.publish(payload, setting.signal))).toBeInstanceOf(RetryLater);
    }
    expect(setting.x.count(post)).toBe(0);
    // The library unpacks without care: a damaged answer would end the process, one that breaks off hang for ever.
    expect(setting.x.calls.map(({ accepts }) => accepts)).toEqual(['identity', 'identity', 'identity']);
  });

  test('where nobody listens is surely not out', async () => {
    const setting = await setUp();
    const nowhere = driverBy({ agent: () => setting.x.agent(1) });
    const publisher = await nowhere.openPublisher!(setting.publisher(), setting.context);
    const payload = answerTo(setting.x.write('#x'), 'x', { alone: true });
    expect(await errorOf(publisher.publish(payload, setting.signal))).toBeInstanceOf(RetryLater);
  });

  test('that is cut off while it is under way is of unknown outcome', async () => {
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

describe('looking for an answer', () => {
  test('finds it by its post and its words, though X shortens addresses and escapes', async () => {
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

  test('goes back to when it was planned, however much was said since', async () => {
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

  test('finds it also where the post was edited since', async () => {
    const setting = await setUp();
    const { x, signal } = setting;
    const publisher = await openPublisher(setting);
    const parent = x.write('@pilcrowbot 1');
    x.edit(parent, '@pilcrowbot 2');
    const payload = answerTo(parent, 'the link');
    const published = await publisher.publish(payload, signal);
    expect(await publisher.find(payload, signal)).toEqual(published);
  });

  test('cannot tell where something else of the bot stands there', async () => {
    const setting = await setUp();
    const { x, signal } = setting;
    const publisher = await openPublisher(setting);
    const parent = x.write('@pilcrowbot');
    x.write('other words', { author: x.bot, replyTo: parent });
    expect(await publisher.find(answerTo(parent, 'the link'), signal)).toBe('cannot-tell');
  });

  test('that fails is no word of its absence', async () => {
    const setting = await setUp();
    const publisher = await openPublisher(setting);
    setting.x.fail('GET /2/users/:id/tweets', { status: 200, body: '{"data":[{"id":"1"}]}' });
    expect(await errorOf(publisher.find(answerTo(setting.x.write('x'), 'y'), setting.signal))).toBeInstanceOf(Error);
  });
});

describe('taking back', () => {
  test('what is gone already is done, and another fault is none', async () => {
    const setting = await setUp();
    const publisher = await openPublisher(setting);
    await publisher.withdraw({ id: '7', url: null }, setting.signal);
    setting.x.fail('DELETE /2/tweets/:id', { status: 403, body: '{}' });
    expect(await errorOf(publisher.withdraw({ id: '7', url: null }, setting.signal))).toBeInstanceOf(PermanentError);
  });
});

describe('the price', () => {
  test.each([
    ['of an answer with a URL is forecast at the higher price until a bill says otherwise', `x ${link}`, {}, 200_000],
    ['of an answer without a URL is that of a summoned reply', 'x', {}, 10_000],
    ['of a post with a URL', `x ${link}`, { alone: true }, 200_000],
    ['of a post without a URL', 'x', { alone: true }, 15_000],
  ] as const)('%s', async (_what, text, changes, price) => {
    const setting = await setUp();
    const publisher = await openPublisher(setting);
    expect(publisher.price?.(answerTo(setting.x.write('?'), text, changes))).toBe(price);
  });

  test('is what the operator’s bill says', async () => {
    const setting = await setUp();
    const publisher = await openPublisher(setting, { prices: { summonedReplyWithUrl: 0.01 } });
    expect(publisher.price?.(answerTo(setting.x.write('?'), link))).toBe(10_000);
  });

  test('of looking at the post before is reserved as well', async () => {
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
    ['tokens of another account', '{"data":{"id":"7","name":"e","username":"eve"}}', {}, /those of @eve \(7\)/],
    ['a new name', '{"data":{"id":"1000000","name":"p","username":"newname"}}', {}, /is called @newname now/],
    [
      'tokens that may only read',
      '{"data":{"id":"1000000","name":"p","username":"pilcrowbot"}}',
      { 'x-access-level': 'read' },
      /may only read/,
    ],
    [
      'a clock that is off',
      '{"data":{"id":"1000000","name":"p","username":"pilcrowbot"}}',
      { date: 'Mon, 23 Nov 2026 12:10:00 GMT' },
      /clock is 600 s away/,
    ],
  ])('finds %s', async (_what, body, headers, message) => {
    const { x, driver, publisher, context } = await setUp();
    x.fail('GET /2/users/me', { status: 200, body, headers });
    expect(await driver.checkPublisher!(publisher(), context)).toMatch(message);
  });

  test('finds secrets that are wrong', async () => {
    const { driver, publisher, context } = await setUp();
    const config = publisher();
    config.accessSecret.resolve('another');
    expect(await driver.checkPublisher!(config, context)).toMatch(/401.*are the keys and tokens right/);
  });
});
