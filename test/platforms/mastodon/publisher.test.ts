import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { PermanentError, RetryLater, messageOf } from '../../../src/core/errors.ts';
import type { Payload } from '../../../src/core/reply.ts';
import { driver } from '../../../src/platforms/mastodon/driver.ts';
import { cutContract } from '../../contract/cut.ts';
import { newPayload } from '../../contract/publisher.ts';
import { openTestContext } from '../../support/driver-context.ts';
import type { Call } from '../../support/fake-mastodon/calls.ts';
import { openFakeMastodon } from '../../support/fake-mastodon/fake-mastodon.ts';
import { asMastodon, type FakeOptions, type FakeStatus } from '../../support/fake-mastodon/state.ts';
import { startProxy } from '../../support/proxy.ts';
import { oddities } from '../../support/oddities.ts';
import { never, openPublisher, publisherConfig, replyTo, tooLarge } from './setup.ts';

/** A bot, and a post of somebody that it is to answer. */
async function answering(
  options: Partial<FakeOptions> = {},
  changes: Record<string, unknown> = {},
  parentIs: Partial<FakeStatus> = {},
) {
  const fake = await openFakeMastodon(options);
  const [bot, ada] = [fake.join('bot'), fake.join('ada')];
  const parent = fake.write(ada, '#cablegate #07ASTANA2244', parentIs);
  const proxy = await startProxy(fake.port);
  const context = await openTestContext([fake.allow, `127.0.0.1:${proxy.port}`]);
  const uri = `${fake.url}/users/ada/statuses/${parent.id}`;
  const payload = (more: Partial<Payload> = {}, address: Partial<Payload['replyTo']> = {}) =>
    newPayload({ replyTo: { ...replyTo(fake.url, { id: parent.id, uri }), ...address }, ...more });
  const config = publisherConfig({ url: fake.url, token: bot.token }, changes);
  return {
    fake,
    bot,
    ada,
    parent,
    proxy,
    context,
    config,
    payload,
    publisher: await openPublisher(config, context),
    /** Through a network that may fail. */
    beyond: await openPublisher({ ...config, server: `http://127.0.0.1:${proxy.port}` }, context),
    check: () => driver.checkPublisher!(config, context),
    replies: () => fake.statuses.filter(({ by }) => by === bot),
    /** Replaces the server's handling of a new post. */
    onPost(answer: (response: ServerResponse, call: Call) => unknown): void {
      fake.behave((call, response) => {
        if (call.method !== 'POST') return false;
        answer(response, call);
        return true;
      });
    },
    [Symbol.asyncDispose]: async () => {
      await context[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

describe.each([
  ['a server that keeps idempotency keys', asMastodon],
  ['one that does not', { ...asMastodon, keepsKeys: false }],
] as const)('on %s', (kind, options) => {
  cutContract(`mastodon (${kind})`, async () => {
    const setting = await answering(options);
    return {
      proxy: setting.proxy,
      open: () =>
        openPublisher({ ...setting.config, server: `http://127.0.0.1:${setting.proxy.port}` }, setting.context),
      copies: ({ text }) => Promise.resolve(setting.replies().filter((reply) => reply.text.includes(text)).length),
      answering: (payload) => Promise.resolve({ ...payload, replyTo: setting.payload().replyTo }),
      [Symbol.asyncDispose]: () => setting[Symbol.asyncDispose](),
    };
  });
});

type Answering = Awaited<ReturnType<typeof answering>>;

async function failure(
  setting: Answering,
  payload = setting.payload(),
  publisher = setting.publisher,
): Promise<unknown> {
  return await publisher.publish(payload, never).then(
    () => expect.unreachable('it should not have been published'),
    (error: unknown) => error,
  );
}

function kindOf(error: unknown): 'later' | 'refused' | 'unknown' {
  if (error instanceof RetryLater) return 'later';
  return error instanceof PermanentError ? 'refused' : 'unknown';
}

describe('an answer', () => {
  test('is in the thread, begins with the author’s name, and is unlisted', async () => {
    await using setting = await answering();
    const payload = setting.payload({ text: 'Here: https://example.org/cable', language: 'de-AT' });
    const published = await setting.publisher.publish(payload, never);
    const [reply] = setting.replies();
    expect(reply).toMatchObject({
      text: '@ada Here: https://example.org/cable',
      visibility: 'unlisted',
      inReplyToId: setting.parent.id,
      language: 'de',
      spoilerText: '',
    });
    expect(published).toEqual({
      id: `${setting.fake.url}/users/bot/statuses/${reply?.id}`,
      url: `${setting.fake.url}/@bot/${reply?.id}`,
    });
  });

  test('carries the content warning that was planned, whatever that of the post is by now', async () => {
    await using setting = await answering({}, {}, { spoilerText: 'FREE CRYPTO at https://evil.example @victim' });
    await setting.publisher.publish(setting.payload({ warning: 'politics' }), never);
    await setting.publisher.publish(setting.payload({ idempotencyKey: 'another' }), never);
    expect(setting.replies()).toMatchObject([{ spoilerText: 'politics' }, { spoilerText: '' }]);
  });

  test.each([
    ['public', 'public', 'public'],
    ['public', 'unlisted', 'unlisted'],
    ['unlisted', 'public', 'unlisted'],
    ['unlisted', 'private', 'private'],
    ['unlisted', 'direct', 'direct'],
    ['followers', 'public', 'private'],
    ['direct', 'public', 'direct'],
    ['public', 'a kind of its own', 'direct'],
  ])('that may be %s, to a post that is %s, is %s', async (visibility, parent, expected) => {
    await using setting = await answering({}, { visibility }, { visibility: parent });
    await setting.publisher.publish(setting.payload(), never);
    expect(setting.replies()).toMatchObject([{ visibility: expected }]);
  });

  test('outside a thread addresses nobody', async () => {
    await using setting = await answering();
    const payload = setting.payload({ alone: true, text: 'A cable' });
    const published = await setting.publisher.publish(payload, never);
    expect(setting.replies()).toMatchObject([{ text: 'A cable', inReplyToId: null, visibility: 'unlisted' }]);
    expect(await setting.publisher.find(payload, never)).toEqual(published);
  });

  test('to a post that another server sent goes to the same post here', async () => {
    await using setting = await answering();
    await setting.publisher.publish(
      setting.payload({}, { native: { server: 'https://other.example', id: '5' } }),
      never,
    );
    expect(setting.replies()).toMatchObject([{ inReplyToId: setting.parent.id }]);
  });

  test('is sent with a key that fits into a header, the same each time', async () => {
    await using setting = await answering();
    const payload = setting.payload({ idempotencyKey: 'id-рассвет:¶\n' });
    await setting.publisher.publish(payload, never);
    await setting.publisher.publish(payload, never);
    const keys = setting.fake.calls.flatMap(({ method, headers }) =>
      method === 'POST' ? [headers['idempotency-key']] : [],
    );
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[\w-]{43}$/);
    expect(setting.replies()).toHaveLength(1);
  });
});

describe('whether a repeat does harm', () => {
  test.each([
    ['Mastodon', '4.5.2', 'https://github.com/mastodon/mastodon', { harmlessForMs: 3_600_000, afterMs: 180_000 }],
    [
      'glitch-soc',
      '4.5.2+glitch',
      'https://github.com/glitch-soc/mastodon',
      { harmlessForMs: 3_600_000, afterMs: 180_000 },
    ],
    ['Pleroma', '2.7.2 (compatible; Pleroma 2.5.0)', '', 'doubles'],
    ['GoToSocial', '0.17.3', 'https://github.com/superseriousbusiness/gotosocial', 'doubles'],
    ['snac', '4.0.0 (not true; really snac/2.75)', 'https://comam.es/what-is-snac', 'doubles'],
  ])('is known of %s', async (_name, version, sourceUrl, repeat) => {
    await using setting = await answering({ version, sourceUrl });
    expect(setting.publisher.repeat).toEqual(repeat);
  });
});

describe('is not answered', () => {
  test.each<[string, (setting: Answering) => void, string]>([
    ['a post that was deleted', ({ fake, parent }) => fake.remove(parent), 'the post was deleted'],
    [
      'one whose author blocks the bot',
      ({ ada, bot }) => ada.blocks.add(bot.id),
      'the post was deleted, or its author blocks',
    ],
    [
      'one whose author the bot’s account blocks',
      ({ ada, bot }) => bot.blocks.add(ada.id),
      'blocks or mutes its author',
    ],
    ['one whose author says #nobot by now', ({ ada }) => (ada.note = '#<b>nobot</b>'), 'profile says #nobot'],
  ])('%s', async (_what, happens, message) => {
    await using setting = await answering();
    happens(setting);
    const error = await failure(setting);
    expect(kindOf(error)).toBe('refused');
    expect(messageOf(error)).toContain(message);
    expect(setting.fake.calls.filter(({ method }) => method === 'POST')).toEqual([]);
  });
});

test('a post from elsewhere that the server cannot fetch for the moment is answered later, for an hour', async () => {
  await using setting = await answering();
  const elsewhere = { id: 'https://other.example/1', native: { server: 'https://other.example', id: '1' } };
  expect(kindOf(await failure(setting, setting.payload({ createdAt: Date.now() }, elsewhere)))).toBe('later');
  const createdAt = Date.now() - 3_700_000;
  expect(kindOf(await failure(setting, setting.payload({ createdAt }, elsewhere)))).toBe('refused');
});

describe('what the server says', () => {
  test.each([
    ['422', 422, '{"error":"Validation failed"}', 'refused'],
    ['401', 401, '{"error":"The access token was revoked"}', 'later'],
    ['403 with a page', 403, '<h1>Forbidden</h1>', 'later'],
    ['404 with an empty body', 404, '', 'later'],
    ['301', 301, '', 'later'],
    ['408', 408, '', 'unknown'],
    ['429 with a page', 429, '<h1>Slow down</h1>', 'later'],
    ['500', 500, '{"error":"oops"}', 'unknown'],
    ['502 with a page', 502, '<h1>Bad Gateway</h1>', 'unknown'],
    ['503', 503, '', 'unknown'],
    ['200 with a page', 200, '<h1>Welcome</h1>', 'unknown'],
    ['200 with other JSON', 200, '{"id":5}', 'unknown'],
    ['200 with nothing', 200, '', 'unknown'],
  ])('%s, is what became of it', async (_what, status, body, kind) => {
    await using setting = await answering();
    setting.onPost((response) =>
      response.writeHead(status, { 'content-type': 'text/html', location: 'https://new.example/x' }).end(body),
    );
    const error = await failure(setting);
    expect(kindOf(error)).toBe(kind);
    expect(messageOf(error)).not.toContain('token-of');
  });

  test('429 is obeyed by the whole account until the time that it names, and no call is made before', async () => {
    await using setting = await answering();
    const resetAt = new Date(Date.now() + 600_000).toISOString();
    setting.onPost((response) =>
      response
        .writeHead(429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': resetAt })
        .end('{"error":"Too many requests"}'),
    );
    const error = await failure(setting);
    expect(error).toMatchObject({ name: 'RetryLater', account: true });
    expect((error as RetryLater).delayMs).toBeGreaterThan(590_000);
  });

  test('that the budget is used up stops the next call before it is made', async () => {
    await using setting = await answering();
    const headers = {
      'content-type': 'application/json',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': new Date(Date.now() + 60_000).toISOString(),
    };
    setting.onPost((response) => response.writeHead(422, headers).end('{"error":"no"}'));
    await failure(setting);
    const posts = setting.fake.calls.filter(({ method }) => method === 'POST').length;
    expect(kindOf(await failure(setting))).toBe('later');
    expect(setting.fake.calls.filter(({ method }) => method === 'POST')).toHaveLength(posts);
  });
});

describe('a network that fails', () => {
  test('before anything was sent, has sent nothing', async () => {
    await using setting = await answering();
    await setting.fake[Symbol.asyncDispose]();
    expect(kindOf(await failure(setting))).toBe('later');
  });

  test.each(['GET', 'POST'])('in the midst of a %s leaves a question only where it may be out', async (method) => {
    await using setting = await answering();
    setting.fake.behave((call, response) => call.method === method && response.destroy() !== undefined);
    expect(kindOf(await failure(setting))).toBe(method === 'GET' ? 'later' : 'unknown');
  });

  test('after the server took it, leaves a question that context answers', async () => {
    await using setting = await answering({ keepsKeys: false });
    const payload = setting.payload();
    setting.onPost((response, { body }) => {
      setting.fake.write(setting.bot, String(body['status']), { inReplyToId: setting.parent.id });
      response.destroy();
    });
    expect(kindOf(await failure(setting, payload))).toBe('unknown');
    setting.fake.behave(() => false);
    const [reply] = setting.replies();
    expect(await setting.publisher.find(payload, never)).toMatchObject({ id: expect.stringContaining(reply!.id) });
    expect(await setting.publisher.find(setting.payload(), never)).toBe('absent');
  });

  test('that never responds is abandoned when the bot stops', async () => {
    await using setting = await answering();
    setting.proxy.become('black hole');
    const stop = new AbortController();
    const sending = setting.beyond.publish(setting.payload(), stop.signal).catch((error: unknown) => error);
    setTimeout(() => stop.abort(new Error('stopping')), 50);
    expect(kindOf(await sending)).toBe('later');
  });
});

test('a post that the server swallows without a word is a question when the bot stops waiting', async () => {
  await using setting = await answering();
  const stop = new AbortController();
  setting.onPost(() => stop.abort(new Error('took too long')));
  const error = await setting.publisher.publish(setting.payload(), stop.signal).catch((reason: unknown) => reason);
  expect(kindOf(error)).toBe('unknown');
});

describe('context for an answer', () => {
  test('finds it among the bot’s own posts when the answered post was deleted', async () => {
    await using setting = await answering();
    const payload = setting.payload();
    const published = await setting.publisher.publish(payload, never);
    for (let serial = 0; serial < 90; serial++) setting.fake.write(setting.bot, `later ${serial}`);
    setting.fake.remove(setting.parent);
    expect(await setting.publisher.find(payload, never)).toEqual(published);
  });

  test('does not take what somebody else wrote, or what answers another post', async () => {
    await using setting = await answering();
    const payload = setting.payload();
    const other = setting.fake.write(setting.ada, 'another');
    setting.fake.write(setting.ada, `@ada ${payload.text}`, { inReplyToId: setting.parent.id });
    setting.fake.write(setting.bot, `@ada ${payload.text}`, { inReplyToId: other.id });
    expect(await setting.publisher.find(payload, never)).toBe('absent');
  });

  describe.each([
    ['clears the id of a deleted post', true],
    ['keeps it', false],
  ])('on a server that %s', (_kind, clears) => {
    test('does not mistake the same text to another post for the reply to a deleted one', async () => {
      await using setting = await answering();
      const eve = setting.fake.join('eve');
      const other = setting.fake.write(eve, 'another');
      const uri = `${setting.fake.url}/users/eve/statuses/${other.id}`;
      const [payload, toOther] = [
        setting.payload({ text: 'The same' }, { authorId: `${setting.fake.url}/@ada` }),
        setting.payload({ text: 'The same' }, { ...replyTo(setting.fake.url, { id: other.id, uri }), author: 'eve' }),
      ];
      const published = await setting.publisher.publish(payload, never);
      const beside = await setting.publisher.publish(toOther, never);
      setting.fake.remove(setting.parent);
      const reply = setting.replies().find(({ inReplyToId }) => inReplyToId === setting.parent.id)!;
      if (clears) Object.assign(reply, { inReplyToId: null });
      expect(await setting.publisher.find(payload, never)).toEqual(published);
      await setting.publisher.withdraw(published, never);
      expect(await setting.publisher.find(payload, never)).toBe('absent');
      expect(await setting.publisher.find(toOther, never)).toEqual(beside);
    });
  });

  test('does not mistake a reply for a separate post, nor a post from before it was planned', async () => {
    await using setting = await answering();
    const payload = setting.payload({ text: 'The same', createdAt: Date.now() });
    setting.fake.write(setting.bot, '@ada The same', {
      inReplyToId: setting.parent.id,
      createdAt: Date.now() - 7_200_000,
    });
    expect(await setting.publisher.find(payload, never)).toBe('absent');
    await setting.publisher.publish(payload, never);
    expect(await setting.publisher.find({ ...payload, alone: true }, never)).toBe('absent');
  });

  test('finds it among the bot’s own posts when strangers have made the thread too large', async () => {
    await using setting = await answering();
    const payload = setting.payload();
    const published = await setting.publisher.publish(payload, never);
    setting.fake.behave(
      ({ path, query }, response) =>
        (path.endsWith('/context') || Number(query.get('limit')) > 5) && tooLarge(response),
    );
    expect(await setting.publisher.find(payload, never)).toEqual(published);
  });

  test('cannot tell while one of the bot’s own posts cannot be read: it may be the one', async () => {
    await using setting = await answering();
    const payload = setting.payload({ createdAt: Date.now() });
    expect(await setting.publisher.find(payload, never)).toBe('absent');
    let shown: object = {};
    setting.fake.behave(({ path }, response) => {
      if (!path.endsWith(`/accounts/${setting.bot.id}/statuses`)) return false;
      return response.end(JSON.stringify([shown])) !== undefined;
    });
    const reply = {
      id: '1',
      uri: 'https://a.example/1',
      account: { id: setting.bot.id },
      created_at: new Date().toISOString(),
      content: payload.text,
      in_reply_to_id: setting.parent.id,
    };
    // A post without `in_reply_to_id` says that it is no reply.
    const odd = oddities(reply).filter(({ name }) =>
      /(?<!in_reply_to_id): (?:null|missing|true|\[\]|\{\})$/.test(name),
    );
    for (const { name, change } of odd) {
      shown = change(reply);
      expect([name, await setting.publisher.find(payload, never)]).toEqual([name, 'cannot-tell']);
    }
    shown = reply;
    expect(await setting.publisher.find(payload, never)).toMatchObject({ id: reply.uri });
  });

  test('cannot tell when the bot has written too much since', async () => {
    await using setting = await answering({ limit: 10_000 });
    for (let serial = 0; serial < 1100; serial++) setting.fake.write(setting.bot, `${serial}`);
    expect(await setting.publisher.find(setting.payload(), never)).toBe('cannot-tell');
  });
});

describe('withdrawing', () => {
  test('does not take a post that cannot be read for one that is gone', async () => {
    await using setting = await answering();
    const published = await setting.publisher.publish(setting.payload(), never);
    setting.fake.behave(({ method, path }, response) => {
      if (method !== 'GET' || path.endsWith('/instance')) return false;
      const isSearch = path.endsWith('/search');
      response.writeHead(isSearch ? 200 : 404).end(isSearch ? '{"statuses":[{"id":"1","content":5}]}' : '');
      return true;
    });
    await expect(setting.publisher.withdraw(published, never)).rejects.toThrow('cannot be read');
    expect(setting.replies()).toHaveLength(1);
  });

  test('and looking it up do not take a post without its URI for another', async () => {
    await using setting = await answering();
    const published = await setting.publisher.publish(setting.payload(), never);
    const body = '{"statuses":[{"id":"1","url":"https://elsewhere.example/1"}]}';
    setting.fake.behave(({ path }, response) => {
      const isOdd = path.endsWith('/search') || path.includes('/statuses/');
      return isOdd && response.writeHead(path.endsWith('/search') ? 200 : 404).end(body) !== undefined;
    });
    await expect(setting.publisher.withdraw(published, never)).rejects.toThrow('cannot be read');
    await expect(setting.publisher.find(setting.payload(), never)).rejects.toThrow('cannot be read');
    await expect(setting.publisher.publish(setting.payload(), never)).rejects.toBeInstanceOf(RetryLater);
    expect(setting.replies()).toHaveLength(1);
  });

  test('from a server without deletion for clients says so, and a deleted reply counts as withdrawn', async () => {
    await using setting = await answering();
    const published = await setting.publisher.publish(setting.payload(), never);
    setting.fake.behave(
      ({ method }, response) => method === 'DELETE' && response.writeHead(404).end('<h1>Not Found</h1>') !== undefined,
    );
    await expect(setting.publisher.withdraw(published, never)).rejects.toThrow('does not delete posts for clients');
    setting.fake.remove(setting.replies()[0]!);
    await expect(setting.publisher.withdraw(published, never)).resolves.toBeUndefined();
  });
});

describe('replacing', () => {
  const edited = (setting: Awaited<ReturnType<typeof answering>>) => setting.payload({ text: 'another link' });

  test('changes text, warning and language of the status, which stays the same one', async () => {
    await using setting = await answering();
    const published = await setting.publisher.publish(setting.payload({ warning: 'politics' }), never);
    const calls: Call[] = [];
    setting.fake.behave((call) => call.method === 'PUT' && calls.push(call) === 0);
    expect(await setting.publisher.replace!(published, edited(setting), never)).toEqual(published);
    expect(setting.replies()).toMatchObject([{ text: '@ada another link', spoilerText: '' }]);
    expect(calls.map(({ body }) => body)).toEqual([{ status: '@ada another link', spoiler_text: '', language: 'en' }]);
  });

  test('is refused for good where the reply is gone, the author blocks the bot, or the server does not edit', async () => {
    await using setting = await answering();
    const published = await setting.publisher.publish(setting.payload(), never);
    const fault = async () => {
      const error = await setting.publisher.replace!(published, edited(setting), never).catch(
        (reason: unknown) => reason,
      );
      return error instanceof PermanentError ? error.message : String(error);
    };
    setting.fake.behave(
      ({ method }, response) => method === 'PUT' && response.writeHead(405).end('<h1>no') !== undefined,
    );
    expect(await fault()).toContain('does not edit posts for clients');
    setting.fake.behave(() => false);
    setting.ada.blocks.add(setting.bot.id);
    expect(await fault()).toContain('the server does not show it');
    setting.ada.blocks.clear();
    setting.fake.remove(setting.replies()[0]!);
    expect(await fault()).toBe('the reply is gone');
  });

  test('waits where the login is refused or the server asks to wait, and fails where nobody knows', async () => {
    await using setting = await answering();
    const published = await setting.publisher.publish(setting.payload(), never);
    const answers = [
      [403, { error: 'This action is outside the authorized scopes' }, RetryLater],
      [429, { error: 'Too many requests' }, RetryLater],
      [502, {}, Error],
    ] as const;
    for (const [status, body, kind] of answers) {
      setting.fake.behave(({ method }, response) => {
        return method === 'PUT' && response.writeHead(status).end(JSON.stringify(body)) !== undefined;
      });
      const error = await setting.publisher.replace!(published, edited(setting), never).catch(
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(kind);
      expect(error).not.toBeInstanceOf(PermanentError);
    }
  });
});

test('a post whose author lets nobody reply is not answered', async () => {
  await using setting = await answering();
  const url = `${setting.fake.url}/api/v1/statuses/${setting.parent.id}`;
  const status = (await (await fetch(url)).json()) as object;
  const body = JSON.stringify({ ...status, interaction_policy: { can_reply: { always: ['author'] } } });
  setting.fake.behave(({ path }, response) => url.endsWith(path) && response.end(body) !== undefined);
  const error = await setting.publisher.publish(setting.payload(), never).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(PermanentError);
  expect(messageOf(error)).toContain('limits who may reply');
});

describe('a check', () => {
  test('says what the operator must do, all at once', async () => {
    await using setting = await answering({
      rules: ['No spam', 'Bots only\nwhen asked'],
      scopes: ['read'],
      skewMs: -300_000,
    });
    const faults = await setting.check();
    expect(faults).toContain('does not say that it is automated');
    expect(faults).toContain('lacks the scope write:statuses');
    expect(faults).toContain('1. No spam 2. Bots only when asked');
    expect(faults).toMatch(/its clock is (299|300|301) s behind this one/);
  });

  test('names each scope that the token lacks', async () => {
    await using setting = await answering({ scopes: ['read:statuses', 'write'] });
    expect(await setting.check()).toMatch(/scope read:accounts \(or read\); .*scope read:search \(or read\)$/);
  });

  test('is content once the rules are read', async () => {
    await using setting = await answering({ rules: ['No spam'] }, { rulesRead: true });
    setting.bot.bot = true;
    expect(await setting.check()).toBeUndefined();
  });

  test('says that a token is not valid', async () => {
    await using setting = await answering();
    setting.fake.people.clear();
    expect(await setting.check()).toContain('answered 401 Unauthorized: The access token is invalid');
  });
});
