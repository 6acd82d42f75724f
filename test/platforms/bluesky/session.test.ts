import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RetryLater } from '../../../src/core/errors.ts';
import { BlueskyFeed } from '../../../src/platforms/bluesky/config.ts';
import { driver } from '../../../src/platforms/bluesky/driver.ts';
import { drain } from '../../contract/feed.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { loginOf } from './accounts.ts';
import { openSmallServer } from './small-server.ts';

const logIn = 'com.atproto.server.createSession';

async function place() {
  const server = await openSmallServer();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const context = await openTestContext();
  onTestFinished(() => context[Symbol.asyncDispose]());
  let later = 0;
  const clock = { ...context.clock, now: () => Date.now() + later };
  const account = (password = 'right') => loginOf(server.url, { handle: 'bot.test', password });
  return {
    server,
    context,
    account,
    wait: (ms: number) => (later += ms),
    stored: async () => {
      const [name = ''] = await readdir(context.folder);
      return await readFile(join(context.folder, name), 'utf8');
    },
    /** As a process of its own. */
    open: async (password?: string): Promise<unknown> => {
      return await driver.openPublisher!(account(password), { ...context, clock }).then(
        (publisher) => publisher[Symbol.asyncDispose](),
        (error: unknown) => error,
      );
    },
  };
}

test.each([
  ['refuses', 401, 'login'],
  ['fails at', 500, undefined],
])('a server that %s logins is asked less and less often, over restarts too', async (_what, status, trouble) => {
  const { server, open, stored, wait } = await place();
  server.answer(logIn, () => [status, { error: 'Oops', message: 'no' }]);
  for (let minute = 0; minute < 12; minute += 1) {
    expect(await open()).toMatchObject({ name: 'RetryLater', trouble });
    wait(60_000);
  }
  expect(server.count(logIn)).toBeGreaterThan(3);
  expect(server.count(logIn)).toBeLessThan(8);
  expect(await stored()).not.toContain('right');
});

test('another password is tried at once, and a login that succeeds makes the failures forgotten', async () => {
  const { server, open, stored } = await place();
  const succeeds = [
    200,
    { accessJwt: 'a', refreshJwt: 'b', handle: 'bot.test', did: 'did:plc:bot', active: true },
  ] as const;
  server.answer(logIn, () => [401, { error: 'AuthenticationRequired' }]);
  await open('wrong');
  expect(await open('wrong')).toMatchObject({ name: 'RetryLater', trouble: 'login' });
  expect(server.count(logIn)).toBe(1);
  server.answer(logIn, () => succeeds);
  expect(await open('right')).toBeUndefined();
  expect(server.count(logIn)).toBe(2);
  expect(await stored()).not.toContain('failed');
});

test('a login that does not come to an end is waited for no longer than the reader wants', async () => {
  const { server, context, account } = await place();
  const stop = new AbortController();
  server.answer(logIn, () => {
    stop.abort(new Error('stopping'));
    return undefined;
  });
  const config = { ...BlueskyFeed.parse({ source: 'none' }), account: account() };
  await using feed = await driver.openFeed!(config, context);
  const pages = feed.pages(undefined, stop.signal)[Symbol.asyncIterator]();
  await expect(pages.next()).rejects.toThrow('stopping');
});

describe('a session', () => {
  const refresh = 'com.atproto.server.refreshSession';
  const anyCall = 'app.bsky.notification.listNotifications';
  const tokens = (serial: number, more: object = {}) =>
    [200, { accessJwt: `access ${serial}`, refreshJwt: `refresh ${serial}`, did: 'did:plc:bot', ...more }] as const;

  /** A server that gives out tokens with serial numbers, and accepts the last access token alone. */
  async function servedSession() {
    const site = await place();
    const { server } = site;
    const state = { serial: 0, refuses: [] as string[] };
    server.answer(logIn, () => tokens((state.serial += 1)));
    server.answer(refresh, (_query, token) =>
      token === `refresh ${state.serial}` && !state.refuses.includes(token)
        ? tokens((state.serial += 1))
        : [400, { error: 'ExpiredToken' }],
    );
    server.answer(anyCall, (_query, token) =>
      token === `access ${state.serial}` ? [200, { notifications: [] }] : [400, { error: 'ExpiredToken' }],
    );
    const poll = async () => {
      const config = { ...BlueskyFeed.parse({ source: 'none' }), account: site.account() };
      await using feed = await driver.openFeed!(config, site.context);
      return await drain(feed);
    };
    return { ...site, state, poll };
  }

  /** Calls without those that follow a call of the same method. */
  const inTurn = (called: readonly string[]) => called.filter((method, at) => method !== called[at - 1]);

  test('that was stored is refreshed at the next start, without a login', async () => {
    const { server, poll, stored } = await servedSession();
    await poll();
    await poll();
    expect(server.called.filter((method) => method !== anyCall)).toEqual([logIn, refresh]);
    expect(await stored()).toContain('refresh 2');
  });

  test('that the server no longer accepts is renewed in the middle of a call, which is made again', async () => {
    const { server, context, account, state } = await servedSession();
    const config = { ...BlueskyFeed.parse({ source: 'none' }), account: account() };
    await using feed = await driver.openFeed!(config, context);
    await drain(feed);
    // Another process refreshes the session meanwhile: its tokens are in the file.
    await using other = await driver.openFeed!(config, { ...context });
    state.serial += 1;
    state.refuses.push('refresh 1');
    await drain(other);
    expect(inTurn(server.called)).toEqual([logIn, anyCall, refresh, logIn, anyCall]);
  });

  test('is used at the account’s own server, which its DID document names', async () => {
    const home = await openSmallServer();
    onTestFinished(() => home[Symbol.asyncDispose]());
    const { server, poll } = await servedSession();
    const pds = { id: '#atproto_pds', type: 'AtprotoPersonalDataServer', serviceEndpoint: home.url };
    server.answer(logIn, () => tokens(1, { didDoc: { service: [{ id: '#other' }, pds] } }));
    server.answer(refresh, () => tokens(2));
    home.answer(anyCall, (_query, token) => [200, { notifications: [], token }]);
    await poll();
    await poll();
    expect(inTurn(home.called)).toEqual([anyCall]);
    expect(server.count(anyCall)).toBe(0);
  });

  test('that cannot be refreshed now stays for later', async () => {
    const { server, poll } = await servedSession();
    await poll();
    server.answer(refresh, () => [503, { error: 'Busy', message: 'try again' }]);
    const error = await poll().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RetryLater);
    expect(error).toMatchObject({ message: expect.stringContaining('could not resume the session: try again') });
    expect(server.count(logIn)).toBe(1);
  });
});
