import { request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { auditLog } from '../../src/ledger/operators/audit-log.ts';
import { heldRules, openClient, openSite, password, type SiteOptions } from '../support/web.ts';
import { wait } from '../support/wait.ts';

const withLogin: SiteOptions = { login: true, rules: heldRules };

/** A request with exactly these headers: fetch adds its own. */
async function raw(origin: string, path: string, headers: Record<string, string>, method = 'GET') {
  return await new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      const sent = request(new URL(origin), { path, headers, method }, (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (part: string) => (body += part));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
      });
      sent.on('error', reject).end();
    },
  );
}

describe('the address', () => {
  test('a request for another host name is refused: DNS rebinding', async () => {
    const { origin } = await openSite();
    const { port } = new URL(origin);
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1:1', `127.0.0.1.evil.example:${port}`])
      expect((await raw(origin, '/', { host })).status, host).toBe(421);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`])
      expect((await raw(origin, '/', { host })).status, host).toBe(401);
  });

  test('no path reads a file', async () => {
    const { origin } = await openSite();
    const { host } = new URL(origin);
    for (const path of [
      '/assets/../../package.json',
      '/assets/%2e%2e/%2e%2e/package.json',
      '/assets/..%2f..%2fpackage.json',
      '/assets/..\\..\\package.json',
      '//etc/passwd',
      '/assets/',
      '/posts/..%2f..%2f..%2fetc%2fpasswd',
      '/%00',
      '/%ff',
    ]) {
      const { status, body } = await raw(origin, path, { host });
      expect([path, status]).toEqual([path, expect.toSatisfy((code: number) => [400, 401, 404].includes(code))]);
      expect(body).not.toMatch(/root:x|"dependencies"/);
    }
  });

  test('every response forbids inline scripts, frames and other origins', async () => {
    const { origin, entry } = await openSite();
    const client = openClient({ origin, entry });
    for (const path of ['/', '/nothing', '/favicon.svg', '/posts/none']) {
      const { headers } = await client.get(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('access-control-allow-origin')).toBeNull();
      if (path !== '/favicon.svg') expect(headers.get('cache-control')).toBe('no-store');
    }
  });
});

describe('forms', () => {
  const pause = { scope: 'all', reason: 'a test' };

  test('a form of another site, without a token or with another visitor’s token is refused', async () => {
    const { origin, entry, app } = await openSite();
    const client = openClient({ origin, entry });
    const token = await client.token();
    const stranger = openClient({ origin, entry });
    await stranger.token();
    const attempts = [
      client.post('/pause', { ...pause, token }, { origin: 'https://evil.example' }),
      client.post('/pause', { ...pause, token }, { origin: 'null' }),
      client.post('/pause', { ...pause, token }, { origin: origin.replace(/\d+$/, '1') }),
      client.post('/pause', { ...pause, token }, {}),
      client.post('/pause', { ...pause, token }, { origin, 'sec-fetch-site': 'cross-site' }),
      client.post('/pause', { ...pause, token }, { 'sec-fetch-site': 'same-site' }),
      client.post('/pause', pause),
      client.post('/pause', { ...pause, token: `${token}x` }),
      stranger.post('/pause', { ...pause, token }),
    ];
    for (const answer of await Promise.all(attempts)) expect(answer.status).toBe(403);
    const json = JSON.stringify({ ...pause, token });
    expect(
      (await client.send('/pause', { method: 'POST', body: json, headers: { origin, 'content-type': 'text/plain' } }))
        .status,
    ).toBe(400);
    expect(await auditLog(app.ledger.db, { limit: 5, target: 'all' })).toEqual([]);
    expect((await client.post('/pause', { ...pause, token })).status).toBe(303);
    expect(await auditLog(app.ledger.db, { limit: 5, target: 'all' })).toMatchObject([
      { action: 'pause', target: 'all', note: 'a test' },
    ]);
  });

  test('an address that changes something answers no GET', async () => {
    const { origin, entry } = await openSite();
    const client = openClient({ origin, entry });
    for (const path of ['/pause/resume', '/consent/remove', '/logout'])
      expect((await client.get(path)).status).toBe(404);
    expect((await client.send('/pause', { method: 'PUT', headers: { origin } })).status).toBe(404);
  });

  test('a body over the limit is refused, with or without a Content-Length', async () => {
    const { origin, entry } = await openSite();
    const client = openClient({ origin, entry });
    const token = await client.token();
    const large = { ...pause, token, more: 'x'.repeat(100_000) };
    expect((await client.post('/pause', large)).status).toBe(413);
    const body = new Blob([new URLSearchParams(large).toString()]).stream();
    const headers = { origin, 'content-type': 'application/x-www-form-urlencoded' };
    const chunked = { method: 'POST', body, headers, duplex: 'half' } as RequestInit;
    expect((await client.send('/pause', chunked)).status).toBe(413);
  });

  test('a slow client is cut off', async () => {
    const { web } = await openSite({ server: { requestMs: 300 } });
    for (const start of [
      'GET / HTTP/1.1\r\nHost:',
      `POST /pause HTTP/1.1\r\nHost: 127.0.0.1:${web.port}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 50\r\n\r\nto`,
    ]) {
      const socket = connect(web.port, '127.0.0.1');
      const response = await new Promise<string>((resolve) => {
        let flash = '';
        socket.setEncoding('utf8').on('data', (part: string) => (flash += part));
        socket.on('close', () => resolve(flash)).on('error', () => {});
        socket.write(start);
      });
      expect(response).toMatch(/^HTTP\/1\.1 408|^$/);
    }
  });
});

describe('the login', () => {
  test('without a login nothing is shown and nothing is done', async () => {
    const { origin } = await openSite(withLogin);
    const client = openClient({ origin });
    for (const path of [
      '/',
      '/mentions',
      '/posts/file%3A1',
      '/review',
      '/rules',
      '/dead-letters',
      '/pause',
      '/consent',
      '/audit',
      '/events',
    ]) {
      const answer = await client.get(path);
      expect([path, answer.status, answer.headers.get('location')]).toEqual([
        path,
        303,
        `/login?next=${encodeURIComponent(path)}`,
      ]);
    }
    const token = await client.token('/login');
    for (const path of ['/review', '/rules', '/dead-letters', '/pause', '/pause/resume', '/consent', '/consent/remove'])
      expect([path, (await client.post(path, { token })).status]).toEqual([path, 401]);
  });

  test('the login sets a new cookie, and the logout ends the session: no fixation', async () => {
    const { origin } = await openSite(withLogin);
    const client = openClient({ origin });
    const cookie = `pilcrow-${new URL(origin).port}`;
    await client.token('/login');
    const before = client.cookies.get(cookie) ?? '';
    expect((await client.login('olga')).headers.get('location')).toBe('/');
    const during = client.cookies.get(cookie) ?? '';
    expect(during).not.toBe(before);
    expect(await client.page('/')).toContain('olga');
    expect((await client.send('/', { headers: { cookie: `${cookie}=${before}` } })).status).toBe(303);
    await client.submit('/logout', {}, '/');
    expect((await client.send('/', { headers: { cookie: `${cookie}=${during}` } })).status).toBe(303);
  });

  test('the cookie is HttpOnly, and with https also Secure with the prefix __Host-', async () => {
    const { origin, web } = await openSite({ ...withLogin, web: '  publicUrl: https://pilcrow.example\n' });
    expect(web.url).toBe('https://pilcrow.example');
    const { headers } = await raw(origin, '/login', { host: 'pilcrow.example' });
    expect(String(headers['set-cookie'])).toMatch(
      /^__Host-pilcrow=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
  });

  test('guessing is slowed down by address, also for the right password and other names', async () => {
    const { origin } = await openSite(withLogin);
    const client = openClient({ origin });
    const statuses: number[] = [];
    for (let i = 0; i < 6; i += 1)
      statuses.push((await client.login(i % 2 === 0 ? 'olga' : 'nobody', `guess ${i}`)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    expect((await client.login('olga')).status).toBe(429);
    expect((await client.login('rita')).status).toBe(429);
  });

  test('a wrong name and a wrong password get the same message', async () => {
    const { origin } = await openSite(withLogin);
    const client = openClient({ origin });
    const [one, other] = [await client.login('olga', 'wrong'), await client.login('nobody', 'wrong')];
    const fault = async (answer: Response) => /role="alert">([^<]*)/.exec(await answer.text())?.[1];
    expect(await fault(one)).toBe('Name or password is wrong.');
    expect(await fault(other)).toBe('Name or password is wrong.');
  });

  test('the login returns to the requested page, and never to another site', async () => {
    const { origin } = await openSite(withLogin);
    for (const [next, to] of [
      ['/review', '/review'],
      ['//evil.example', '/'],
      ['https://evil.example/', '/'],
      ['/\\evil.example', '/'],
      ['javascript:alert(1)', '/'],
    ] as const) {
      const client = openClient({ origin });
      const token = await client.token('/login');
      const answer = await client.post('/login', { token, name: 'olga', password, next });
      expect([next, answer.headers.get('location')]).toEqual([next, to]);
    }
  });

  test('a session ends when it is idle or old, and when the user or the password changes', async () => {
    const { origin, app } = await openSite(withLogin);
    const client = openClient({ origin });
    const hour = 3_600_000;
    const change = async (set: { seen_at?: number; started_at?: number; proof?: string; name?: string }) => {
      await client.login('olga');
      expect((await client.get('/')).status).toBe(200);
      await app.ledger.transact((tx) => tx.updateTable('sessions').set(set).execute());
      return (await client.get('/')).status;
    };
    expect(await change({ seen_at: Date.now() - 13 * hour })).toBe(303);
    expect(await change({ started_at: Date.now() - 8 * 24 * hour })).toBe(303);
    expect(await change({ proof: 'of another password' })).toBe(303);
    expect(await change({ name: 'dismissed' })).toBe(303);
    expect(await change({ seen_at: Date.now() - 2 * hour })).toBe(200);
    const rows = await app.ledger.db.selectFrom('sessions').selectAll().execute();
    expect(Date.now() - Math.max(...rows.map((row) => row.seen_at))).toBeLessThan(hour);
  });

  test('the ledger stores no secret of a session', async () => {
    const { origin, app } = await openSite(withLogin);
    const client = openClient({ origin });
    await client.login('olga');
    const rows = JSON.stringify(await app.ledger.db.selectFrom('sessions').selectAll().execute());
    expect(rows).toContain('olga');
    expect(rows).not.toContain(client.cookies.get(`pilcrow-${new URL(origin).port}`));
  });
});

describe('a proxy that logs people in', () => {
  const section = (from: string) =>
    `  proxyHeader: { name: X-Forwarded-User, trustedFrom: [${from}], roles: { ada: operator, ben: viewer } }\n`;

  test('is believed if it is trusted, for people who have a role', async () => {
    const { origin } = await openSite({ web: section('127.0.0.1') });
    const client = openClient({ origin });
    const as = async (name: string) => await client.send('/', { headers: { 'x-forwarded-user': name } });
    expect(await (await as('ada')).text()).toContain('ada <small>operator</small>');
    expect(await (await as('ben')).text()).toContain('ben <small>viewer</small>');
    expect((await as('eve')).status).toBe(401);
    expect((await as('__proto__')).status).toBe(401);
    expect((await client.get('/')).status).toBe(401);
  });

  test('is not believed from any other address', async () => {
    const { origin } = await openSite({ web: section('192.0.2.1') });
    const client = openClient({ origin });
    expect((await client.send('/', { headers: { 'x-forwarded-user': 'ada' } })).status).toBe(421);
  });
});

test('an internal error goes to the log, not to the visitor', async () => {
  const { origin, entry, app, events } = await openSite();
  const client = openClient({ origin, entry });
  await client.get('/');
  await app.ledger.transact((tx) => tx.schema.dropTable('audit_log').execute());
  const answer = await client.get('/audit');
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toMatch(/audit_log|sqlite|\.ts/i);
  await vi.waitFor(() => expect(events).toContainEqual(expect.objectContaining({ kind: 'error', what: 'web' })), wait);
});
