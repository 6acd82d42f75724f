import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import type { Payload } from '../../../src/core/reply.ts';
import { WebmentionPublisher } from '../../../src/platforms/webmention/config.ts';
import { driver } from '../../../src/platforms/webmention/driver.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { startProxy } from '../../support/proxy.ts';
import { serve } from '../../support/serve.ts';

const form = 'application/x-www-form-urlencoded';

/**
 * A blog that takes Webmentions as the recommendation of the W3C has it, and is strict about it: it looks for the link in the source at
 * once, has one mention for a source and target, and drops one whose source no longer links.
 */
export async function openBlog() {
  const mentions = new Set<string>();
  const posts: Record<string, string>[] = [];
  const blog = {
    /** Answers in the place of the endpoint. */
    refuse: undefined as ((response: ServerResponse) => unknown) | undefined,
    /** Answers in the place of a page. */
    page: (_path: string, response: ServerResponse): unknown =>
      response
        .writeHead(200, { 'content-type': 'text/html', link: '</webmention?site=1>; rel="webmention"' })
        .end('<p>07ASTANA2244'),
  };

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const { pathname, search } = new URL(request.url ?? '/', server.url);
    const body = await readText(request);
    if (pathname !== '/webmention') return blog.page(pathname, response);
    const fields = Object.fromEntries(new URLSearchParams(body));
    const { source = '', target = '' } = fields;
    if (blog.refuse !== undefined) return blog.refuse(response);
    posts.push(fields);
    if (request.method !== 'POST' || request.headers['content-type'] !== form || search !== '?site=1')
      return response.writeHead(400).end('not a Webmention');
    if (source === target || URL.parse(target)?.pathname.startsWith('/posts/') !== true)
      return response.writeHead(400).end('no page of this blog');
    const read = await fetch(source);
    const links = read.ok && (await read.text()).includes(`href="${target.replaceAll('&', '&amp;')}"`);
    if (links) mentions.add(`${source} ${target}`);
    else mentions.delete(`${source} ${target}`);
    return links ? response.writeHead(202).end() : response.writeHead(400).end('no link');
  }

  // A connection that is cut in the body brings nothing.
  const server = await serve((request, response) => void receive(request, response).catch(() => response.destroy()));
  return Object.assign(blog, {
    ...server,
    mentions,
    /** The forms that came, valid or not. */
    posts,
  });
}

/** A server of cable pages, each of which lists what `listed` has under its path. */
async function openCablePages() {
  const listed = new Map<string, Set<string>>();
  const server = await serve(({ url = '' }, response) => {
    const links = [...(listed.get(url) ?? [])].map((link) => `<a href="${link.replaceAll('&', '&amp;')}">a post</a>`);
    response.writeHead(200, { 'content-type': 'text/html' }).end(links.join('\n'));
  });
  return {
    ...server,
    list(path: string, url: string): string {
      listed.set(path, (listed.get(path) ?? new Set()).add(url));
      return new URL(path, server.url).href;
    },
    unlist: (path: string) => listed.delete(path),
  };
}

/** The cable page of the tests. */
export const path = '/cable/07ASTANA2244';

/** A blog, and the cable pages of a bot that notifies it; `port`: where the blog is reached, if not at its own. */
export async function openPlace() {
  const [blog, pages] = [await openBlog(), await openCablePages()];
  let serial = 0;
  const proxy = await startProxy(blog.port);
  const context = await openTestContext([blog.allow, pages.allow, `127.0.0.1:${proxy.port}`]);
  const site = (port: number) => `http://127.0.0.1:${port}/posts`;
  return {
    blog,
    pages,
    proxy,
    context,
    blind: 'nothing can be asked of a site',
    open: () =>
      driver.openPublisher!(WebmentionPublisher.parse({ sites: [site(blog.port), site(proxy.port)] }), context),
    /** A post of the blog that the cable page lists. */
    answering(payload: Payload, port = blog.port): Promise<Payload> {
      serial += 1;
      const url = `${site(port)}/${serial}?a=1&b=2`;
      return Promise.resolve({ ...payload, pages: [pages.list(path, url)], replyTo: { ...payload.replyTo, url } });
    },
    copies: ({ pages: [source] = [], replyTo }: Payload) =>
      Promise.resolve(blog.mentions.has(`${source} ${replyTo.url}`) ? 1 : 0),
    async [Symbol.asyncDispose]() {
      for (const part of [context, proxy, blog, pages]) await part[Symbol.asyncDispose]();
    },
  };
}
