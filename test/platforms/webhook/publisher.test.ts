import { readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text as textIn } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { PermanentError, RetryLater } from '../../../src/core/errors.ts';
import { SecretValue } from '../../../src/core/secret.ts';
import { signatureOf } from '../../../src/net/webhook-signature.ts';
import { driver } from '../../../src/platforms/webhook/driver.ts';
import { WebhookPublisher } from '../../../src/platforms/webhook/config.ts';
import { cutContract } from '../../contract/cut.ts';
import { newPayload, publisherContract } from '../../contract/publisher.ts';
import { command } from '../../support/command.ts';
import { openTestContext } from '../../support/driver-context.ts';
import { startProxy } from '../../support/proxy.ts';
import { serve } from '../../support/serve.ts';
import { tempDir } from '../../support/temp.ts';
import { writeWorkplace } from '../../support/workplace.ts';

const signal = new AbortController().signal;
const blind = 'nothing can be asked of a webhook';

const secretOf = (value: string) => {
  const secret = new SecretValue({ env: 'S' });
  secret.resolve(value);
  return secret;
};

interface Taken {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Entry = Record<string, unknown>;

/** A program that takes replies; `refuse` answers in its place. */
async function openReceiver() {
  const taken: Taken[] = [];
  const receiver: { refuse: ((response: ServerResponse) => unknown) | undefined } = { refuse: undefined };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url: path = '', headers } = request;
    const body = await textIn(request);
    if (receiver.refuse !== undefined) return receiver.refuse(response);
    taken.push({ method, path, headers, body });
    return response.writeHead(204).end();
  };
  // A connection that is cut in the body brings nothing.
  const server = await serve((request, response) => void answer(request, response).catch(() => {}));
  const context = await openTestContext();
  const open = (entry: Entry = {}, base = server.url) => {
    const { authorization, secret, url = 'hook', ...plain } = entry as Record<string, string>;
    const parsed = WebhookPublisher.parse({ ...plain, url: { env: 'S' } });
    const secrets = {
      ...(authorization && { authorization: secretOf(authorization) }),
      ...(secret && { secret: secretOf(secret) }),
    };
    return driver.openPublisher!({ ...parsed, url: secretOf(`${base}${url}`), ...secrets }, context);
  };
  return Object.assign(receiver, {
    server,
    taken,
    open,
    copies: async ({ idempotencyKey }: { idempotencyKey: string }) =>
      taken.filter(({ headers }) => headers['webhook-id'] === encodeURIComponent(idempotencyKey)).length,
    async [Symbol.asyncDispose]() {
      await context[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  });
}

publisherContract('webhook', async () => {
  const receiver = await openReceiver();
  return { ...receiver, open: () => receiver.open(), blind, lasting: 'nothing can be deleted by a webhook' };
});

cutContract('webhook', async () => {
  const receiver = await openReceiver();
  const proxy = await startProxy(receiver.server.port);
  return {
    proxy,
    blind,
    open: () => receiver.open({}, `http://127.0.0.1:${proxy.port}/`),
    copies: receiver.copies,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    },
  };
});

test.each([
  [404, PermanentError],
  [400, PermanentError],
  [401, RetryLater],
  [302, RetryLater],
  [429, RetryLater],
  [500, Error],
])('an answer %d is a %o', async (status, kind) => {
  await using receiver = await openReceiver();
  receiver.refuse = (response) => response.writeHead(status, { location: 'https://new.example/' }).end('no');
  await using publisher = await receiver.open();
  const error = await publisher.publish(newPayload(), signal).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(kind);
  expect(error instanceof RetryLater || error instanceof PermanentError).toBe(kind !== Error);
});

test('a request is signed with id and time, and the default body has all that is known', async () => {
  await using receiver = await openReceiver();
  await using publisher = await receiver.open({ secret: 'hush hush' });
  const payload = newPayload();
  await publisher.publish(payload, signal);
  const { headers, body } = receiver.taken[0]!;
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  expect(headers['webhook-signature']).toBe(signatureOf(secretOf('hush hush'), signed));
  const { key, platform, id, url, author } = payload.replyTo;
  const { idempotencyKey, text, language } = payload;
  expect(JSON.parse(body)).toEqual({ id: idempotencyKey, text, language, post: { key, platform, id, url, author } });
});

