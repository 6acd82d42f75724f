import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Message, PartlyDelivered } from '../../src/channels/channel.ts';
import { openEmail } from '../../src/channels/email.ts';
import { openWebhook } from '../../src/channels/webhook.ts';
import { signatureOf } from '../../src/net/webhook-signature.ts';
import { PermanentError, RetryLater } from '../../src/core/errors.ts';
import { SecretValue } from '../../src/core/secret.ts';
import { openGuardedFetch } from '../../src/net/guarded-fetch.ts';
import { serve } from '../support/serve.ts';

const signal = new AbortController().signal;
const message: Message = { id: 'abc', subject: 'One cites ¶5', text: 'One\ntwo', data: [{ a: 1 }] };

function secret(value: string): SecretValue {
  const made = new SecretValue({ env: 'X' });
  made.resolve(value);
  return made;
}

const signingKey = Buffer.alloc(32, 'key').toString('base64');

type Verify = (secret: string, headers: Record<string, unknown>, body: string) => unknown;

/** The example of docs/configuration.md, as a receiver would paste it. */
async function documentedVerify(): Promise<Verify> {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  const [, block = ''] = /^```js\n([^]*?)^```/m.exec(page) ?? [];
  const example = (await import(`data:text/javascript,${encodeURIComponent(block)}`)) as { verify: Verify };
  return example.verify;
}

const thrownBy = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a webhook', () => {
  async function hook(statuses: readonly number[], headers: Record<string, string> = {}) {
    const got: { body: string; headers: Record<string, unknown> }[] = [];
    const answer = async (request: IncomingMessage, response: ServerResponse) => {
      got.push({ body: await readText(request), headers: request.headers });
      response.writeHead(statuses[got.length - 1] ?? 200, headers).end('ok');
    };
    const server = await serve((request, response) => void answer(request, response));
    const fetch = openGuardedFetch({ userAgent: 'pilcrow-test', allowPrivate: [server.allow] });
    const channel = openWebhook({ url: secret(`${server.url}hook`), secret: secret(`whsec_${signingKey}`) }, fetch);
    return {
      got,
      channel,
      async [Symbol.asyncDispose]() {
        await fetch[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
      },
    };
  }

  test('gets the message as JSON that is signed as Standard Webhooks has it', async () => {
    await using webhook = await hook([200]);
    await webhook.channel.deliver(message, signal);
    const [{ body, headers } = { body: '', headers: {} }] = webhook.got;
    expect(JSON.parse(body)).toEqual(message);
    expect(headers).toMatchObject({ 'webhook-id': 'abc', 'webhook-timestamp': expect.stringMatching(/^\d{10}$/) });
    const signed = `abc.${String(headers['webhook-timestamp'])}.${body}`;
    const signature = createHmac('sha256', Buffer.from(signingKey, 'base64')).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  });

  // The vector of the standard's own libraries.
  test('has the signature of a known message', () => {
    const known = secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    expect(signatureOf(known, 'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}')).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  describe("is verified by the documentation's example", () => {
    const received = async () => {
      await using webhook = await hook([200, 200]);
      await webhook.channel.deliver(message, signal);
      const [{ body, headers } = { body: '', headers: {} }] = webhook.got;
      return { body, headers };
    };

    test('as it came', async () => {
      const verify = await documentedVerify();
      const { body, headers } = await received();
      expect(verify(`whsec_${signingKey}`, headers, body)).toEqual(message);
    });

    test.each<[string, (got: { body: string; headers: Record<string, unknown> }) => void]>([
      ['with another body', (got) => (got.body += ' ')],
      ['with another id', ({ headers }) => (headers['webhook-id'] = 'abd')],
      [
        'as if it were newer',
        ({ headers }) => (headers['webhook-timestamp'] = String(Math.ceil(Date.now() / 1000) + 1)),
      ],
      ['without a signature', ({ headers }) => (headers['webhook-signature'] = '')],
    ])('not %s', async (_what, change) => {
      const verify = await documentedVerify();
      const got = await received();
      change(got);
      expect(() => verify(`whsec_${signingKey}`, got.headers, got.body)).toThrow('not signed');
    });

    test('not when it is played again later', async () => {
      const verify = await documentedVerify();
      const { body, headers } = await received();
      vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 301_000);
      onTestFinished(() => void vi.restoreAllMocks());
      expect(() => verify(`whsec_${signingKey}`, headers, body)).toThrow('too old');
    });
  });

  test.each([400, 401, 404, 410, 301])('that answers %i fails for good', async (status) => {
    await using webhook = await hook([status], { location: '/elsewhere' });
    expect(await thrownBy(webhook.channel.deliver(message, signal))).toBeInstanceOf(PermanentError);
    expect(webhook.got).toHaveLength(1);
  });

  test.each([500, 502, 503, 408])('that answers %i may be tried again', async (status) => {
    await using webhook = await hook([status]);
    const error = await thrownBy(webhook.channel.deliver(message, signal));
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(PermanentError);
  });

  test('that limits the rate is waited for', async () => {
    await using webhook = await hook([429], { 'retry-after': '7' });
    const error = await thrownBy(webhook.channel.deliver(message, signal));
    expect(error).toBeInstanceOf(RetryLater);
    expect((error as RetryLater).delayMs).toBeGreaterThan(6000);
  });

  test('on a private address needs permission in the configuration', async () => {
    await using server = await serve((_request, response) => response.end());
    await using fetch = openGuardedFetch({ userAgent: 'pilcrow-test' });
    const channel = openWebhook({ url: secret(server.url) }, fetch);
    expect(await thrownBy(channel.deliver(message, signal))).toBeInstanceOf(PermanentError);
  });

  test('with a secret that is not a URL fails its check', async () => {
    await using fetch = openGuardedFetch({ userAgent: 'pilcrow-test' });
    const check = openWebhook({ url: secret('nonsense') }, fetch).check(signal);
    expect(await check).toBe('its secret is not a URL');
  });
});

