import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type HealthCheck, openServer } from '../../src/observe/metrics-server.ts';

const never = () => new Promise<never>(() => {});

async function serving(
  options: { checks?: readonly HealthCheck[]; stopping?: AbortSignal; scrape?: () => Promise<string> } = {},
) {
  let now = 0;
  const scrape = options.scrape ?? (() => Promise.resolve('pilcrow_up 1\n'));
  const server = await openServer({
    listen: '127.0.0.1:0',
    hosts: ['Bot.internal.example'],
    metrics: { contentType: 'text/plain', scrape },
    checks: options.checks ?? [],
    stopping: options.stopping ?? new AbortController().signal,
    now: () => now,
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { server, pass: (ms: number) => (now += ms), get: (path: string) => fetch(server.url + path) };
}

describe('/healthz', () => {
  test('is 200 while the scheduler ticks, 503 with the reason after a minute without a tick, and 200 again', async () => {
    const { get, pass, server } = await serving();
    pass(60_000);
    expect((await get('/healthz')).status).toBe(200);
    pass(15_000);
    const ill = await get('/healthz');
    expect(ill.status).toBe(503);
    expect(await ill.json()).toEqual({ ok: false, reasons: ['the scheduler has not ticked for 75 s'] });
    server.ticked();
    expect((await get('/healthz')).status).toBe(200);
  });
});

describe('/readyz', () => {
  test('is 200 when every check passes', async () => {
    const { get } = await serving({ checks: [{ name: 'ledger', check: () => Promise.resolve() }] });
    expect(await (await get('/readyz')).json()).toEqual({ ok: true, reasons: [] });
  });

  test('names every check that fails or does not answer, without its error message', async () => {
    const { get } = await serving({
      checks: [
        { name: 'ledger', check: never },
        { name: 'queue', check: () => Promise.reject(new Error('redis://:hunter2@host')) },
      ],
    });
    const answer = await get('/readyz');
    expect(answer.status).toBe(503);
    const reasons = ['the ledger does not answer within 2 s', 'the queue fails'];
    expect(await answer.json()).toEqual({ ok: false, reasons });
  });

  test('is 503 while the bot shuts down', async () => {
    const { get } = await serving({ stopping: AbortSignal.abort() });
    const answer = await get('/readyz');
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 503,
      body: { ok: false, reasons: ['stopping'] },
    });
  });
});

describe('the server', () => {
  test('answers HEAD without a body, and refuses other methods and paths', async () => {
    const { server, get } = await serving();
    const head = await fetch(`${server.url}/metrics`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    const posted = await fetch(`${server.url}/metrics`, { method: 'POST', body: 'x'.repeat(1_000_000) }).catch(
      () => null,
    );
    // The connection may be cut while the body is still being sent.
    if (posted !== null) expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await fetch(`${server.url}/healthz`, { method: 'DELETE' })).status).toBe(405);
    for (const path of ['/', '/metricsx', '/constructor', '/..%2fmetrics', '//metrics']) {
      expect((await get(path)).status, path).toBe(404);
    }
    expect((await get('/metrics?match=x')).status).toBe(200);
  });

  test('answers to its own names alone: a name of the web may be rebound to it', async () => {
    const { server } = await serving();
    const ask = async (host: string) => {
      const sent = request(`${server.url}/metrics`, { headers: { host } }).end();
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      answer.resume();
      return answer.statusCode;
    };
    for (const host of ['127.0.0.1:9464', '10.1.2.3', '[::1]:9464', 'localhost:1', 'bot:9464', 'bot.internal.example'])
      expect([host, await ask(host)]).toEqual([host, 200]);
    for (const host of ['evil.example', 'evil.example:9464', '127.0.0.1.evil.example', 'evil.', 'a b'])
      expect([host, await ask(host)]).toEqual([host, 421]);
  });

  test('leaves room for others when one client holds connections', async () => {
    const { server } = await serving();
    const port = Number(new URL(server.url).port);
    const held = Array.from({ length: 70 }, () => connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' }));
    onTestFinished(() => held.forEach((socket) => socket.destroy()));
    await Promise.all(
      held.map((socket) =>
        once(
          socket.on('error', () => {}),
          'connect',
        ),
      ),
    );
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  test('answers an internal error with 500 and nothing else', async () => {
    const { get } = await serving({ scrape: () => Promise.reject(new Error('postgres://u:hunter2@h')) });
    const answer = await get('/metrics');
    expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringContaining('hunter2')]);
  });

  test('refuses large headers, and cuts off an unfinished request', async () => {
    const { server, get } = await serving();
    const large = await fetch(`${server.url}/metrics`, { headers: { 'x-large': 'x'.repeat(20_000) } });
    expect(large.status).toBe(431);
    const slow = connect(Number(new URL(server.url).port), '127.0.0.1');
    slow.write('GET /metrics HTTP/1.1\r\nhost: x\r\n');
    slow.resume();
    await once(slow, 'close');
    expect((await get('/healthz')).status).toBe(200);
  });

  test('closes at once, even with an open request', async () => {
    const { server } = await serving({ scrape: never });
    const hanging = fetch(`${server.url}/metrics`).then(
      () => 'answered',
      () => 'cut off',
    );
    const idle = connect(Number(new URL(server.url).port), '127.0.0.1');
    idle.on('error', () => {});
    await once(idle, 'connect');
    await server[Symbol.asyncDispose]();
    expect(await hanging).toBe('cut off');
  });

  test('says what to do when its address is in use', async () => {
    const { server } = await serving();
    const listen = new URL(server.url).host;
    const metrics = { contentType: 'text/plain', scrape: () => Promise.resolve('') };
    const options = { listen, hosts: [], metrics, checks: [], stopping: new AbortController().signal };
    await expect(openServer(options)).rejects.toThrow(
      `\`observe.listen\`: cannot listen on ${listen}: another process uses it: stop that process or choose another port`,
    );
  });
});
