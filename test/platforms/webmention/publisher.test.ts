import { readFile, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { PermanentError, RetryLater } from '../../../src/core/errors.ts';
import { newPayload, publisherContract } from '../../contract/publisher.ts';
import { command } from '../../support/command.ts';
import { tempDir } from '../../support/temp.ts';
import { writeWorkplace } from '../../support/workplace.ts';
import { rss } from '../rss/documents.ts';
import { openBlog, openPlace, path } from './blog.ts';
import { openNotifyingBot } from './bot.ts';

const signal = new AbortController().signal;

publisherContract('webmention', async () => ({
  ...(await openPlace()),
  lasting: 'a site drops a mention only when the cable page no longer links to it: the test below',
}));

test('a mention that is taken back is dropped by the site, once the cable page no longer lists it', async () => {
  await using place = await openPlace();
  await using publisher = await place.open();
  const payload = await place.answering(newPayload());
  const published = await publisher.publish(payload, signal);
  expect(published.url).toBe(payload.replyTo.url);
  const early = publisher.withdraw(published, signal);
  await expect(early).rejects.toThrow('still lists the page that cites the cable');
  place.pages.unlist(path);
  await publisher.withdraw(published, signal);
  await publisher.withdraw(published, signal);
  expect(await place.copies(payload)).toBe(0);
  // A page that is gone has no mentions.
  place.blog.page = (_path, response) => response.writeHead(410).end();
  await publisher.withdraw(published, signal);
});

test('a post that cites several cables is notified from the page of each', async () => {
  await using place = await openPlace();
  await using publisher = await place.open();
  const payload = await place.answering(newPayload());
  const url = payload.replyTo.url!;
  const pages = [...payload.pages!, place.pages.list('/cable/08PARIS1', url)];
  await publisher.publish({ ...payload, pages }, signal);
  expect([...place.blog.mentions]).toEqual(pages.map((page) => `${page} ${url}`));
});

describe('nothing is sent', () => {
  const ofSite = 'the page is not below one of the `sites`';
  test.each([
    ['to a site that is not listed', { replyTo: { url: 'https://other.example/posts/1' } }, ofSite],
    ['beside the listed folder', { replyTo: { url: 'posts-x/1' } }, ofSite],
    ['without an address', { replyTo: { url: null } }, ofSite],
    ['without a public cable page', { pages: [] }, 'set `web.cables: public`'],
    ['for a post on the own timeline', { alone: true as const }, 'needs a page'],
  ])(
    '%s',
    async (
      _what,
      { replyTo, ...changes }: { replyTo?: { url: string | null }; pages?: string[]; alone?: true },
      words,
    ) => {
      await using place = await openPlace();
      await using publisher = await place.open();
      const payload = await place.answering(newPayload());
      const url =
        replyTo === undefined ? payload.replyTo.url : replyTo.url && new URL(replyTo.url, place.blog.url).href;
      const sending = publisher.publish({ ...payload, ...changes, replyTo: { ...payload.replyTo, url } }, signal);
      await expect(sending).rejects.toThrow(words);
      await expect(sending).rejects.toBeInstanceOf(PermanentError);
      expect(place.blog.posts).toEqual([]);
    },
  );

  test('before the cable page lists the post, and again later', async () => {
    await using place = await openPlace();
    await using publisher = await place.open();
    const payload = await place.answering(newPayload());
    place.pages.unlist(path);
    await expect(publisher.publish(payload, signal)).rejects.toBeInstanceOf(RetryLater);
    expect(place.blog.posts).toEqual([]);
    place.pages.list(path, payload.replyTo.url!);
    await publisher.publish(payload, signal);
    expect(await place.copies(payload)).toBe(1);
  });

  test.each(['http://169.254.169.254/latest', 'http://localhost:1/wm', 'http://[::1]/wm', 'file:///etc/passwd'])(
    'to an endpoint %s, which is not public',
    async (url) => {
      await using place = await openPlace();
      await using publisher = await place.open();
      place.blog.page = (_path, response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end(`<link rel="webmention" href="${url}">`);
      const sending = publisher.publish(await place.answering(newPayload()), signal);
      await expect(sending).rejects.toBeInstanceOf(PermanentError);
    },
  );
});

const answered =
  (status: number, body = '', headers = {}) =>
  (response: ServerResponse) =>
    response.writeHead(status, headers).end(body);

describe('what a site answers', () => {
  test.each([
    ['a refusal', answered(400, 'no \n\u001b[31m link'), PermanentError, 'it answered 400: no [31m link'],
    ['a redirect, which is not followed with the form', answered(302, '', { location: '/x' }), PermanentError, '302'],
    ['too many', answered(429, '', { 'retry-after': '77' }), RetryLater, '429'],
    ['a fault of the server', answered(503), Error, '503'],
  ])('%s, to the Webmention', async (_what, refuse, kind, words) => {
    await using place = await openPlace();
    await using publisher = await place.open();
    place.blog.refuse = refuse;
    const error: unknown = await publisher
      .publish(await place.answering(newPayload()), signal)
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(kind);
    expect(error instanceof RetryLater || error instanceof PermanentError).toBe(kind !== Error);
    expect(String(error)).toContain(words);
    // One site holds up no other.
    if (error instanceof RetryLater) expect([error.delayMs, error.account]).toEqual([77_000, false]);
  });

  test.each([
    ['gone', answered(404), PermanentError],
    ['an image', answered(200, '', { 'content-type': 'image/png' }), PermanentError],
    ['without an endpoint', answered(200, '<p>', { 'content-type': 'text/html' }), PermanentError],
    ['under repair', answered(503), RetryLater],
  ])('a page that is %s', async (_what, page, kind) => {
    await using place = await openPlace();
    await using publisher = await place.open();
    place.blog.page = (_path, response) => page(response);
    await expect(publisher.publish(await place.answering(newPayload()), signal)).rejects.toBeInstanceOf(kind);
  });

  const xml = (error: number, message = '') =>
    `<response><error>${error}</error><message>${message}</message></response>`;

  test.each([
    ['taken', answered(200, xml(0)), undefined],
    ['taken, whatever the status', answered(404, xml(0)), undefined],
    ['there already', answered(200, xml(1, 'There is already a ping from that URL for this post.')), undefined],
    ['closed', answered(200, xml(1, 'Sorry, trackbacks are closed.')), PermanentError],
    ['too fast', answered(200, xml(1, 'You are posting comments too quickly. Slow down.')), RetryLater],
    ['no answer of a Trackback', answered(200, '<p>Welcome'), PermanentError],
  ])('a Trackback is %s', async (_what, refuse, kind) => {
    await using place = await openPlace();
    await using publisher = await place.open();
    place.blog.page = (_path, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<a rel="trackback" href="/webmention?tb=1">');
    place.blog.refuse = refuse;
    const payload = await place.answering(newPayload());
    const sending = publisher.publish(payload, signal);
    if (kind !== undefined) await expect(sending).rejects.toBeInstanceOf(kind);
    else
      await expect(publisher.withdraw(await sending, signal)).rejects.toThrow('until the owner of the site deletes it');
  });
});

test('a whole bot notifies a page that cites a cable, once, and takes it back when the author is forgotten', async () => {
  await using blog = await openBlog();
  const post = `${blog.url}posts/1`;
  const webmentions = blog.page;
  blog.page = (asked, response) =>
    asked === '/feed'
      ? response.end(
          rss([{ guid: '1', title: '#cablegate #07ASTANA2244 ¶5', link: post, author: 'Ada', published: Date.now() }]),
        )
      : webmentions(asked, response);
  const site = blog.url.slice(0, -1);
  const bot = await openNotifyingBot({ feed: `${blog.url}feed`, site, allow: blog.allow });
  await bot.work();
  await bot.work();
  expect(await bot.replies()).toMatchObject([{ state: 'sent', publisher: 'blogs' }]);
  expect([...blog.mentions]).toEqual([`${bot.page} ${post}`]);
  expect(blog.posts).toHaveLength(1);
  const author = `${new URL(site).host}/Ada`;
  const done = await command(['forget', `rss:${author}`, '--yes', '--config', bot.config]);
  expect(done).toMatchObject({ code: 0 });
  await bot.work();
  expect([...blog.mentions]).toEqual([]);
  expect(await bot.replies()).toMatchObject([{ state: 'withdrawn' }]);
});

test('a configuration without public cable pages is told what it lacks', async () => {
  const folder = await tempDir();
  const config = writeWorkplace(folder, []);
  const entry = 'publishers:\n  - { name: blogs, platform: webmention, sites: [https://blog.example] }\n';
  await writeFile(config, (await readFile(config, 'utf8')).replace('publishers:\n', entry));
  const { code, err } = await command(['once', '--config', config]);
  expect([code, err]).toEqual([2, expect.stringContaining('Webmentions come from the bot’s cable pages')]);
  expect(err).toContain('set `web.cables: public` and `web.publicUrl` and `web.listen`');
});