test('a whole bot sends its replies to posts of any feed into a room of the operator', async () => {
  await using receiver = await openReceiver();
  const folder = await tempDir();
  const config = writeWorkplace(folder, [{ id: '1', text: '#07ASTANA2244 ¶5', author: '@ada' }]);
  await writeFile(join(folder, 'url'), `${receiver.server.url}hook\n`);
  const yaml = parse(await readFile(config, 'utf8')) as Record<'feeds' | 'publishers', Entry[]>;
  yaml.feeds[0]!['publisher'] = 'room';
  yaml.publishers.push({ name: 'room', platform: 'webhook', mode: 'own-timeline', url: { file: 'url' } });
  await writeFile(config, stringify(yaml));
  expect((await command(['once', '--config', config])).code).toBe(0);
  expect(receiver.taken.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
    { text: expect.stringContaining('07ASTANA2244'), post: { key: 'file:1' } },
  ]);
});

describe('the recipe of the docs for', async () => {
  const docs = await readFile(new URL('../../../docs/platforms/webhook.md', import.meta.url), 'utf8');
  const publishers = [...docs.matchAll(/```yaml\n(publishers:[^]+?)```/g)].flatMap(
    ([, yaml = '']) => (parse(yaml) as { publishers: Entry[] }).publishers,
  );
  const text = 'A "cable" & <more> @everyone\n¶5: https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par5';
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  /** What each service takes, as its documentation says, and nothing else. */
  const services: Readonly<Record<string, (taken: Taken) => string>> = {
    slack: ({ body }) =>
      z.strictObject({ text: z.string().max(40_000), unfurl_links: z.boolean() }).parse(JSON.parse(body)).text,
    discord: ({ body }) =>
      z
        .strictObject({
          content: z.string().min(1).max(2000),
          allowed_mentions: z.strictObject({ parse: z.tuple([]) }),
        })
        .parse(JSON.parse(body)).content,
    matrix({ method, path, headers, body }) {
      expect([method, headers.authorization]).toEqual(['PUT', 'Bearer token']);
      expect(path).toMatch(/^\/_matrix\/client\/v3\/rooms\/[^/]+\/send\/m\.room\.message\/[^/]+$/);
      return z.strictObject({ msgtype: z.literal('m.notice'), body: z.string() }).parse(JSON.parse(body)).body;
    },
    teams({ body }) {
      const block = z.strictObject({ type: z.literal('TextBlock'), text: z.string(), wrap: z.literal(true) });
      const content = z.strictObject({
        type: z.literal('AdaptiveCard'),
        version: z.literal('1.4'),
        body: z.array(block).length(1),
      });
      const card = z.strictObject({ contentType: z.literal('application/vnd.microsoft.card.adaptive'), content });
      const message = z.strictObject({ type: z.literal('message'), attachments: z.array(card).length(1) });
      return message.parse(JSON.parse(body)).attachments[0]?.content.body[0]?.text ?? '';
    },
    n8n: ({ body }) => z.object({ id: z.string(), text: z.string() }).parse(JSON.parse(body)).text,
    ntfy({ headers, body }) {
      expect([headers['content-type'], headers.authorization]).toEqual(['text/plain; charset=utf-8', 'Bearer token']);
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4096);
      return body;
    },
  };

  test.each(Object.keys(services))('%s is taken by what takes nothing else', async (name) => {
    const {
      platform,
      mode,
      name: _name,
      url,
      authorization,
      ...entry
    } = publishers.find((one) => one['name'] === name) ?? {};
    expect([platform, mode, typeof url]).toEqual(['webhook', 'own-timeline', 'object']);
    await using receiver = await openReceiver();
    const path = name === 'matrix' ? '_matrix/client/v3/rooms/!room:example.org/send/m.room.message/{{ id }}' : 'hook';
    await using publisher = await receiver.open({
      ...entry,
      url: path,
      ...(authorization !== undefined && { authorization: 'Bearer token' }),
    });
    await publisher.publish(newPayload({ text, key: 'reply:a/b c' }), signal);
    expect(receiver.taken).toHaveLength(1);
    expect(services[name]?.(receiver.taken[0]!)).toBe(name === 'slack' ? escaped : text);
  });
});
