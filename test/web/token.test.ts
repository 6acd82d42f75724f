import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { auditLog } from '../../src/ledger/operators/audit-log.ts';
import { accessToken } from '../../src/web/access-token.ts';
import { pathsWith } from '../support/operator-paths.ts';
import { tempDir } from '../support/temp.ts';
import { openClient, openSite } from '../support/web.ts';

const paths = pathsWith('file:1');

describe('without configured users the page', () => {
  test('shows no page and no form without the token, and sets no cookie', async () => {
    const { origin } = await openSite({ web: '  cables: private\n' });
    for (const path of [
      ...paths,
      '/events',
      '/cables',
      '/cable/07ASTANA2244',
      '/cable/07ASTANA2244.json',
      '/nothing',
    ]) {
      const client = openClient({ origin });
      const answer = await client.get(path);
      const text = await answer.text();
      expect([path, answer.status]).toEqual([path, path === '/nothing' ? 404 : 401]);
      expect(text).not.toMatch(/<form|<nav|operator<|data-events/);
      if (path !== '/nothing') expect(text).toContain('npx pilcrow web --url');
      expect(client.cookies.size).toBe(0);
    }
    const client = openClient({ origin });
    for (const path of ['/pause', '/review', '/logout', '/consent'])
      expect([path, (await client.post(path, { scope: 'all', token: 'x' })).status]).toEqual([path, 403]);
  });

  test('trades the token for a session, and the address with it is gone', async () => {
    const { origin, entry, app } = await openSite();
    const client = openClient({ origin });
    const answer = await client.get(entry);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
    expect(await client.page('/')).toContain('<small>operator</small>');
    expect((await client.submit('/pause', { scope: 'all', reason: 'a test' })).status).toBe(303);
    expect(await auditLog(app.ledger.db, { limit: 5 })).toMatchObject([{ action: 'pause' }, { action: 'login' }]);
    await client.submit('/logout', {});
    expect((await client.get('/')).status).toBe(401);
  });

  test('refuses another token, and audits the attempt', async () => {
    const { origin, entry, app, events } = await openSite();
    const client = openClient({ origin });
    for (const token of ['', 'x', 'a'.repeat(43), entry.slice(-43).toLowerCase()])
      expect((await client.get(`/?token=${token}`)).status).toBe(401);
    expect(client.cookies.size).toBe(0);
    expect(await auditLog(app.ledger.db, { limit: 1 })).toMatchObject([
      { action: 'login failed', actor: 'nobody', target: 'token', note: 'from 127.0.0.1' },
    ]);
    expect(events.filter((event) => event.kind === 'info' && event.failedLogin === true)).toHaveLength(4);
    // The right one never waits.
    for (let i = 0; i < 5; i += 1) await client.get('/?token=x');
    expect((await client.get(entry)).status).toBe(303);
  });

  test('ends its sessions with the token', async () => {
    const site = await openSite();
    const client = openClient(site);
    expect((await client.get('/')).status).toBe(200);
    const { dataDir } = site.app.config;
    rmSync(join(dataDir, 'web-token'));
    expect((await client.get('/')).status).toBe(401);
    expect((await client.get('/?token=')).status).toBe(401);
    expect(site.entry).not.toContain(accessToken(dataDir));
    expect((await client.get('/')).status).toBe(401);
    expect((await openClient({ origin: site.origin }).get(site.entry)).status).toBe(401);
  });
});

describe('the token', () => {
  test('is one a data folder, and stays over restarts', async () => {
    const [one, other] = [await tempDir(), await tempDir()];
    const token = accessToken(one);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(accessToken(one)).toBe(token);
    expect(accessToken(other)).not.toBe(token);
  });

  test('is in a file that only its owner reads, also after a careless copy', async () => {
    const dir = join(await tempDir(), 'data');
    const token = accessToken(dir);
    const file = join(dir, 'web-token');
    expect(readFileSync(file, 'utf8')).toBe(`${token}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o644);
    expect(accessToken(dir)).toBe(token);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('is made anew where the file holds none', async () => {
    const dir = await tempDir();
    writeFileSync(join(dir, 'web-token'), '');
    expect(accessToken(dir)).toMatch(/^[\w-]{43}$/);
  });
});
