import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PermanentError, RetryLater } from '../../../src/core/errors.ts';
import { BlueskyFeed } from '../../../src/platforms/bluesky/config.ts';
import { driver } from '../../../src/platforms/bluesky/driver.ts';
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
  ['refuses', 401, PermanentError],
  ['fails at', 500, RetryLater],
])('a server that %s logins is asked less and less often, over restarts too', async (_what, status, kind) => {
  const { server, open, stored, wait } = await place();
  server.answer(logIn, () => [status, { error: 'Oops', message: 'no' }]);
  for (let minute = 0; minute < 12; minute += 1) {
    expect(await open()).toBeInstanceOf(kind);
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
  expect(await open('wrong')).toBeInstanceOf(PermanentError);
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