describe('e-mail', () => {
  async function postOffice(options: SMTPServerOptions = {}, to = ['ops@example.org']) {
    const mails: string[] = [];
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, _session, callback) {
        const parts: Buffer[] = [];
        stream.on('data', (part: Buffer) => parts.push(part));
        stream.on('end', () => {
          mails.push(Buffer.concat(parts).toString());
          callback();
        });
      },
      ...options,
    });
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    const address = server.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const channel = openEmail({
      to,
      from: 'Pilcrow <bot@example.org>',
      smtp: secret(`smtp://127.0.0.1:${port}`),
    });
    return { mails, channel, [Symbol.asyncDispose]: () => new Promise<void>((done) => server.close(done)) };
  }

  test('arrives with its subject, its text and an id that identifies repeats', async () => {
    await using office = await postOffice();
    await office.channel.deliver(message, signal);
    const [mail = ''] = office.mails;
    expect(mail).toContain('Message-ID: <abc@pilcrow>');
    expect(mail).toContain('Auto-Submitted: auto-generated');
    expect(mail).toMatch(/^To: ops@example\.org\r$/m);
    expect(mail).toContain('One\r\ntwo');
  });

  test('that the server refuses permanently fails for good', async () => {
    const refuse: SMTPServerOptions = {
      onRcptTo: (_address, _session, callback) =>
        callback(Object.assign(new Error('no such box'), { responseCode: 550 })),
    };
    await using office = await postOffice(refuse);
    expect(await thrownBy(office.channel.deliver(message, signal))).toBeInstanceOf(PermanentError);
  });

  test('that the server defers may be tried again', async () => {
    const busy: SMTPServerOptions = {
      onRcptTo: (_address, _session, callback) => callback(Object.assign(new Error('busy'), { responseCode: 451 })),
    };
    await using office = await postOffice(busy);
    const error = await thrownBy(office.channel.deliver(message, signal));
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(PermanentError);
  });

  describe('to two people, of whom the server refuses one,', () => {
    const to = ['Ada@example.org', 'Bob <bob@example.org>'];
    const refusing = (responseCode: number): SMTPServerOptions => ({
      onRcptTo: ({ address }, _session, callback) => {
        callback(address.startsWith('bob') ? Object.assign(new Error('mailbox full'), { responseCode }) : null);
      },
    });

    test.each([
      [452, false],
      [550, true],
    ])('by %i: says who is still to get it, and if that can ever be', async (code, isFinal) => {
      await using office = await postOffice(refusing(code), to);
      const error = await thrownBy(office.channel.deliver(message, signal));
      expect(error).toBeInstanceOf(PartlyDelivered);
      expect(error).toMatchObject({ remaining: ['Bob <bob@example.org>'], isFinal });
      expect((error as Error).message).toContain('mailbox full');
      expect(office.mails).toHaveLength(1);
    });

    test('goes to the remaining one alone the next time, and to nobody who was taken out of the configuration', async () => {
      const recipients: string[] = [];
      const onRcptTo: SMTPServerOptions['onRcptTo'] = ({ address }, _session, callback) => {
        recipients.push(address);
        callback();
      };
      await using office = await postOffice({ onRcptTo }, to);
      await office.channel.deliver({ ...message, recipients: ['Bob <bob@example.org>'] }, signal);
      expect(recipients).toEqual(['bob@example.org']);
      await office.channel.deliver({ ...message, recipients: ['gone@example.org'] }, signal);
      expect(office.mails).toHaveLength(1);
    });
  });

  test('is checked without sending a mail', async () => {
    await using office = await postOffice();
    expect(await office.channel.check(signal)).toBeUndefined();
    expect(office.mails).toEqual([]);
    const nowhere = openEmail({ to: ['a@b'], from: 'a@b', smtp: secret('smtp://127.0.0.1:1') });
    expect(await nowhere.check(signal)).toContain('ECONNREFUSED');
  });
});
