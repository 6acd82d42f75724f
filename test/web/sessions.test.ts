import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { auditLog } from '../../src/ledger/operators/audit-log.ts';
import { command } from '../support/command.ts';
import { openClient, openSite, type Site } from '../support/web.ts';

const deviceCookie = ({ cookies }: ReturnType<typeof openClient>) =>
  [...cookies.keys()].find((name) => name.includes('device')) ?? '';

describe('all sessions end', () => {
  test('on the audit page, by an operator only', async () => {
    const site = await openSite({ login: true });
    const [vera, olga] = [openClient(site), openClient(site)];
    await vera.login('vera');
    await olga.login('olga');
    expect(await vera.page('/audit')).not.toContain('End all sessions');
    expect((await vera.submit('/sessions/end', {}, '/')).status).toBe(403);
    expect(await olga.page('/audit')).toContain('End all sessions');
    expect((await olga.submit('/sessions/end', {}, '/audit')).status).toBe(303);
    for (const client of [vera, olga]) expect((await client.get('/')).headers.get('location')).toMatch(/^\/login/);
    expect(await auditLog(site.app.ledger.db, { limit: 1 })).toMatchObject([{ actor: 'olga', action: 'end sessions' }]);
  });

  test('by a command, and the token is another one', async () => {
    const site = await openSite();
    const client = openClient(site);
    expect((await client.get('/')).status).toBe(200);
    const ended = await command(['web', '--end-sessions', '--config', site.app.config.file]);
    expect(ended).toMatchObject({ code: 0, out: expect.stringContaining('pilcrow web --url') });
    expect((await client.get('/')).status).toBe(401);
    expect(await auditLog(site.app.ledger.db, { limit: 1 })).toMatchObject([{ action: 'end sessions' }]);
    expect((await openClient({ origin: site.origin }).get(site.entry)).status).toBe(401);
  });
});

describe('the notice of what was done', () => {
  test('is shown once, in the session that did it, and is in no cookie', async () => {
    const site = await openSite();
    const [one, other] = [openClient(site), openClient(site)];
    await other.get('/');
    const answer = await one.post('/pause', { token: await one.token(), scope: 'all', reason: 'a test' });
    expect(answer.status).toBe(303);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await other.page('/pause')).not.toContain('Paused: everything.');
    expect(await one.page('/pause')).toContain('Paused: everything.');
    expect(await one.page('/pause')).not.toContain('Paused: everything.');
  });

  test('is never the word of a cookie', async () => {
    const client = openClient(await openSite());
    await client.get('/');
    client.cookies.set('pilcrow-flash', encodeURIComponent('Your session was stolen, call 555'));
    expect(await client.page('/')).not.toContain('stolen');
  });
});

describe('a browser', () => {
  test('in which somebody has logged in is not kept out by the wrong passwords of others', async () => {
    const site = await openSite({ login: true });
    const [known, guesser] = [openClient(site), openClient(site)];
    await known.login('olga');
    await known.submit('/logout', {}, '/');
    for (let i = 0; i < 6; i += 1) await guesser.login('olga', 'wrong');
    expect((await guesser.login('olga')).status).toBe(429);
    // It is known for this person alone.
    expect((await known.login('rita')).status).toBe(429);
    expect((await known.login('olga')).status).toBe(303);
    await known.submit('/logout', {}, '/');
    // Its own guesses are counted as well, and by no other browser's cookie.
    for (let i = 0; i < 5; i += 1) expect((await known.login('olga', 'wrong')).status).toBe(401);
    expect((await known.login('olga')).status).toBe(429);
    const forged = openClient(site);
    forged.cookies.set(deviceCookie(known), 'A'.repeat(66));
    expect((await forged.login('olga')).status).toBe(429);
  });

  test('may have the pages of two bots open', async () => {
    const [one, other] = [await openSite(), await openSite()];
    const browser = openClient(one);
    const second = openClient(other);
    await browser.get('/');
    await second.get('/');
    // Cookies know no ports: a browser sends both to both.
    for (const [name, value] of second.cookies) browser.cookies.set(name, value);
    for (const [name, value] of browser.cookies) second.cookies.set(name, value);
    expect((await browser.get('/')).status).toBe(200);
    expect((await second.get('/')).status).toBe(200);
  });
});

describe('one client', () => {
  /** Connections from this address that say nothing. */
  async function hold({ web }: Pick<Site, 'web'>, localAddress: string, count: number): Promise<Socket[]> {
    const sockets = Array.from({ length: count }, () => connect({ port: web.port, host: '127.0.0.1', localAddress }));
    onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
    await Promise.all(
      sockets.map((socket) =>
        once(
          socket.on('error', () => {}),
          'connect',
        ),
      ),
    );
    return sockets;
  }

  /** True if a request over a connection from this address is answered; false if the connection is cut. */
  async function isServed({ web }: Pick<Site, 'web'>, localAddress: string): Promise<boolean> {
    const [socket] = await hold({ web }, localAddress, 1);
    if (socket === undefined) return false;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(`GET /login HTTP/1.1\r\nHost: 127.0.0.1:${web.port}\r\nConnection: close\r\n\r\n`);
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    await closed;
    return text.startsWith('HTTP/1.1 200');
  }

  test('cannot take all connections', async () => {
    const site = await openSite({ login: true });
    const sockets = await hold(site, '127.0.0.2', 64);
    expect(await isServed(site, '127.0.0.2')).toBe(false);
    await hold(site, '127.0.0.4', 80);
    expect(await isServed(site, '127.0.0.3')).toBe(true);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => isServed(site, '127.0.0.2')).toBe(true);
  });

  test('is many where it is a trusted proxy', async () => {
    const site = await openSite({ login: true, web: '  trustedProxies: [127.0.0.2]\n' });
    await hold(site, '127.0.0.2', 100);
    expect(await isServed(site, '127.0.0.2')).toBe(true);
  });

  test('cannot take all live updates', async () => {
    const site = await openSite({ login: true });
    const [vera, olga] = [openClient(site), openClient(site)];
    await vera.login('vera');
    await olga.login('olga');
    for (let i = 0; i < 8; i += 1) expect((await vera.get('/events')).status).toBe(200);
    expect((await vera.get('/events')).status).toBe(429);
    expect((await olga.get('/events')).status).toBe(200);
  });
});

describe('a page that is not there', () => {
  test('sets no cookie', async () => {
    const { origin } = await openSite({ login: true, web: '  cables: public\n' });
    for (const path of ['/nothing', '/cable/07ASTANA2244/nothing', '/cable/99NOWHERE1'])
      expect((await openClient({ origin }).get(path)).headers.getSetCookie()).toEqual([]);
  });
});

describe('the cable pages and their API', () => {
  const paths = ['/cables', '/cable/07ASTANA2244', '/cable/07ASTANA2244.json', '/cable/07ASTANA2244/mentions.atom'];
  const endpoints = ['/webmention', '/trackback/07ASTANA2244'];

  test.each([
    ['off', 404, 404],
    ['private', 401, 404],
    ['public', 200, 200],
  ])('are reachable only where they are public: %s', async (cables, page, endpoint) => {
    const { origin } = await openSite({ web: `  cables: ${cables}\n` });
    const client = openClient({ origin });
    for (const path of paths) expect([path, (await client.get(path)).status]).toEqual([path, page]);
    for (const path of endpoints) {
      const { status } = await client.post(path, {});
      expect([path, status === 404 ? 404 : 200]).toEqual([path, endpoint]);
    }
  });
});
