import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { openClient, openSite } from '../support/web.ts';

const trusting = '  trustedProxies: [127.0.0.1]\n';
const through = (client: string) => ({ 'x-forwarded-for': client });

describe('a request that passed a proxy', () => {
  test.each([
    ['X-Forwarded-For', '203.0.113.9'],
    ['X-Forwarded-Host', 'pilcrow.example'],
    ['X-Forwarded-Proto', 'https'],
    ['X-Real-IP', '203.0.113.9'],
    ['Forwarded', 'for=203.0.113.9'],
    ['Via', '1.1 nginx'],
  ])('is refused with what to do, unless the proxy is trusted: %s', async (name, value) => {
    const [closed, open] = [await openSite({ web: '  cables: public\n' }), await openSite({ web: trusting })];
    for (const path of ['/', '/cables', '/pilcrow.css', '/login']) {
      const answer = await openClient(closed).send(path, { headers: { [name]: value } });
      expect([path, answer.status]).toEqual([path, 421]);
      expect(await answer.text()).toContain('web.trustedProxies');
    }
    expect((await openClient(open).send('/', { headers: { [name]: value } })).status).toBe(200);
  });

  test('is counted by its client: wrong passwords keep out nobody else', async () => {
    const site = await openSite({ login: true, web: trusting });
    const login = async (from: string, password: string) => {
      const client = openClient(site);
      const page = await (await client.send('/login', { headers: through(from) })).text();
      const token = /name="token" value="([^"]+)"/.exec(page)?.[1] ?? '';
      const headers = { origin: site.origin, ...through(from) };
      return (await client.post('/login', { token, name: 'olga', password }, headers)).status;
    };
    for (let i = 0; i < 5; i += 1) expect(await login('203.0.113.9', 'wrong')).toBe(401);
    expect(await login('203.0.113.9', 'wrong')).toBe(429);
    // What a client writes itself stands before what the proxy adds.
    expect(await login('192.0.2.7, 203.0.113.9', 'wrong')).toBe(429);
    expect(await login('192.0.2.7', 'correct horse battery')).toBe(303);
  });

  test('is counted by its client: searches and trackbacks', async () => {
    const site = await openSite({ web: `  cables: public\n${trusting}` });
    const { send } = openClient({ origin: site.origin });
    const search = async (from: string) => (await send('/cables?q=astana', { headers: through(from) })).status;
    const mention = async (from: string) =>
      (await send('/webmention', { method: 'POST', body: new URLSearchParams(), headers: through(from) })).status;
    for (const [ask, burst, fine] of [
      [search, 20, 200],
      [mention, 60, 400],
    ] as const) {
      for (let i = 0; i < burst; i += 1) await ask('2001:db8::1');
      expect(await ask('2001:db8::2')).toBe(429);
      expect(await ask('2001:db8:0:1::1')).toBe(fine);
    }
  });
});

describe('the origin of the site', () => {
  test('is the configured one, in links and feeds, whatever a request says', async () => {
    const { origin } = await openSite({ web: `  cables: public\n${trusting}` });
    const { send } = openClient({ origin });
    const lies = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' };
    for (const path of ['/cable/07ASTANA2244', '/cable/07ASTANA2244/mentions.atom', '/cables']) {
      const answer = await send(path, { headers: lies });
      expect(await answer.text()).not.toContain('evil.example');
      expect(answer.headers.get('link') ?? '').not.toContain('evil.example');
    }
  });

  test('is not taken from the first line of a request: another authority there is refused', async () => {
    const { origin } = await openSite({ web: '  cables: public\n' });
    const { host, port } = new URL(origin);
    const ask = (path: string, method = 'GET') =>
      new Promise<number>((resolve, reject) => {
        const sent = request(origin, { path, method, headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        });
        sent.on('error', reject).end();
      });
    for (const authority of ['evil.example', `evil.example:${port}`, '127.0.0.1:1', `user@evil.example`])
      for (const path of ['/cables', '/cable/07ASTANA2244', '/', '/webmention'])
        expect([authority, path, await ask(`http://${authority}${path}`)]).toEqual([authority, path, 421]);
    expect(await ask(`http://evil.example/webmention`, 'POST')).toBe(421);
    expect(await ask(`${origin}/cables`)).toBe(200);
  });

  test('may name the port of its scheme', async () => {
    const site = await openSite({ login: true, web: `  publicUrl: https://pilcrow.example\n${trusting}` });
    const ask = (host: string) =>
      new Promise<number>((resolve, reject) => {
        const sent = request(site.origin, { path: '/login', headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        });
        sent.on('error', reject).end();
      });
    expect(await ask('pilcrow.example')).toBe(200);
    expect(await ask('pilcrow.example:443')).toBe(200);
    expect(await ask('pilcrow.example:80')).toBe(421);
  });
});
