import { describe, expect, test } from 'vitest';
import { PermanentError, RetryLater } from '../../../src/core/errors.ts';
import { type Answer, comment, json, openSite } from './site.ts';

const { signal } = new AbortController();

const isUnknown = (error: unknown) => !(error instanceof RetryLater) && !(error instanceof PermanentError);

describe('after the comment was sent', () => {
  test.each<[string, Answer]>([
    ['500 as JSON', json(500, { code: 'internal', message: 'There has been a critical error' })],
    ['502 as HTML', (response) => response.writeHead(502).end('<h1>Bad Gateway</h1>')],
    ['503 with a time', (response) => response.writeHead(503, { 'retry-after': '60' }).end()],
    ['a success that is HTML', (response) => response.writeHead(200).end('<html>Hello</html>')],
    ['a success with another body', json(201, { hello: 'world' })],
    [
      'half a success',
      (response) => response.writeHead(201, { 'content-length': '500' }).write('{"id":7,') && response.destroy(),
    ],
    ['a broken connection', (response) => response.destroy()],
    ['a huge body', (response) => response.writeHead(201).end('x'.repeat(3_000_000))],
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
  ])('%s is a refusal, in the site’s words', async (_what, answer, words) => {
    await using site = await openSite({ 'POST comments': answer });
    const error = await site.failure();
    expect(error).toBeInstanceOf(PermanentError);
    expect(String(error)).toMatch(words);
  });

  test('a redirect is waited for, and says what to do', async () => {
    await using site = await openSite({
      'POST comments': (response) => response.writeHead(308, { location: 'https://www.blog.example/x' }).end(),
    });
    const error = await site.failure();
    expect(error).toMatchObject({ name: 'RetryLater', trouble: 'passing' });
    expect(String(error)).toMatch(/redirects to https:\/\/www\.blog\.example\/x: put the real address/);
  });

  test('429 is waited for as long as the site says', async () => {
    await using site = await openSite({
      'POST comments': (response) => response.writeHead(429, { 'retry-after': '90' }).end(),
    });
    const error = await site.failure();
    expect(error).toMatchObject({ name: 'RetryLater', account: true });
    expect((error as RetryLater).delayMs).toBeGreaterThanOrEqual(90_000);
  });

  test('a duplicate returns the existing comment', async () => {
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

  test('a duplicate that is not public counts as sent, and cannot be deleted', async () => {
    await using site = await openSite({
      'POST comments': json(409, { code: 'comment_duplicate', message: 'You said that' }),
    });
    await using publisher = await site.open();
    const published = await publisher.publish(site.payload(), signal);
    expect(published).toMatchObject({ id: 'unseen' });
    expect(site.context.warnings).toEqual([expect.stringContaining('the same comment exists')]);
    await expect(publisher.withdraw(published, signal)).rejects.toThrow(/moderators must delete it/);
  });

  test('is deleted for good on a site without a trash', async () => {
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

  test('spam is reported', async () => {
    await using site = await openSite({ 'POST comments': json(201, { ...comment, status: 'spam' }) });
    await using publisher = await site.open();
    await publisher.publish(site.payload(), signal);
    expect(site.context.warnings).toEqual([expect.stringContaining('as spam')]);
  });
});

describe('before the comment is sent', () => {
  test.each<[string, string, Answer]>([
    ['500 on a lookup', 'GET posts', json(500, {})],
    ['HTML instead of a list', 'GET posts', (response) => response.end('<html>')],
    ['a broken connection', 'GET posts', (response) => response.destroy()],
  ])('%s is tried again later, because nothing was sent', async (_what, route, answer) => {
    await using site = await openSite({ [route]: answer });
    expect(await site.failure()).toBeInstanceOf(RetryLater);
    expect(site.requests.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  test('a reply without a parent is refused', async () => {
    await using site = await openSite();
    expect(await site.failure({ ...site.payload(), alone: true })).toBeInstanceOf(PermanentError);
  });
});

describe('the password', () => {
  test('goes to the configured site alone, wherever its API claims to be', async () => {
    await using other = await openSite();
    await using site = await openSite();
    const link = `<${other.server.url}wp-json/>; rel="https://api.w.org/"`;
    site.on = { 'HEAD /': (response) => response.writeHead(200, { link }).end() };
    await using publisher = await site.open();
    await publisher.publish(site.payload(), signal);
    expect(other.requests).toEqual([]);
    const expected = `Basic ${Buffer.from('pilcrow:hush hush').toString('base64')}`;
    for (const { method, authorization } of site.requests)
      expect(authorization).toBe(method === 'HEAD' ? undefined : expected);
  });

  test('does not follow a redirection', async () => {
    await using other = await openSite();
    await using site = await openSite({
      'GET users/me': (response) => response.writeHead(302, { location: other.server.url }).end(),
    });
    expect(await site.check()).toContain('put the real address of the site into `site`');
    expect(other.requests).toEqual([]);
  });
});

describe('looking a comment up', () => {
  test('reads all pages, and skips comments of others and under other parents', async () => {
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

  test('a comment that cannot be read may be the one, and an unreadable list is an error, not absence', async () => {
    await using site = await openSite({ 'GET comments': json(200, [{ id: 'seven' }]) });
    await using publisher = await site.open();
    expect(await publisher.find(site.payload(), signal)).toBe('cannot-tell');
    site.on = { 'GET comments': json(200, { id: 'seven' }) };
    await expect(publisher.find(site.payload(), signal)).rejects.toThrow('Invalid input');
    site.on = { 'GET comments': json(403, { code: 'rest_forbidden', message: 'No' }) };
    await expect(publisher.find(site.payload(), signal)).rejects.toThrow('the site answered 403: No (rest_forbidden)');
  });
});

test('the check reports a site that is down or not WordPress', async () => {
  await using site = await openSite({ 'GET users/me': (response) => response.writeHead(404).end('<html>') });
  expect(await site.check()).toContain('answered 404 without an error of WordPress');
  await site.server[Symbol.asyncDispose]();
  expect(await site.check()).toContain('cannot be reached: nothing listens there');
});
