import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { PermanentError, RetryLater } from '../../../src/core/errors.ts';
import { SecretValue } from '../../../src/core/secret.ts';
import { WordpressPublisher } from '../../../src/platforms/wordpress/config.ts';
import { driver } from '../../../src/platforms/wordpress/driver.ts';
import { newPayload } from '../../contract/publisher.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { serve } from '../../support/serve.ts';

const { signal } = new AbortController();

type Answer = (response: ServerResponse, request: IncomingMessage) => unknown;

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

const comment = {
  id: 7,
  author: 2,
  parent: 0,
  link: 'https://b/#comment-7',
  status: 'approved',
  content: { rendered: '<p>x</p>' },
};

/** A site that is well but for what a test changes: `on` answers `METHOD path` in the place of WordPress. */
async function openSite(on: Readonly<Record<string, Answer>> = {}) {
  const asked: { method: string; path: string; authorization: string | undefined; body: string }[] = [];
  const site = { on };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '', server.url);
    const path = pathname.replace('/wp-json/wp/v2/', '');
    const { method = '', headers } = request;
    asked.push({ method, path, authorization: headers.authorization, body: await text(request) });
    const usual: Record<string, Answer> = {
      'HEAD /': (res) => res.writeHead(200, { link: `<${server.url}wp-json/>; rel="https://api.w.org/"` }).end(),
      'GET users/me': json(200, { id: 2, name: 'Pilcrow', capabilities: { moderate_comments: true } }),
      'GET posts': json(200, [{ id: 5, link: `${server.url}five/`, status: 'publish', comment_status: 'open' }]),
      'POST comments': json(201, comment),
      'GET comments': json(200, []),
      'DELETE comments/7': json(200, comment),
    };
    const script = site.on[`${method} ${path}`] ?? usual[`${method} ${path}`] ?? json(404, { code: 'x', message: 'y' });
    script(response, request);
  };
  const server = await serve((request, response) => void answer(request, response));
  const context = await openTestContext();
  const secret = new SecretValue({ env: 'P' });
  secret.resolve('hush hush');
  const parsed = WordpressPublisher.parse({ site: server.url, username: 'pilcrow', password: { env: 'P' } });
  const config = { ...parsed, password: secret };
  const payload = () => {
    const one = newPayload();
    return {
      ...one,
      replyTo: { ...one.replyTo, platform: 'rss', id: `${server.url}five/`, url: `${server.url}five/` },
    };
  };
  return Object.assign(site, {
    asked,
    context,
    payload,
    server,
    open: () => driver.openPublisher!(config, context),
    check: () => driver.checkPublisher!(config, context),
    async failure(one = payload(), stop = signal): Promise<unknown> {
      await using publisher = await driver.openPublisher!(config, context);
      return await publisher.publish(one, stop).then(
        () => expect.unreachable('it should have failed'),
        (error: unknown) => error,
      );
    },
    async [Symbol.asyncDispose]() {
      await context[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  });
}

const isUnknown = (error: unknown) => !(error instanceof RetryLater) && !(error instanceof PermanentError);

describe('after the comment was sent', () => {
  test.each<[string, Answer]>([
    ['500 as JSON', json(500, { code: 'internal', message: 'There has been a critical error' })],
    ['502 as HTML', (response) => response.writeHead(502).end('<h1>Bad Gateway</h1>')],
    ['503 with a time', (response) => response.writeHead(503, { 'retry-after': '60' }).end()],
    ['a success that is HTML', (response) => response.writeHead(200).end('<html>Hello</html>')],
    ['a success that is another thing', json(201, { hello: 'world' })],
    [
      'half a success',
      (response) => response.writeHead(201, { 'content-length': '500' }).write('{"id":7,') && response.destroy(),
    ],
    ['a broken connection', (response) => response.destroy()],
    ['a flood of bytes', (response) => response.writeHead(201).end('x'.repeat(3_000_000))],
  ])('%s leaves the outcome unknown', async (_what, answer) => {
    await using site = await openSite({ 'POST comments': answer });
    expect(isUnknown(await site.failure())).toBe(true);
  });

  test('silence leaves the outcome unknown', async () => {
    const stop = new AbortController();
    await using site = await openSite({ 'POST comments': () => stop.abort(new Error('no answer within 10 s')) });
    expect(isUnknown(await site.failure(undefined, stop.signal))).toBe(true);
  });

  test.each<[string, Answer, RegExp]>([
    [
      '403',
      json(403, { code: 'rest_comment_closed', message: 'Comments are <b>closed</b>.' }),
      /Comments are closed\. \(rest_comment_closed\)/,
    ],
    ['401', json(401, { code: 'rest_comment_login_required', message: 'Log in.' }), /rest_comment_login_required/],
    ['403 as HTML of a firewall', (response) => response.writeHead(403).end('<h1>Forbidden</h1>'), /it answers 403/],
    [
      '308',
      (response) => response.writeHead(308, { location: 'https://www.blog.example/x' }).end(),
      /redirects to https:\/\/www\.blog\.example\/x/,
    ],
  ])('%s is a refusal, in its words', async (_what, answer, words) => {
    await using site = await openSite({ 'POST comments': answer });
    const error = await site.failure();
    expect(error).toBeInstanceOf(PermanentError);
    expect(String(error)).toMatch(words);
  });

  test('429 is waited for as long as it says, and nobody is asked meanwhile', async () => {
    await using site = await openSite({
      'POST comments': (response) => response.writeHead(429, { 'retry-after': '90' }).end(),
    });
    const error = await site.failure();
    expect(error).toMatchObject({ name: 'RetryLater', account: true });
    expect((error as RetryLater).delayMs).toBeGreaterThanOrEqual(90_000);
  });

  test('a duplicate is the comment that is there', async () => {
    await using site = await openSite({
      'POST comments': json(409, { code: 'comment_duplicate', message: 'You said that' }),
    });
    const payload = site.payload();
    site.on = {
      ...site.on,
      'GET comments': json(200, [{ ...comment, content: { rendered: `<p>${payload.text}</p>` } }]),
    };
    await using publisher = await site.open();
    expect(await publisher.publish(payload, signal)).toEqual({ id: '7', url: comment.link });
  });

  test('a duplicate that is not shown is out all the same, and cannot be taken back', async () => {
    await using site = await openSite({
      'POST comments': json(409, { code: 'comment_duplicate', message: 'You said that' }),
    });
    await using publisher = await site.open();
    const published = await publisher.publish(site.payload(), signal);
    expect(published).toMatchObject({ id: 'unseen' });
    expect(site.context.warnings).toEqual([expect.stringContaining('the same comment is there already')]);
    await expect(publisher.withdraw(published, signal)).rejects.toThrow(/moderators must delete it/);
  });

  test('is taken back for good where the site keeps no trash', async () => {
    const forced: string[] = [];
    await using site = await openSite({
      'DELETE comments/7': (response, request) => {
        const isForced = (request.url ?? '').includes('force=true');
        if (isForced) forced.push(request.url ?? '');
        return isForced
          ? json(200, { deleted: true })(response, request)
          : json(501, { code: 'rest_trash_not_supported', message: 'no trash' })(response, request);
      },
    });
    await using publisher = await site.open();
    await publisher.withdraw({ id: '7', url: null }, signal);
    expect(forced).toHaveLength(1);
  });

  test('spam is told of', async () => {
    await using site = await openSite({ 'POST comments': json(201, { ...comment, status: 'spam' }) });
    await using publisher = await site.open();
    await publisher.publish(site.payload(), signal);
    expect(site.context.warnings).toEqual([expect.stringContaining('was taken for spam')]);
  });
});

describe('before the comment is sent', () => {
  test.each<[string, string, Answer]>([
    ['500 on a look-up', 'GET posts', json(500, {})],
    ['HTML in the place of a list', 'GET posts', (response) => response.end('<html>')],
    ['a broken connection', 'GET posts', (response) => response.destroy()],
  ])('%s is tried again later: surely nothing was sent', async (_what, route, answer) => {
    await using site = await openSite({ [route]: answer });
    expect(await site.failure()).toBeInstanceOf(RetryLater);
    expect(site.asked.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  test('a post that stands alone is refused', async () => {
    await using site = await openSite();
    expect(await site.failure({ ...site.payload(), alone: true })).toBeInstanceOf(PermanentError);
  });
});

describe('the password', () => {
  test('goes to the configured site alone, wherever that says its API is', async () => {
    await using other = await openSite();
    await using site = await openSite();
    const link = `<${other.server.url}wp-json/>; rel="https://api.w.org/"`;
    site.on = { 'HEAD /': (response) => response.writeHead(200, { link }).end() };
    await using publisher = await site.open();
    await publisher.publish(site.payload(), signal);
    expect(other.asked).toEqual([]);
    const expected = `Basic ${Buffer.from('pilcrow:hush hush').toString('base64')}`;
    for (const { method, authorization } of site.asked)
      expect(authorization).toBe(method === 'HEAD' ? undefined : expected);
  });

  test('does not follow a redirection', async () => {
    await using other = await openSite();
    await using site = await openSite({
      'GET users/me': (response) => response.writeHead(302, { location: other.server.url }).end(),
    });
    expect(await site.check()).toContain('put the address where the site really is into `site`');
    expect(other.asked).toEqual([]);
  });
});

describe('looking for a comment', () => {
  test('goes through all pages, and takes no other’s words, nor those under another comment, for its own', async () => {
    await using site = await openSite();
    const payload = site.payload();
    const same = { ...comment, content: { rendered: `<p>${payload.text}</p>` } };
    const others = [
      { ...same, id: 1, author: 9 },
      { ...same, id: 2, parent: 1 },
    ];
    const full = Array.from({ length: 98 }, (_, index) => ({ ...comment, id: 100 + index }));
    site.on = {
      'GET comments': (response, request) =>
        json(200, /[?&]page=1&/.test(`${request.url}&`) ? [...others, ...full] : [same])(response, request),
    };
    await using publisher = await site.open();
    expect(await publisher.find(payload, signal)).toEqual({ id: '7', url: comment.link });
  });

  test('a list that cannot be read says nothing: it is asked for again', async () => {
    await using site = await openSite({ 'GET comments': json(200, [{ id: 'seven' }]) });
    await using publisher = await site.open();
    await expect(publisher.find(site.payload(), signal)).rejects.toThrow('Invalid input');
    site.on = { 'GET comments': json(403, { code: 'rest_forbidden', message: 'No' }) };
    await expect(publisher.find(site.payload(), signal)).rejects.toThrow('the site answers 403: No (rest_forbidden)');
  });
});

test('the check names a site that is not there, or is no WordPress', async () => {
  await using site = await openSite({ 'GET users/me': (response) => response.writeHead(404).end('<html>') });
  expect(await site.check()).toContain('does not let the account in: it answers 404');
  await site.server[Symbol.asyncDispose]();
  expect(await site.check()).toContain('cannot be reached: ECONNREFUSED');
});
