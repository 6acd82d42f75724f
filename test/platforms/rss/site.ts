import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect } from 'vitest';
import type { Cursor } from '../../../src/core/post.ts';
import { WebFeed } from '../../../src/platforms/rss/config.ts';
import { driver } from '../../../src/platforms/rss/driver.ts';
import { textsOf } from '../../contract/feed.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { serve } from '../../support/serve.ts';
import { rss } from './documents.ts';

const signal = new AbortController().signal;

type Config = Partial<Omit<WebFeed, 'firstRun'>> & { firstRun?: string };

/** A web site with one feed, and a reader of it. `answer` may be replaced at any time. */
export async function openSite(config: Config = {}) {
  const requests: IncomingMessage['headers'][] = [];
  const site: { answer: (request: IncomingMessage, response: ServerResponse) => unknown } = {
    answer: (_request, response) => response.end(rss([])),
  };
  const server = await serve((request, response) => {
    requests.push(request.headers);
    site.answer(request, response);
  });
  const context = await openTestContext([server.allow]);
  const parsed = WebFeed.parse({ url: `${server.url}feed?key=s3cret`, ...config });
  const open = () => driver.openFeed!(parsed, context);
  const check = () => driver.checkFeed!(parsed, context);
  const feed = await open();
  let cursor: Cursor | undefined;
  return Object.assign(site, {
    server,
    context,
    requests,
    open,
    check,
    serveText(text: string | Buffer, headers: Record<string, string> = {}) {
      site.answer = (_request, response) => response.writeHead(200, headers).end(text);
    },
    /** One poll. */
    async poll() {
      const pages = [];
      for await (const page of feed.pages(cursor, signal)) pages.push(page);
      cursor = pages.at(-1)?.cursor ?? cursor;
      return { texts: textsOf(pages), rejects: pages.flatMap((page) => page.rejects), pages };
    },
    async lookTexts() {
      return (await this.poll()).texts;
    },
    async failure() {
      return await this.poll().then(
        () => expect.unreachable('the poll should have failed'),
        (error: unknown) => error,
      );
    },
    [Symbol.asyncDispose]: async () => {
      await context[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  });
}
