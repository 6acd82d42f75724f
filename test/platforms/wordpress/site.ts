import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { SecretValue } from '../../../src/core/secret.ts';
import { WordpressPublisher } from '../../../src/platforms/wordpress/config.ts';
import { driver } from '../../../src/platforms/wordpress/driver.ts';
import { newPayload } from '../../contract/publisher.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { serve } from '../../support/serve.ts';

const { signal } = new AbortController();

export type Answer = (response: ServerResponse, request: IncomingMessage) => unknown;

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

export const comment = {
  id: 7,
  author: 2,
  parent: 0,
  link: 'https://b/#comment-7',
  status: 'approved',
  content: { rendered: '<p>x</p>' },
};

/** A healthy site; `on` overrides the answer to `METHOD path`, or to `METHOD` alone. */
export async function openSite(on: Readonly<Record<string, Answer>> = {}) {
  const requests: { method: string; path: string; authorization: string | undefined; body: string }[] = [];
  const site = { on };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '', server.url);
    const path = pathname.replace('/wp-json/wp/v2/', '');
    const { method = '', headers } = request;
    requests.push({ method, path, authorization: headers.authorization, body: await text(request) });
    const defaults: Record<string, Answer> = {
      'HEAD /': (res) => res.writeHead(200, { link: `<${server.url}wp-json/>; rel="https://api.w.org/"` }).end(),
      'GET users/me': json(200, { id: 2, name: 'Pilcrow', capabilities: { moderate_comments: true } }),
      'GET posts': json(200, [{ id: 5, link: `${server.url}five/`, status: 'publish', comment_status: 'open' }]),
      'POST comments': json(201, comment),
      'GET comments': json(200, []),
      'DELETE comments/7': json(200, comment),
    };
    const script =
      site.on[`${method} ${path}`] ??
      site.on[method] ??
      defaults[`${method} ${path}`] ??
      json(404, { code: 'x', message: 'y' });
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
    requests,
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
